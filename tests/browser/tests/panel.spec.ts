import { expect, type Browser } from "@playwright/test";
import { lookAround } from "../src/look.ts";
import { Person, type Name } from "../src/site.ts";
import { stage } from "../src/stage.ts";
import { test } from "../src/test.ts";

const at = stage("acme:ITA=globex:ITB");

test("the panel on an issue: the partner with its link, what was sent and received, errors, sync now", async ({ browser, request }) => {
  const somebody = async (site: "acme" | "globex", name: Name): Promise<Person> =>
    new Person(await newPage(browser), at[site], site).signIn(name);
  const customer = await somebody("acme", "customer1");
  const key = await customer.raise("IT Support", "Get IT Help", "No network", "Since nine.");
  const there = await somebody("globex", "agent1");
  const copy = await there.findInQueue("ITB", "No network");

  const here = await somebody("acme", "agent1");
  await here.open(`/browse/${key}`);
  const panel = here.duplex();
  const row = panel.frame.getByRole("region", { name: "mirror 1" });
  await expect(row).toContainText("Up to date");
  await expect(row.getByRole("link", { name: copy })).toHaveAttribute("href", `${at.globex}/browse/${copy}`);
  await expect(row).toContainText(/Last sent\s*just now/);
  await expect(row).toContainText(/Last received\s*never/);

  // An error stands where the agent sees it, and *sync now* tries again once the reason is gone.
  const rule = { by: "apps", site: "globex", method: "POST", path: "*/comment", effect: { status: { code: 403 } } };
  await request.put(`${at.globex}/_twin/faults`, { data: { rules: [rule] } });
  await here.comment("Add internal note", "Is the cable in?");
  await expect(async () => {
    await here.open(`/browse/${key}`);
    await expect(row.getByText("Error", { exact: true })).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 30_000 });
  await lookAround(here.page, "panel-error");
  await request.delete(`${at.globex}/_twin/faults`);
  await panel.button("Sync now").click();
  await expect(here.page.locator("#flags")).toContainText("It is looked at now");
  await expect(row).toContainText("Up to date", { timeout: 30_000 });
  await expect(await there.seeComment(`/browse/${copy}`, "Is the cable in?")).toContainText("Internal note");

  const other = await somebody("acme", "customer1");
  await other.open(`/servicedesk/customer/portal/1/${key}`);
  await expect(other.page.locator("iframe")).toHaveCount(0);
});

async function newPage(browser: Browser) {
  return (await browser.newContext()).newPage();
}
