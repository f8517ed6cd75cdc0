import { expect, type Page } from "@playwright/test";
import { doc, Rest } from "../src/rest.ts";
import { Person, type Duplex, type Name } from "../src/site.ts";
import { stage } from "../src/stage.ts";
import { test } from "../src/test.ts";

const at = stage("acme:ITA=globex:ITB");

/** Runs wherever a text is taken for HTML, and says so by a dialog. */
const EVIL = `"><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}`;

/** The words stand there as words, and nothing of them runs. */
async function isHarmless(page: Page, duplex: Duplex, where: string): Promise<void> {
  await expect(duplex.frame.getByText("onerror=alert(1)").first(), where).toBeVisible({ timeout: 30_000 });
  await expect(duplex.frame.locator('img[src="x"]'), where).toHaveCount(0);
  await expect(duplex.frame.locator("script:not([src])"), where).toHaveCount(0);
  expect(await page.evaluate(() => document.title), where).not.toContain("49");
}

test("script in a summary, a comment, a person's name, a project's name and a synchronization's does nothing", async ({ browser, request }) => {
  const dialogs: string[] = [];
  const somebody = async (site: "acme" | "globex", name: Name): Promise<Person> => {
    const page = await (await browser.newContext()).newPage();
    page.on("dialog", (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    return new Person(page, at[site], site).signIn(name);
  };
  const names = { ITA: `Support ${EVIL}`, agent1: `Anna ${EVIL}`, admin: `Ada ${EVIL}` };
  await request.put(`${at.acme}/_twin/site`, { data: { names } });
  const agent = new Rest(request, at.acme, "acme", "agent1");
  const { key } = await agent.post<{ key: string }>("/rest/api/3/issue", {
    fields: { project: { key: "ITA" }, issuetype: { name: "IT Help" }, summary: EVIL, description: doc(EVIL) },
  });
  await agent.post(`/rest/api/3/issue/${key}/comment`, { body: doc(EVIL) });

  const admin = await somebody("acme", "admin");
  const duplex = await admin.openDuplex();
  await duplex.act("mirror 1", "Rename");
  await duplex.frame.getByLabel("Name", { exact: true }).fill(EVIL);
  await duplex.dialog("Rename").getByRole("button", { name: "Rename" }).click();
  await isHarmless(admin.page, duplex, "the list");

  await duplex.frame.getByRole("link", { name: "onerror" }).first().click();
  await isHarmless(admin.page, duplex, "the configuration");
  await duplex.room("Preview");
  await duplex.frame.getByLabel("Issue key").fill(key);
  await duplex.button("Show preview").click();
  await expect(duplex.heading(`for ${key}`)).toBeVisible();
  await isHarmless(admin.page, duplex, "the preview");
  await duplex.room("Activity");
  await isHarmless(admin.page, duplex, "the log");
  await duplex.room("Troubleshooting");
  await duplex.button("Run the leak drill").click();
  await expect(duplex.frame.getByText(/ran it just now/)).toBeVisible({ timeout: 30_000 });
  await isHarmless(admin.page, duplex, "the drill");

  const reader = await somebody("acme", "agent2");
  await reader.open(`/browse/${key}`);
  await isHarmless(reader.page, reader.duplex(), "the panel");

  // The copy says the same words, and Jira's own pages run none of them.
  const there = await somebody("globex", "agent1");
  const copy = await there.findInQueue("ITB", "onerror=alert(1)");
  await expect(await there.seeComment(`/browse/${copy}`, "onerror=alert(1)")).toContainText("{{7*7}}");
  expect(dialogs).toEqual([]);
});
