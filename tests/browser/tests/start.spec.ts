import { expect, type Locator } from "@playwright/test";
import { lookAround } from "../src/look.ts";
import { Rest } from "../src/rest.ts";
import { Person } from "../src/site.ts";
import { stage } from "../src/stage.ts";
import { test } from "../src/test.ts";

const at = stage("acme:ITA=globex:ITB");
const ISSUES = 60;
/** Each copy takes Globex so long, so that there is something to look at. */
const COPY_MS = 8_000;

/** `12 of 60 issues` */
async function done(bar: Locator): Promise<number> {
  const words = await bar.innerText();
  return Number(/([\d,]+) of [\d,]+ issues/.exec(words)?.[1]?.replace(",", "") ?? "-1");
}

test("the first start of many issues shows how far it is, survives a reload, and ends with all of them", async ({ page, request }) => {
  test.setTimeout(180_000);
  const admin = await new Person(page, at.acme, "acme").signIn("admin");
  let duplex = await admin.openDuplex();
  await duplex.act("mirror 1", "Stop");
  await expect(duplex.row("mirror 1")).toContainText("Stopped");

  // Issues of long ago: no event of them comes after the start, as of what a person does now, and a search finds them.
  await request.put(`${at.acme}/_twin/faults`, { data: { webhooks: { drop: 1 } } });
  const agent = new Rest(request, at.acme, "acme", "agent1");
  const issueUpdates = Array.from({ length: ISSUES }, (_, n) => ({
    fields: { project: { key: "ITA" }, issuetype: { name: "IT Help" }, summary: `Request ${n + 1}` },
  }));
  await agent.post("/rest/api/3/issue/bulk", { issueUpdates: issueUpdates.slice(0, 50) });
  await agent.post("/rest/api/3/issue/bulk", { issueUpdates: issueUpdates.slice(50) });
  await expect.poll(async () => (await agent.issues("ITA")).size).toBe(ISSUES);
  const rule = { by: "apps", site: "globex", method: "POST", path: "*/issue", effect: { slow: { ms: COPY_MS } } };
  await request.put(`${at.globex}/_twin/faults`, { data: { rules: [rule] } });

  await duplex.act("mirror 1", "Configure");
  await duplex.button("Start").click();
  let bar = duplex.frame.getByRole("region", { name: "First start of ITA" });
  await expect(bar).toContainText(/\d+ of 60 issues, [\d,]+ a minute, about \d+ (s|min) left/, { timeout: 60_000 });
  await expect(bar.getByRole("progressbar")).toBeVisible();
  const before = await done(bar);
  expect(before).toBeGreaterThan(0);
  expect(before).toBeLessThan(ISSUES);

  // Whoever comes back finds it where it is by now.
  await page.reload();
  duplex = admin.duplex();
  await duplex.act("mirror 1", "Configure");
  bar = duplex.frame.getByRole("region", { name: "First start of ITA" });
  await expect(bar).toBeVisible();
  expect(await done(bar)).toBeGreaterThanOrEqual(before);
  await lookAround(page, "first-start");

  await request.delete(`${at.globex}/_twin/faults`);
  await expect(bar).toBeHidden({ timeout: 90_000 });
  // A search knows what was just created a moment later.
  const there = new Rest(request, at.globex, "globex", "agent1");
  const wanted = issueUpdates.map(({ fields }) => fields.summary).sort();
  await expect.poll(async () => [...(await there.issues("ITB")).keys()].sort(), { timeout: 10_000 }).toEqual(wanted);
});
