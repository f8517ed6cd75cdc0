import { expect, type Browser } from "@playwright/test";
import { guideFile, importFile, publish } from "../src/guide.ts";
import { lookAround } from "../src/look.ts";
import { Person, type Duplex } from "../src/site.ts";
import { stage } from "../src/stage.ts";
import { test } from "../src/test.ts";

const at = stage();
test.describe.configure({ mode: "serial" });

async function admin(browser: Browser, site: "acme" | "globex"): Promise<Person> {
  return new Person(await (await browser.newContext()).newPage(), at[site], site).signIn("admin");
}

/** Invites from IT Support of Acme; the answer is the token, as it is shown once. */
async function invite(duplex: Duplex, name: string): Promise<string> {
  await duplex.link("New synchronization").first().click();
  await duplex.frame.getByLabel("On another site, by invitation").check();
  await duplex.pick("Your project", "IT Support (ITA)");
  await duplex.frame.getByLabel("Name").fill(name);
  await duplex.button("Create invitation").click();
  const token = await duplex.frame.getByLabel("Invitation token").inputValue();
  await duplex.link("Done").click();
  return token;
}

async function look(duplex: Duplex, token: string): Promise<void> {
  await duplex.link("Accept invitation").first().click();
  await duplex.frame.getByLabel("Invitation token").fill(token);
  await duplex.button("Look at it").click();
}

test("an invitation that is withdrawn opens nothing; another tells what it reveals, and is good once", async ({ browser }) => {
  const acme = await admin(browser, "acme");
  const a = await acme.openDuplex();
  await lookAround(acme.page, "no-synchronizations");
  const regretted = await invite(a, "Too early");
  await lookAround(acme.page, "open-invitations");
  await a.button("Withdraw Too early").click();
  await a.dialog("Withdraw Too early?").getByRole("button", { name: "Withdraw" }).click();
  await expect(a.heading("Open invitations")).toBeHidden();

  const globex = await admin(browser, "globex");
  let b = await globex.openDuplex();
  await look(b, regretted);
  await expect(b.frame.getByRole("alert")).toContainText("no such open invitation");
  await expect(b.button("Try again")).toBeVisible();

  const token = await invite(a, "Support");
  await expect(a.heading("Open invitations")).toBeVisible();
  b = await globex.openDuplex();
  await look(b, token);
  const reveals = b.frame.locator("section", { hasText: "What accepting reveals" }).first();
  await expect(reveals).toContainText("names of its issue types, fields, options and request types");
  await expect(reveals).toContainText("No issue, comment or person is shown");
  await b.pick("Your project", "IT Operations (ITB)");
  await lookAround(globex.page, "accepting");
  await expect(b.frame.getByText("The app has all the permissions it needs in ITB.")).toBeVisible();
  await b.button("Accept").click();
  await expect(b.tab("Issue Types")).toBeVisible();

  const again = await globex.openDuplex();
  await look(again, token);
  await expect(again.frame.getByRole("alert")).toContainText("no such open invitation");
  await expect((await (await admin(browser, "acme")).openDuplex()).row("Support")).toContainText("Not published");
});

test("what would leave the partner's side waits for him: he reads it in words, declines, and accepts another time", async ({ browser }) => {
  const acme = await admin(browser, "acme");
  const globex = await admin(browser, "globex");
  let a = await acme.openDuplex();
  await a.act("Support", "Configure");
  await importFile(a, guideFile("Support", [at.acme, "ITA"], [at.globex, "ITB"]));
  await publish(a, "Send draft");
  await expect(a.frame.getByText("Draft sent").first()).toBeVisible();
  await expect(a.button("Start")).toBeDisabled();

  let b = await globex.openDuplex();
  await expect(b.frame.getByText("Draft received: Support")).toBeVisible();
  await b.link("Look at it").click();
  for (const words of [/Summary/, /[Ii]nternal comments/, /[Pp]ublic comments/]) {
    await expect(b.frame.getByRole("listitem").filter({ hasText: words }).first()).toBeVisible();
  }
  await lookAround(globex.page, "draft-received");
  await b.button("Decline").click();
  await expect(b.button("Decline")).toBeHidden();

  a = await acme.openDuplex();
  await expect(a.row("Support")).not.toContainText("Draft sent");
  await a.act("Support", "Configure");
  await publish(a, "Send draft");

  b = await globex.openDuplex();
  await b.link("Look at it").click();
  await b.button("Accept").click();
  await expect(b.button("Accept")).toBeHidden();
  await b.room("History");
  await expect(b.frame.getByText("by an admin of the other site, accepted by Grace Admin (Globex)")).toBeVisible();
  await b.room("Activity");
  await expect(b.frame.getByRole("cell", { name: "Grace Admin (Globex) accepted it" })).toBeVisible();
  await expect(b.frame.getByRole("cell", { name: "An admin of the other site sent a draft" }).first()).toBeVisible();
});
