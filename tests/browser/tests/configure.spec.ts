import { readFile } from "node:fs/promises";
import { expect, type Page } from "@playwright/test";
import { guideFile } from "../src/guide.ts";
import { lookAround } from "../src/look.ts";
import { Person, type Duplex } from "../src/site.ts";
import { stage } from "../src/stage.ts";
import { test } from "../src/test.ts";

const at = stage("acme:ITC=acme:ITD", "acme:ITA=globex:ITB");
test.describe.configure({ mode: "serial" });

async function configured(page: Page, site: "acme" | "globex", sync: string): Promise<Duplex> {
  const admin = await new Person(page, at[site], site).signIn("admin");
  const duplex = await admin.openDuplex();
  await duplex.act(sync, "Configure");
  return duplex;
}

test("people are chosen by name, and are still called so when somebody comes back", async ({ page }) => {
  const duplex = await configured(page, "acme", "mirror 1");
  await duplex.tab("Users").click();
  const people = duplex.frame.getByRole("region", { name: "People of ITC" });
  await people.getByRole("button", { name: "Add person" }).click();
  await people.getByRole("combobox", { name: "Person of ITC, row 1" }).fill("ann");
  await duplex.frame.getByRole("option", { name: "Anna Agent (Acme)" }).click();
  await people.getByRole("combobox", { name: "Person of ITD, row 1" }).fill("ben");
  await duplex.frame.getByRole("option", { name: "Ben Agent (Acme)" }).click();
  await people.getByRole("combobox", { name: "Fallback in ITD" }).fill("nobody like this");
  await expect(duplex.frame.getByText("Nobody is called so")).toBeVisible();
  await people.getByRole("combobox", { name: "Fallback in ITD" }).fill("ada");
  await duplex.frame.getByRole("option", { name: "Ada Admin (Acme)" }).click();
  await expect(duplex.frame.getByText(/Draft saved/)).toBeVisible();

  await page.reload();
  await duplex.act("mirror 1", "Configure");
  await duplex.tab("Users").click();
  await expect(people.getByText("Anna Agent (Acme)", { exact: true })).toBeVisible();
  await lookAround(page, "people");
  for (const name of ["Anna Agent (Acme)", "Ben Agent (Acme)", "Ada Admin (Acme)"]) {
    await expect(people.getByText(name, { exact: true })).toBeVisible();
  }
});

test("of two sites, each admin chooses his own people by name", async ({ page, browser }) => {
  const a = await configured(page, "acme", "mirror 2");
  await a.tab("Users").click();
  const mine = a.frame.getByRole("region", { name: "People of ITA" });
  await mine.getByRole("button", { name: "Add person" }).click();
  await mine.getByRole("combobox", { name: "Person of ITA, row 1" }).fill("anna");
  await a.frame.getByRole("option", { name: "Anna Agent (Acme)" }).click();
  await expect(mine.getByRole("textbox", { name: "Person of ITB, row 1" })).toBeVisible();
  await expect(a.frame.getByText(/Draft saved/)).toBeVisible();

  const b = await configured(await (await browser.newContext()).newPage(), "globex", "mirror 2");
  await b.tab("Users").click();
  const theirs = b.frame.getByRole("region", { name: "People of ITA" });
  await expect(theirs.getByRole("textbox", { name: "Person of ITA, row 1" })).toHaveValue(/\S{5,}/);
  await theirs.getByRole("combobox", { name: "Person of ITB, row 1" }).fill("gita");
  await b.frame.getByRole("option", { name: "Gita Agent (Globex)" }).click();
  await expect(theirs.getByText("Gita Agent (Globex)", { exact: true })).toBeVisible();
});

test("the configuration is exported as a file, and a file is imported into the draft", async ({ page }, info) => {
  const duplex = await configured(page, "acme", "mirror 1");
  await duplex.button("More").click();
  await duplex.frame.getByRole("menuitem", { name: "Export configuration" }).click();
  const exported = duplex.dialog("Export configuration");
  await expect(exported.getByLabel("Configuration file (TOML)")).toHaveValue(/\[side\.a\][\s\S]*Request a new account/);
  const [download] = await Promise.all([page.waitForEvent("download"), exported.getByRole("button", { name: "Download" }).click()]);
  expect(download.suggestedFilename()).toBe("mirror 1.toml");
  const file = info.outputPath("exported.toml");
  await download.saveAs(file);
  await exported.getByRole("button", { name: "Close", exact: true }).last().click();

  // What was exported, with one more field, comes in by the file itself.
  const toml = (await readFile(file, "utf8")).replaceAll("fields = [", 'fields = [\n  { from = "Priority", to = "Priority" },');
  expect(toml).toContain("Priority");
  await duplex.button("More").click();
  await duplex.frame.getByRole("menuitem", { name: "Import configuration" }).click();
  const dialog = duplex.dialog("Import configuration");
  await dialog.getByLabel("File", { exact: true }).setInputFiles({ name: "mirror.toml", mimeType: "application/toml", buffer: Buffer.from(toml) });
  await dialog.getByRole("button", { name: "Import" }).click();
  await expect(dialog).toBeHidden();
  await duplex.tab("Fields").click();
  await expect(duplex.frame.getByRole("rowheader", { name: "Priority" })).toBeVisible();
});

test("a file that can't be taken says why and where, and nothing that was pasted is lost", async ({ page }) => {
  const duplex = await configured(page, "acme", "mirror 1");
  const file = guideFile("mirror 1", [at.acme, "ITC"], [at.acme, "ITD"]).replace('from = "IT Help"', 'from = "No Such Type"');
  await duplex.button("More").click();
  await duplex.frame.getByRole("menuitem", { name: "Import configuration" }).click();
  const dialog = duplex.dialog("Import configuration");
  await dialog.getByLabel("Configuration file (TOML)").fill(file);
  await dialog.getByRole("button", { name: "Import" }).click();
  await expect(dialog.getByRole("alert")).toContainText("No Such Type");
  await expect(dialog.getByLabel("Configuration file (TOML)")).toHaveValue(file);
});
