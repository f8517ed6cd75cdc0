import { expect, type Browser } from "@playwright/test";
import { lookAround } from "../src/look.ts";
import { Rest } from "../src/rest.ts";
import { Person } from "../src/site.ts";
import { stage } from "../src/stage.ts";
import { test } from "../src/test.ts";

const at = stage("acme:ITA=globex:ITB", "acme:ITC=acme:ITD");
test.describe.configure({ mode: "serial" });

async function admin(browser: Browser, site: "acme" | "globex"): Promise<Person> {
  return new Person(await (await browser.newContext()).newPage(), at[site], site).signIn("admin");
}

test("a synchronization is renamed, for the partner's admin as well", async ({ browser }) => {
  const person = await admin(browser, "acme");
  const duplex = await person.openDuplex();
  await duplex.act("mirror 1", "Rename");
  const dialog = duplex.dialog("Rename mirror 1");
  const name = dialog.getByLabel("Name", { exact: true });
  const rename = dialog.getByRole("button", { name: "Rename" });
  await expect(name).toHaveValue("mirror 1");
  await expect(rename).toBeDisabled();
  await name.fill("  ");
  await expect(rename).toBeDisabled();
  await name.fill("Not this");
  await lookAround(person.page, "rename");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(duplex.row("mirror 1")).toBeVisible();

  // What was typed before somebody thought better of it is not there again.
  await duplex.act("mirror 1", "Rename");
  await expect(name).toHaveValue("mirror 1");
  await name.fill("Support with Globex");
  await rename.click();
  await expect(dialog).toBeHidden();
  await expect(duplex.row("Support with Globex")).toContainText("ITA");
  await expect(duplex.row("mirror 1")).toHaveCount(0);
  await expect((await (await admin(browser, "globex")).openDuplex()).row("Support with Globex")).toBeVisible();
});

test("nothing is carried while a synchronization is stopped, and what waited is carried once it is started", async ({ browser, request }) => {
  const acme = new Rest(request, at.acme, "acme", "agent1");
  const globex = new Rest(request, at.globex, "globex", "agent1");
  const person = await admin(browser, "acme");
  const duplex = await person.openDuplex();
  const row = duplex.row("Support with Globex");
  await duplex.act("Support with Globex", "Stop");
  await expect(row).toContainText("Stopped");
  await expect(person.page.locator("#flags")).toContainText("Support with Globex is stopped");

  // The other one runs: when it has carried what was raised later, this one had its time.
  await acme.raise("ITA", "Raised in the meantime");
  await acme.raise("ITC", "Raised later");
  await acme.find("ITD", "Raised later");
  expect([...(await globex.issues("ITB")).keys()]).toEqual([]);

  await duplex.act("Support with Globex", "Start");
  await expect(row).toContainText("Running");
  await globex.find("ITB", "Raised in the meantime");

  // The configuration has the same two buttons.
  await duplex.act("mirror 2", "Configure");
  await duplex.button("Stop").click();
  await expect(duplex.button("Start")).toBeVisible();
  await acme.raise("ITC", "Not to be carried");
  await acme.raise("ITA", "Carried");
  await globex.find("ITB", "Carried");
  expect((await acme.issues("ITD")).has("Not to be carried")).toBe(false);
});

test("a synchronization is deleted once its name is typed, and the issues stay", async ({ browser, request }) => {
  const person = await admin(browser, "acme");
  const duplex = await person.openDuplex();
  const name = "Support with Globex";
  await duplex.act(name, "Delete");
  const dialog = duplex.dialog(`Delete ${name}?`);
  const typed = dialog.getByLabel(`Type “${name}” to confirm`);
  const sure = dialog.getByRole("button", { name: "Delete", exact: true });
  await expect(dialog).toContainText("It is running: it is stopped first.");
  await expect(sure).toBeDisabled();
  for (const wrong of ["support with globex", name.slice(0, -1), `${name}!`]) {
    await typed.fill(wrong);
    await expect(sure, wrong).toBeDisabled();
  }
  await typed.fill(name);
  await expect(sure).toBeEnabled();
  await lookAround(person.page, "delete-confirmed");
  await dialog.getByRole("button", { name: "Cancel" }).click();

  // It is asked anew each time.
  await duplex.act(name, "Delete");
  await expect(typed).toHaveValue("");
  await expect(sure).toBeDisabled();
  await typed.fill(name);
  await sure.click();
  await expect(dialog).toBeHidden();
  await expect(duplex.row(name)).toHaveCount(0);
  await expect(duplex.row("mirror 2")).toBeVisible();
  await expect((await (await admin(browser, "globex")).openDuplex()).heading("No project is mirrored yet")).toBeVisible();

  const [acme, globex] = [new Rest(request, at.acme, "acme", "agent1"), new Rest(request, at.globex, "globex", "agent1")];
  const kept = ["Carried", "Raised in the meantime"];
  expect([...(await acme.issues("ITA")).keys()].sort()).toEqual(kept);
  expect([...(await globex.issues("ITB")).keys()].sort()).toEqual(kept);
});
