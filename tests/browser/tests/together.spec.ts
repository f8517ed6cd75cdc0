import { expect, type Browser, type Page } from "@playwright/test";
import { lookAround } from "../src/look.ts";
import { Person, type Duplex } from "../src/site.ts";
import { stage } from "../src/stage.ts";
import { test } from "../src/test.ts";

const at = stage("acme:ITC=acme:ITD");
const SYNC = "mirror 1";
const ADMIN = "/plugins/servlet/ac/duplex-mirror/duplex-admin";
test.describe.configure({ mode: "serial" });

async function scope(page: Page): Promise<Duplex> {
  const admin = await new Person(page, at.acme, "acme").signIn("admin");
  const duplex = await admin.openDuplex();
  await duplex.act(SYNC, "Configure");
  await duplex.tab("Scope").click();
  await expect(jql(duplex)).toBeVisible();
  return duplex;
}

async function another(browser: Browser): Promise<Page> {
  return (await browser.newContext()).newPage();
}

const jql = (duplex: Duplex) => duplex.frame.getByLabel("JQL of ITC");
const saved = (duplex: Duplex) => duplex.frame.getByText(/Draft saved/);

test("two people edit one draft: nothing is overwritten before one of them has chosen", async ({ browser, page }) => {
  const one = await scope(page);
  const theirs = await another(browser);
  const two = await scope(theirs);
  await jql(one).fill("priority = High");
  await expect(saved(one)).toBeVisible();

  // The second did not see it yet.
  await jql(two).fill("priority = Low");
  const warning = two.frame.getByRole("alert").filter({ hasText: "Somebody else changed this draft" });
  await expect(warning).toContainText("Ada Admin (Acme) saved it");
  await expect(warning).toContainText("priority = Low");
  await expect(jql(two)).toHaveValue("priority = Low");
  await lookAround(theirs, "two-people");
  await page.reload();
  const first = new Person(page, at.acme, "acme").duplex();
  await first.act(SYNC, "Configure");
  await first.tab("Scope").click();
  await expect(jql(first)).toHaveValue("priority = High");

  await two.button("Keep mine on top").click();
  await expect(saved(two)).toBeVisible();
  await jql(first).fill("priority = Medium");
  await expect(first.frame.getByRole("alert").filter({ hasText: "Somebody else changed this draft" })).toBeVisible();
  await first.button("Load theirs").click();
  await expect(jql(first)).toHaveValue("priority = Low");
});

test("what can't be saved says so, stays on the desk, and is saved when it is tried again", async ({ page, context }) => {
  const duplex = await scope(page);
  await context.setOffline(true);
  await jql(duplex).fill("labels = offline");
  await expect(duplex.frame.getByText(/Not saved: The server did not answer/)).toBeVisible();
  // It outlives the tab and the screen that it was typed on.
  await context.setOffline(false);
  await context.route("**/api/v1/syncs/*/draft", (route) => (route.request().method() === "PUT" ? route.abort() : route.fallback()));
  await duplex.room("History");
  await duplex.room("Configuration");
  await duplex.tab("Scope").click();
  await expect(jql(duplex)).toHaveValue("labels = offline");
  await context.unroute("**/api/v1/syncs/*/draft");
  await duplex.button("Try again").click();
  await expect(saved(duplex)).toBeVisible();
  await page.reload();
  await duplex.act(SYNC, "Configure");
  await duplex.tab("Scope").click();
  await expect(jql(duplex)).toHaveValue("labels = offline");
});

test("a list that can't be loaded says why, and is loaded when it is tried again", async ({ page, context }) => {
  const duplex = await scope(page);
  await context.route("**/api/v1/syncs/*/activity*", (route) => route.abort());
  await duplex.room("Activity");
  await expect(duplex.frame.getByRole("alert")).toContainText("The server did not answer");
  await context.unroute("**/api/v1/syncs/*/activity*");
  await duplex.button("Try again").click();
  await expect(duplex.frame.getByRole("table", { name: "Activity" })).toBeVisible();
});

test("a tab that can't be fetched says so in its place, is fetched when it is tried again, and what was typed stays", async ({ page, context }) => {
  const duplex = await scope(page);
  await context.route("**/api/v1/syncs/*/draft", (route) => (route.request().method() === "PUT" ? route.abort() : route.fallback()));
  await jql(duplex).fill("labels = typed");
  await expect(duplex.frame.getByText(/Not saved: The server did not answer/)).toBeVisible();
  await context.route(/\/assets\/Users-.*\.js$/, (route) => route.abort());
  await duplex.tab("Users").click();
  const alert = duplex.frame.getByRole("alert").filter({ hasText: "Loading Users failed" });
  await expect(alert).toContainText("See whether you are online, and try again");
  await expect(duplex.tab("Scope")).toBeVisible();
  await lookAround(page, "tab-not-fetched");
  await context.unrouteAll();
  await alert.getByRole("button", { name: "Try again" }).click();
  await expect(alert).toHaveCount(0);
  await expect(duplex.frame.getByRole("tabpanel", { name: "Users" })).toContainText("who is who");
  await duplex.tab("Scope").click();
  await expect(jql(duplex)).toHaveValue("labels = typed");
  await duplex.button("Try again").click();
  await expect(saved(duplex)).toBeVisible();
});

test("a token that the server does not take any more is renewed, and nobody notices", async ({ page }) => {
  const duplex = await scope(page);
  // The next token that Jira gives is not good: a letter of its signature is another.
  let spoilt = 0;
  await page.route(`**${ADMIN}/token`, async (route) => {
    const answer = await route.fetch();
    const { token } = (await answer.json()) as { token: string };
    const bad = spoilt++ === 0 ? `${token.slice(0, -4)}AAAA` : token;
    await route.fulfill({ response: answer, json: { token: bad } });
  });
  const refused = page.waitForResponse((answer) => answer.url().includes("/api/v1/") && answer.status() === 401);
  await jql(duplex).fill("labels = renewed");
  await refused;
  await expect(saved(duplex)).toBeVisible();
  await expect(duplex.frame.getByRole("alert")).toHaveCount(0);
});

test("whoever is signed out meanwhile loses nothing: he signs in again and tries again", async ({ page, context }) => {
  const duplex = await scope(page);
  await context.clearCookies();
  await jql(duplex).fill("labels = back");
  await expect(duplex.frame.getByText(/Not saved: .*Jira gave no token/)).toBeVisible({ timeout: 30_000 });
  const again = await context.newPage();
  await new Person(again, at.acme, "acme").signIn("admin");
  await again.close();
  await duplex.button("Try again").click();
  await expect(saved(duplex)).toBeVisible({ timeout: 30_000 });
  await expect(jql(duplex)).toHaveValue("labels = back");
});
