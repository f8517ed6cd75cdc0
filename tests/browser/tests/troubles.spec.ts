import { expect, test } from "@playwright/test";
import { Person } from "../src/site.ts";
import { stage } from "../src/stage.ts";

const at = stage("acme:ITA=globex:ITB");

test("what stopped says why, and goes on once it is retried", async ({ browser, request }) => {
  const somebody = async (site: "acme" | "globex") =>
    new Person(await (await browser.newContext()).newPage(), at[site], site);
  const customer = await (await somebody("acme")).signIn("customer1");
  const key = await customer.raise("IT Support", "Get IT Help", "Locked out", "Since noon.");
  const agent = await (await somebody("globex")).signIn("agent1");
  const copy = await agent.findInQueue("ITB", "Locked out");

  // Globex refuses the app's comments, as it does when a permission is taken away.
  const rule = { by: "apps", site: "globex", method: "POST", path: "*/comment", effect: { status: { code: 403 } } };
  await request.put(`${at.globex}/_twin/faults`, { data: { rules: [rule] } });
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
