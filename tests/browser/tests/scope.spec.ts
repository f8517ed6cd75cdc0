import { expect, type Page } from "@playwright/test";
import { lookAround } from "../src/look.ts";
import { Rest } from "../src/rest.ts";
import { Person, type Duplex } from "../src/site.ts";
import { stage } from "../src/stage.ts";
import { test } from "../src/test.ts";

const at = stage("acme:ITA=globex:ITB");
test.describe.configure({ mode: "serial" });

async function scope(page: Page): Promise<Duplex> {
  const admin = await new Person(page, at.acme, "acme").signIn("admin");
  const duplex = await admin.openDuplex();
  await duplex.act("mirror 1", "Configure");
  await duplex.tab("Scope").click();
  return duplex;
}

test("a JQL is counted, and what it finds is listed", async ({ page, request }) => {
  const agent = new Rest(request, at.acme, "acme", "agent1");
  const urgent = await agent.raise("ITA", "The printer burns", { priority: { name: "High" } });
  await agent.raise("ITA", "The printer is slow", { priority: { name: "Low" } });
  await agent.find("ITA", "The printer is slow");

  const duplex = await scope(page);
  const here = duplex.frame.getByRole("region", { name: "Scope of ITA" });
  const verify = here.getByRole("button", { name: "Verify" });
  await verify.click();
  await expect(here.getByRole("status")).toContainText("2 issues in scope now, among them:");
  await expect(here.getByRole("listitem")).toHaveCount(2);

  const jql = here.getByLabel("JQL of ITA");
  await jql.fill("priority = High");
  // What was found belongs to what was asked.
  await expect(here.getByRole("listitem")).toHaveCount(0);
  await verify.click();
  await expect(here.getByRole("status")).toContainText("1 issue in scope now");
  await expect(here.getByRole("listitem")).toHaveText([`${urgent} The printer burns`]);
  await lookAround(page, "scope-verified");
  await jql.fill("priority = Medium");
  await verify.click();
  await expect(here.getByRole("status")).toContainText("no issues in scope now.");

  // The partner's issues are his own.
  const there = duplex.frame.getByRole("region", { name: "Scope of ITB" });
  await expect(there).toContainText("Only an admin of that site can verify it.");
  await expect(there.getByRole("button", { name: "Verify" })).toHaveCount(0);
});

test("a JQL that Jira does not understand says what is wrong with it", async ({ page }) => {
  const duplex = await scope(page);
  const here = duplex.frame.getByRole("region", { name: "Scope of ITA" });
  const jql = here.getByLabel("JQL of ITA");
  for (const [wrong, why] of [
    ["priority =", /Jira refuses it on side A: .*(value|query|line 1)/i],
    ["colour = red", /Jira refuses it on side A: .*colour/],
    ['summary ~ "printer', "A quotation mark is not closed."],
    ["priority = High)", "The parentheses don't match."],
    ["priority = High ORDER BY created", null],
  ] as const) {
    await jql.fill(wrong);
    await here.getByRole("button", { name: "Verify" }).click();
    if (why === null) {
      await expect(here.getByRole("status"), wrong).toContainText("1 issue in scope now");
      continue;
    }
    await expect(here.getByRole("alert"), wrong).toContainText("The JQL can't be used");
    await expect(here.getByRole("alert"), wrong).toContainText(why);
    await expect(here.getByRole("alert"), wrong).toContainText("Correct it, or leave it empty for the whole project.");
    await expect(here.getByRole("status"), wrong).toHaveText("");
    if (wrong === "colour = red") await lookAround(page, "scope-malformed");
  }
  // The complaint is of what was asked: whoever goes on typing does not read it any more.
  await jql.fill("priority =");
  await here.getByRole("button", { name: "Verify" }).click();
  await expect(here.getByRole("alert")).toBeVisible();
  await jql.fill("priority = Low");
  await expect(here.getByRole("alert")).toHaveCount(0);
  await here.getByRole("button", { name: "Verify" }).click();
  await expect(here.getByRole("status")).toContainText("1 issue in scope now");
});
