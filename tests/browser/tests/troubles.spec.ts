import { expect } from "@playwright/test";
import { lookAround } from "../src/look.ts";
import { Rest } from "../src/rest.ts";
import { Person } from "../src/site.ts";
import { stage } from "../src/stage.ts";
import { test } from "../src/test.ts";

const at = stage("acme:ITA=globex:ITB");
test.describe.configure({ mode: "serial" });

/** Globex refuses the app's comments, as it does when a permission is taken away. */
const REFUSED = { by: "apps", site: "globex", method: "POST", path: "*/comment", effect: { status: { code: 403 } } };

test("what stopped says why, and goes on once it is retried", async ({ browser, request }) => {
  const somebody = async (site: "acme" | "globex") =>
    new Person(await (await browser.newContext()).newPage(), at[site], site);
  const customer = await (await somebody("acme")).signIn("customer1");
  const key = await customer.raise("IT Support", "Get IT Help", "Locked out", "Since noon.");
  const agent = await (await somebody("globex")).signIn("agent1");
  const copy = await agent.findInQueue("ITB", "Locked out");

  await request.put(`${at.globex}/_twin/faults`, { data: { rules: [REFUSED] } });
  const colleague = await (await somebody("acme")).signIn("agent1");
  await colleague.open(`/browse/${key}`);
  await colleague.comment("Add internal note", "Reset his key.");

  const admin = await (await somebody("acme")).signIn("admin");
  const duplex = await admin.openDuplex();
  await expect(duplex.row("mirror 1")).toContainText("1 error", { timeout: 60_000 });
  await duplex.act("mirror 1", "Troubleshoot");
  await expect(duplex.heading("1 element stopped")).toBeVisible();

  await request.delete(`${at.globex}/_twin/faults`);
  await duplex.frame.getByRole("button", { name: /^Retry/ }).last().click();
  await expect(duplex.heading("Nothing stopped")).toBeVisible({ timeout: 30_000 });
  const note = await agent.seeComment(`/browse/${copy}`, "Reset his key.");
  await expect(note).toContainText("Internal note");
  await duplex.room("Activity");
  await expect(duplex.frame.getByRole("cell", { name: "Stopped", exact: true })).toBeVisible();
});

test("what may stay as it is is ignored, and all the rest is tried again at once", async ({ page, request }) => {
  const agent = new Rest(request, at.acme, "acme", "agent1");
  const there = new Rest(request, at.globex, "globex", "agent1");
  const names = ["First", "Second", "Third"];
  for (const name of names) await agent.raise("ITA", name);
  const copies = await Promise.all(names.map((name) => there.find("ITB", name)));
  await request.put(`${at.globex}/_twin/faults`, { data: { rules: [REFUSED] } });
  for (const name of names) await agent.note(await agent.find("ITA", name), `Note on ${name}`);

  const admin = await new Person(page, at.acme, "acme").signIn("admin");
  const duplex = await admin.openDuplex();
  await expect(duplex.row("mirror 1")).toContainText("3 errors", { timeout: 60_000 });
  await duplex.act("mirror 1", "Troubleshoot");
  await expect(duplex.heading("3 elements stopped")).toBeVisible();
  const stopped = duplex.frame.getByRole("region", { name: "3 elements stopped" });
  await stopped.getByRole("row").filter({ hasText: copies[0] ?? "" }).getByRole("button", { name: /^Ignore comment/ }).click();
  await expect(duplex.heading("2 elements stopped")).toBeVisible();
  await duplex.frame.getByText("1 element ignored").click();
  await expect(duplex.frame.getByText("ignored by Ada Admin (Acme)")).toBeVisible();
  await lookAround(page, "ignored");
  const list = await admin.openDuplex();
  await expect(list.row("mirror 1")).toContainText("2 errors");

  await request.delete(`${at.globex}/_twin/faults`);
  await list.act("mirror 1", "Troubleshoot");
  await duplex.button("Retry all").click();
  await expect(page.locator("#flags")).toContainText("2 elements tried again");
  await expect(duplex.heading("Nothing stopped")).toBeVisible({ timeout: 30_000 });
  const said = async (key: string) => JSON.stringify(await there.get(`/rest/api/3/issue/${key}/comment`));
  for (const n of [1, 2]) expect(await said(copies[n] ?? "")).toContain(`Note on ${names[n]}`);
  expect(await said(copies[0] ?? ""), "nobody asked for this one").not.toContain("Note on");

  // Whoever thinks better of it has it tried alone.
  await duplex.frame.getByText("1 element ignored").click();
  await duplex.frame.getByRole("button", { name: /^Retry comment/ }).click();
  await expect(duplex.frame.getByText("1 element ignored")).toBeHidden({ timeout: 30_000 });
  expect(await said(copies[0] ?? "")).toContain("Note on First");
});

test("the activity is read by its kind, by an issue of either side, and by a pair", async ({ page, request }) => {
  const agent = new Rest(request, at.acme, "acme", "agent1");
  const [second, copy] = [await agent.find("ITA", "Second"), await new Rest(request, at.globex, "globex", "agent1").find("ITB", "Second")];
  const admin = await new Person(page, at.acme, "acme").signIn("admin");
  const duplex = await admin.openDuplex();
  await duplex.act("mirror 1", "Configure");
  await duplex.room("Activity");
  const table = duplex.frame.getByRole("table", { name: "Activity" });
  const column = (name: string) => table.locator(`td[data-label="${name}"]`);
  const show = (words: string) => duplex.frame.getByLabel("Show").selectOption({ label: words });
  await expect(table).toBeVisible();
  const all = await column("What").count();
  for (const [kind, called] of [["Written", "Written"], ["Stopped", "Stopped"], ["Going again", "Going again"], ["Decisions of admins", "Admin"]] as const) {
    await show(kind);
    // Before it is another list, the old one is gone.
    await expect(column("What").filter({ hasNotText: called }), kind).toHaveCount(0);
    await expect(column("What").first(), kind).toHaveText(called);
    expect(await column("What").count(), kind).toBeLessThan(all);
  }
  await show("Conflicts");
  await expect(duplex.heading("Nothing of that kind")).toBeVisible();

  await show("Everything");
  const key = duplex.frame.getByLabel("Issue key");
  for (const asked of [second, second.toLowerCase(), copy]) {
    await key.fill(asked);
    await duplex.button("Refresh").click();
    await expect(column("Where").first(), asked).toContainText(second);
    await expect(column("Where").filter({ hasNotText: second }), asked).toHaveCount(0);
    expect(await column("Where").count(), asked).toBeGreaterThan(1);
  }
  await show("Stopped");
  await expect(column("What")).toHaveText(["Stopped"]);
  await lookAround(page, "activity-filtered");
  await key.fill("ITA-99999");
  await key.press("Enter");
  await expect(duplex.heading("Nothing of that kind")).toBeVisible();

  // From what stopped, a link leads to all that happened to its pair.
  await request.put(`${at.globex}/_twin/faults`, { data: { rules: [REFUSED] } });
  await agent.note(second, "One more");
  await duplex.room("Troubleshooting");
  await duplex.frame.getByRole("link", { name: "Activity of this pair" }).click({ timeout: 60_000 });
  await expect(duplex.frame.getByText("Only one pair of issues is shown.")).toBeVisible();
  await expect(column("Where").filter({ hasNotText: second })).toHaveCount(0);
  await duplex.link("Show all").click();
  await expect(column("Where").filter({ hasNotText: second }).first()).toBeVisible();
  await request.delete(`${at.globex}/_twin/faults`);
});
