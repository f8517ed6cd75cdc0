import { expect, type Locator, type Page } from "@playwright/test";
import { Person } from "../src/site.ts";
import { stage } from "../src/stage.ts";
import { test } from "../src/test.ts";

const at = stage();
const TABS_MAX = 40;

/** Presses Tab until the place has the focus. */
async function tabTo(page: Page, place: Locator): Promise<void> {
  await expect(place).toBeVisible();
  for (let n = 0; n < TABS_MAX; n++) {
    if (await place.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`${TABS_MAX} times Tab do not lead to ${String(place)}`);
}

test("a synchronization is made and stopped being looked at, without a mouse", async ({ page }) => {
  await page.goto(`${at.acme}/login?dest-url=/plugins/servlet/upm`);
  await tabTo(page, page.getByLabel("Email"));
  await page.keyboard.type("admin@acme.example");
  await page.keyboard.press("Tab");
  await page.keyboard.type("admin-token");
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("navigation", { name: "Apps" }).getByRole("link", { name: "Duplex" }));
  await page.keyboard.press("Enter");

  const duplex = new Person(page, at.acme, "acme").duplex();
  await tabTo(page, duplex.link("New synchronization").first());
  await page.keyboard.press("Enter");
  await tabTo(page, duplex.frame.getByLabel("On this site"));
  for (const [label, project] of [["Project A", "Field Services"], ["Project B", "Customer Care"]] as const) {
    await tabTo(page, duplex.frame.getByRole("combobox", { name: label }));
    await page.keyboard.type(project);
    await expect(duplex.frame.getByRole("option", { name: project })).toBeVisible();
    await page.keyboard.press("Enter");
  }
  await tabTo(page, duplex.button("Create"));
  await page.keyboard.press("Enter");
  await tabTo(page, duplex.button("Suggestions"));
  await page.keyboard.press("Enter");
  await expect(duplex.dialog("Simple mappings")).toBeVisible();
  await tabTo(page, duplex.dialog("Simple mappings").getByRole("button", { name: "Map" }));
  await page.keyboard.press("Enter");
  await expect(duplex.frame.getByRole("rowheader", { name: "Purchase" })).toBeVisible();
  // From tab to tab by arrow keys.
  await tabTo(page, duplex.tab("Issue Types"));
  await page.keyboard.press("ArrowRight");
  await expect(duplex.tab("Fields")).toHaveAttribute("aria-selected", "true");
});
