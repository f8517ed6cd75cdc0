import { AxeBuilder } from "@axe-core/playwright";
import { expect, test, type Page } from "@playwright/test";
import { Person } from "../src/site.ts";
import { stage } from "../src/stage.ts";

const at = stage("acme:ITA=globex:ITB", "acme:ITC=acme:ITD");
const FOLDER = "../../screenshots";
const ADMIN = "/plugins/servlet/ac/duplex-mirror/duplex-admin";

type Look = "light" | "dark" | "narrow";
const LOOKS: Look[] = ["light", "dark", "narrow"];

interface Screen {
  name: string;
  who: "admin" | "agent1" | "customer1" | null;
  open: (person: Person) => Promise<void>;
}

/** A room of the first synchronization. */
const room = (name: string, which: string, seen: string): Screen => ({
  name,
  who: "admin",
  open: async (person) => {
    const duplex = await person.openDuplex();
    await duplex.act("mirror 1", "Configure");
    if (which !== "Configuration") await duplex.room(which);
    await expect(duplex.frame.getByText(seen).filter({ visible: true }).first()).toBeVisible();
  },
});

/** A tab of the configuration. */
const tab = (name: string, tabs: string[], seen: string): Screen => ({
  name,
  who: "admin",
  open: async (person) => {
    const duplex = await person.openDuplex();
    await duplex.act("mirror 1", "Configure");
    for (const one of tabs) await duplex.tab(one).click();
    await expect(duplex.frame.getByText(seen).filter({ visible: true }).first()).toBeVisible();
  },
});

/** A page of the site. */
const page = (name: string, who: Screen["who"], path: string): Screen => ({
  name,
  who,
  open: async (person) => {
    await person.open(path);
  },
});

const SCREENS: Screen[] = [
  page("login", null, "/login"),
  page("your-work", "agent1", "/jira/your-work"),
  page("queue", "agent1", "/jira/servicedesk/projects/ITA/queues"),
  {
    name: "issue",
    who: "agent1",
    open: async (person) => {
      await person.open("/browse/ITA-1");
      await expect(person.duplex().button("Sync now")).toBeVisible();
    },
  },
  page("portals", "customer1", "/servicedesk/customer/portals"),
  page("portal", "customer1", "/servicedesk/customer/portal/1"),
  page("create-request", "customer1", "/servicedesk/customer/portal/1/create/11"),
  page("my-requests", "customer1", "/servicedesk/customer/user/requests"),
  page("request", "customer1", "/servicedesk/customer/portal/1/ITA-1"),
  page("manage-apps", "admin", "/plugins/servlet/upm"),
  {
    name: "synchronizations",
    who: "admin",
    open: async (person) => {
      await person.open(ADMIN);
      await expect(person.duplex().row("mirror 1")).toBeVisible();
    },
  },
  {
    name: "new-synchronization",
    who: "admin",
    open: async (person) => {
      await (await person.openDuplex()).link("New synchronization").first().click();
      await expect(person.duplex().button("Create")).toBeVisible();
    },
  },
  {
    name: "accept-invitation",
    who: "admin",
    open: async (person) => {
      await (await person.openDuplex()).link("Accept invitation").first().click();
      await expect(person.duplex().button("Look at it")).toBeVisible();
    },
  },
  tab("issue-types", ["Issue Types"], "Purchase"),
  tab("field-mappings", ["Fields", "Field Mappings"], "Summary"),
  tab("default-values", ["Fields", "Default Values"], "Project B"),
  tab("comments", ["Comments"], "Enriched"),
  tab("users", ["Users"], "Users"),
  tab("scope", ["Scope"], "Verify"),
  room("preview", "Preview", "Look before it happens"),
  room("troubleshooting", "Troubleshooting", "Nothing stopped"),
  room("activity", "Activity", "Written"),
  room("history", "History", "Version 1"),
];

test.beforeAll(async ({ browser }) => {
  const page = await (await browser.newContext()).newPage();
  const customer = await new Person(page, at.acme, "acme").signIn("customer1");
  await customer.raise("IT Support", "Get IT Help", "The VPN does not connect", "Since this morning, on every device.");
  const other = await (await browser.newContext()).newPage();
  const agent = await new Person(other, at.globex, "globex").signIn("agent1");
  await agent.findInQueue("ITB", "The VPN does not connect");
  await agent.comment("Reply to customer", "We are looking into it.");
  await agent.comment("Add internal note", "The gateway is down again.");
  const here = await (await browser.newContext()).newPage();
  await (await new Person(here, at.acme, "acme").signIn("agent1")).seeComment("/browse/ITA-1", "The gateway is down again.");
});

for (const look of LOOKS) {
  for (const screen of SCREENS) {
    test(`${screen.name}, ${look}`, async ({ browser }) => {
      const viewport = look === "narrow" ? { width: 320, height: 900 } : { width: 1280, height: 860 };
      const context = await browser.newContext({ viewport });
      await context.addCookies([{ name: "twin.theme", value: look === "dark" ? "dark" : "light", url: at.acme }]);
      const person = new Person(await context.newPage(), at.acme, "acme");
      if (screen.who !== null) await person.open(`/_twin/sign-in?as=${screen.who}&to=/`);
      await screen.open(person);
      await person.page.screenshot({ path: `${FOLDER}/${screen.name}-${look}.png`, animations: "disabled" });
      await fits(person.page);
      await isDark(person.page, look === "dark");
      const { violations } = await new AxeBuilder({ page: person.page }).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target.join(" ")} ${node.html}`).join(" | ")}`)).toEqual([]);
      await context.close();
    });
  }
}

/** Nothing stands out of the window, in any frame. */
async function fits(page: Page): Promise<void> {
  for (const frame of page.frames()) {
    const over = await frame.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(over, frame.url().split("?")[0]).toBeLessThanOrEqual(0);
  }
}

/** The page and the app's frame in it follow the colours that the viewer chose. */
async function isDark(page: Page, dark: boolean): Promise<void> {
  for (const frame of page.frames()) {
    const text = await frame.evaluate(() => {
      const [red = 0, green = 0, blue = 0] = (getComputedStyle(document.body).color.match(/[\d.]+/g) ?? []).map(Number);
      return red + green + blue;
    });
    if (dark) expect(text, "light text on dark").toBeGreaterThan(380);
    else expect(text, "dark text on light").toBeLessThan(380);
  }
}
