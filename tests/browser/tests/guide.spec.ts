import { expect, type Browser } from "@playwright/test";
import { configure, publish } from "../src/guide.ts";
import { Person } from "../src/site.ts";
import { stage } from "../src/stage.ts";
import { test } from "../src/test.ts";

const at = stage();
test.describe.configure({ mode: "serial" });

async function somebody(browser: Browser, site: "acme" | "globex"): Promise<Person> {
  return new Person(await (await browser.newContext()).newPage(), at[site], site);
}

test("the guide on two sites: from an empty list to a mirrored request, as agents and customers see it", async ({ browser }) => {
  const acme = await (await somebody(browser, "acme")).signIn("admin");
  const globex = await (await somebody(browser, "globex")).signIn("admin");

  // Connection: an invitation from A, accepted at B.
  let a = await acme.openDuplex();
  await expect(a.heading("No project is mirrored yet")).toBeVisible();
  await a.link("New synchronization").first().click();
  await a.frame.getByLabel("On another site, by invitation").check();
  await a.pick("Your project", "IT Support (ITA)");
  await a.frame.getByLabel("Name").fill("Support");
  await a.button("Create invitation").click();
  const token = await a.frame.getByLabel("Invitation token").inputValue();

  const b = await globex.openDuplex();
  await b.link("Accept invitation").first().click();
  await b.frame.getByLabel("Invitation token").fill(token);
  await b.button("Look at it").click();
  await expect(b.frame.getByText("What accepting reveals")).toBeVisible();
  await b.pick("Your project", "IT Operations (ITB)");
  await b.button("Accept").click();
  await expect(b.tab("Issue Types")).toBeVisible();

  // Configure, at A.
  a = await acme.openDuplex();
  await a.act("Support", "Configure");
  await configure(a);
  await publish(a, "Send draft");
  await expect(a.frame.getByText("Draft sent").first()).toBeVisible();

  // The partner accepts, once.
  const received = await globex.openDuplex();
  await expect(received.frame.getByText("Draft received: Support")).toBeVisible();
  await received.link("Look at it").click();
  await received.button("Accept").click();
  await expect(received.button("Accept")).toBeHidden();

  a = await acme.openDuplex();
  await a.act("Support", "Start");
  await expect(a.row("Support")).toContainText(/running/i);

  await mirrored(browser, { site: "acme", project: "ITA", name: "IT Support" }, { site: "globex", project: "ITB", name: "IT Operations" });
});

test("the same on one site", async ({ browser }) => {
  const acme = await (await somebody(browser, "acme")).signIn("admin");
  const duplex = await acme.openDuplex();
  await duplex.link("New synchronization").first().click();
  await duplex.frame.getByLabel("On this site").check();
  await duplex.pick("Project A", "Field Services (ITC)");
  await duplex.pick("Project B", "Customer Care (ITD)");
  await duplex.frame.getByLabel("Name").fill("In the house");
  await duplex.button("Create").click();
  await configure(duplex);
  await publish(duplex, "Publish");
  await duplex.button("Start").click();
  await expect(duplex.button("Stop")).toBeVisible();
  await mirrored(browser, { site: "acme", project: "ITC", name: "Field Services" }, { site: "acme", project: "ITD", name: "Customer Care" });
});

interface Desk {
  site: "acme" | "globex";
  project: string;
  name: string;
}

/** What must then be seen: a request of A in B, and B's reply and note in A, for the right readers. */
async function mirrored(browser: Browser, a: Desk, b: Desk): Promise<void> {
  const summary = `The VPN does not connect (${a.project})`;
  const customer = await (await somebody(browser, a.site)).signIn("customer1");
  const key = await customer.raise(a.name, "Get IT Help", summary, "Since this morning, on every device.");

  const there = await (await somebody(browser, b.site)).signIn("agent1");
  await there.findInQueue(b.project, summary);
  const description = there.page.getByRole("region", { name: "Description" });
  await expect(description).toContainText("Since this morning, on every device.");
  await expect(there.page.getByRole("complementary", { name: "Details" })).toContainText("Get IT Help");
  await there.comment("Reply to customer", "We are looking into it.");
  await there.comment("Add internal note", "The gateway is down again.");

  // A's agent sees both, each for its readers; the copies say who wrote them.
  const here = await (await somebody(browser, a.site)).signIn("agent1");
  const reply = await here.seeComment(`/browse/${key}`, "We are looking into it.");
  await expect(reply).not.toContainText("Internal note");
  const note = await here.seeComment(`/browse/${key}`, "The gateway is down again.");
  await expect(note).toContainText("Internal note");
  const author = b.site === "acme" ? "Anna Agent (Acme)" : "Gita Agent (Globex)";
  await expect(reply).toContainText(author);
  await expect(note).toContainText(author);

  // A's customer reads the reply and nothing of the note.
  await customer.page.reload();
  await expect(customer.commentWith("We are looking into it.")).toContainText(author);
  expect(await customer.page.content()).not.toContain("The gateway is down again.");
}
