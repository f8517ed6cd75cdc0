import { expect, type Page } from "@playwright/test";
import { publish } from "../src/guide.ts";
import { lookAround } from "../src/look.ts";
import { Rest } from "../src/rest.ts";
import { Person, type Duplex } from "../src/site.ts";
import { stage } from "../src/stage.ts";
import { test } from "../src/test.ts";

const at = stage("acme:ITC=acme:ITD");
const SYNC = "mirror 1";
test.describe.configure({ mode: "serial" });

async function troubles(page: Page): Promise<Duplex> {
  const admin = await new Person(page, at.acme, "acme").signIn("admin");
  const duplex = await admin.openDuplex();
  await duplex.act(SYNC, "Troubleshoot");
  return duplex;
}

/** A request in ITC, and its copy in ITD. */
async function pair(agent: Rest, summary: string): Promise<{ key: string; copy: string }> {
  const description = { type: "doc", version: 1, content: [{ type: "paragraph", content: [{ type: "text", text: "Since noon." }] }] };
  const fields = { project: { key: "ITC" }, issuetype: { name: "IT Help" }, summary, description };
  const { key } = await agent.post<{ key: string }>("/rest/api/3/issue", { fields });
  await expect.poll(async () => (await agent.issues("ITD")).get(summary), { timeout: 30_000 }).toBeTruthy();
  return { key, copy: (await agent.issues("ITD")).get(summary) ?? "" };
}

test("a value that lost a conflict is restored", async ({ page, request }) => {
  const agent = new Rest(request, at.acme, "acme", "agent1");
  const { key, copy } = await pair(agent, "As raised");
  // Both sides are edited before either is mirrored: the events of the first edit come late.
  await request.put(`${at.acme}/_twin/faults`, { data: { webhooks: { delay: 1, delayMs: 3_000 } } });
  await agent.put(`/rest/api/3/issue/${key}`, { fields: { summary: "As C has it" } });
  await agent.put(`/rest/api/3/issue/${copy}`, { fields: { summary: "As D has it" } });
  await expect.poll(() => agent.summary(key), { timeout: 30_000 }).toBe("As D has it");
  await request.delete(`${at.acme}/_twin/faults`);

  const duplex = await troubles(page);
  const conflicts = duplex.frame.getByRole("region", { name: "Conflicts" });
  await expect(conflicts).toContainText("ITD won");
  await expect(conflicts).toContainText("Lost: As C has it");
  await lookAround(page, "conflicts");
  await duplex.button("Restore Summary").click();
  await expect(admin(page)).toContainText("The value is written back");
  await expect.poll(() => agent.summary(key), { timeout: 30_000 }).toBe("As C has it");
  await expect.poll(() => agent.summary(copy), { timeout: 30_000 }).toBe("As C has it");
  await duplex.room("Activity");
  await expect(duplex.frame.getByRole("cell", { name: "Ada Admin (Acme) wanted the value back that lost" })).toBeVisible();
});

/** The site's own notices stand outside of the app's frame. */
function admin(page: Page) {
  return page.locator("#flags");
}

test("an issue that was deleted is recreated, and a pair is unlinked", async ({ page, request }) => {
  const agent = new Rest(request, at.acme, "acme", "agent1");
  const lord = new Rest(request, at.acme, "acme", "admin");
  const first = await pair(agent, "Deleted by mistake");
  const second = await pair(agent, "Deleted on purpose");
  for (const { copy } of [first, second]) await lord.delete(`/rest/api/3/issue/${copy}`);

  const duplex = await troubles(page);
  await expect(duplex.heading("2 elements stopped")).toBeVisible({ timeout: 60_000 });
  await lookAround(page, "stopped");
  const row = (key: string) => duplex.frame.getByRole("row").filter({ hasText: key });
  await row(first.key).getByRole("button", { name: "Recreate the issue" }).click();
  await duplex.dialog("Recreate the issue?").getByRole("button", { name: "Recreate" }).click();
  await expect(row(first.key)).toHaveCount(0, { timeout: 30_000 });
  await expect.poll(async () => (await agent.issues("ITD")).get("Deleted by mistake"), { timeout: 30_000 }).toBeTruthy();
  expect((await agent.issues("ITD")).get("Deleted by mistake")).not.toBe(first.copy);

  await row(second.key).getByRole("button", { name: "Unlink the issue" }).click();
  await duplex.dialog("Unlink the two issues?").getByRole("button", { name: "Unlink" }).click();
  await expect(duplex.heading("Nothing stopped")).toBeVisible({ timeout: 30_000 });
  expect((await agent.issues("ITD")).has("Deleted on purpose")).toBe(false);
  await duplex.room("Activity");
  const line = duplex.frame.getByRole("row").filter({ hasText: "Ada Admin (Acme) unlinked the two issues" });
  await expect(line).toContainText(second.key);
});

test("pairs that an earlier mapping made are counted, and translated anew when somebody says so", async ({ page, request }) => {
  const agent = new Rest(request, at.acme, "acme", "agent1");
  const { copy } = await pair(agent, "Mirrored before");
  const duplex = await troubles(page);
  await duplex.room("Configuration");
  await duplex.tab("Fields").click();
  await duplex.tab("Field Mappings").click();
  await duplex.frame.getByLabel("Direction of Description and Description").selectOption({ label: "ITC → ITD" });
  await duplex.button("Edit Description and Description").click();
  const dialog = duplex.dialog("Edit field mapping");
  await dialog.getByLabel("How the value is carried").selectOption({ label: "Text: from a template" });
  await dialog.getByLabel("Template").fill("From {key}: {value}");
  await dialog.getByRole("button", { name: "Save" }).click();
  await publish(duplex, "Publish");

  await duplex.room("Troubleshooting");
  await expect(duplex.frame.getByText(/\d+ pairs? of issues still stands? as an earlier mapping made/)).toBeVisible();
  await lookAround(page, "translate-anew");
  await duplex.button("Translate them anew").click();
  await expect(duplex.frame.getByText(/still stands? as an earlier mapping/)).toBeHidden({ timeout: 60_000 });
  const described = () => agent.get<{ fields: { description: unknown } }>(`/rest/api/3/issue/${copy}?fields=description`);
  await expect.poll(async () => JSON.stringify((await described()).fields.description), { timeout: 30_000 }).toMatch(/From ITC-\d+:.*Since noon\./);
  await duplex.room("Activity");
  await expect(duplex.frame.getByText(/translated by the mapping of today/)).toBeVisible();
});
