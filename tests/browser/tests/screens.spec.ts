import { expect } from "@playwright/test";
import { judge, LOOKS, NARROW, WIDE } from "../src/look.ts";
import { Person, type Duplex } from "../src/site.ts";
import { stage } from "../src/stage.ts";
import { test } from "../src/test.ts";

const at = stage("acme:ITA=globex:ITB", "acme:ITC=acme:ITD");
const ADMIN = "/plugins/servlet/ac/duplex-mirror/duplex-admin";

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

/** A dialog over a screen of the configuration. */
const dialog = (name: string, tabs: string[], title: string, open: (duplex: Duplex) => Promise<void>): Screen => ({
  name,
  who: "admin",
  open: async (person) => {
    const duplex = await person.openDuplex();
    await duplex.act("mirror 1", "Configure");
    for (const one of tabs) await duplex.tab(one).click();
    await open(duplex);
    await expect(duplex.dialog(title)).toBeVisible();
  },
});

/** An entry of *More*. */
const more = (entry: string) => async (duplex: Duplex) => {
  await duplex.button("More").click();
  await duplex.frame.getByRole("menuitem", { name: entry }).click();
};

/** Presses a button. */
const press = (name: string) => async (duplex: Duplex) => {
  await duplex.button(name).click();
};

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
  dialog("simple-mappings", ["Issue Types"], "Simple mappings", press("Suggestions")),
  dialog("add-type-mapping", ["Issue Types"], "Add issue type mapping", press("Add mapping")),
  dialog("edit-field-mapping", ["Fields", "Field Mappings"], "Edit field mapping", press("Edit Summary and Summary")),
  dialog("edit-default", ["Fields", "Default Values"], "Edit Default value", press("Edit Customer Request Type in Project A")),
  dialog("export", [], "Export configuration", more("Export configuration")),
  dialog("import", [], "Import configuration", more("Import configuration")),
  {
    name: "actions",
    who: "admin",
    open: async (person) => {
      const duplex = await person.openDuplex();
      await duplex.button("Actions of mirror 1").click();
      await expect(duplex.frame.getByRole("menuitem", { name: "Troubleshoot" })).toBeVisible();
    },
  },
  {
    name: "delete",
    who: "admin",
    open: async (person) => {
      const duplex = await person.openDuplex();
      await duplex.act("mirror 1", "Delete");
      await expect(duplex.dialog("Delete mirror 1?")).toBeVisible();
    },
  },
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
  for (const context of browser.contexts()) await context.close();
});

for (const look of LOOKS) {
  for (const screen of SCREENS) {
    test(`${screen.name}, ${look}`, async ({ browser }) => {
      const context = await browser.newContext({ viewport: look === "narrow" ? NARROW : WIDE });
      await context.addCookies([{ name: "twin.theme", value: look === "dark" ? "dark" : "light", url: at.acme }]);
      const person = new Person(await context.newPage(), at.acme, "acme");
      if (screen.who !== null) await person.open(`/_twin/sign-in?as=${screen.who}&to=/`);
      await screen.open(person);
      await judge(person.page, screen.name, look);
    });
  }
}
