import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/** Every screen is looked at in these. */
export type Look = "light" | "dark" | "narrow";
export const LOOKS: Look[] = ["light", "dark", "narrow"];

export const WIDE = { width: 1280, height: 860 };
/** As narrow as people may make it: 320 px. */
export const NARROW = { width: 320, height: 900 };

export const FOLDER = "../../screenshots";

/** What stands in the page now, in all looks, for an account that follows its browser's colours. */
export async function lookAround(page: Page, name: string): Promise<void> {
  // The colours change last, in the wide window: a browser lets frames out of sight wait with such things.
  for (const look of ["light", "narrow", "dark"] as const) {
    await page.setViewportSize(look === "narrow" ? NARROW : WIDE);
    await page.emulateMedia({ colorScheme: look === "dark" ? "dark" : "light" });
    await judge(page, name, look);
  }
  await page.setViewportSize(WIDE);
  await page.emulateMedia({ colorScheme: "light" });
}

/** Keeps a picture, and holds the page to what every screen promises. */
export async function judge(page: Page, name: string, look: Look): Promise<void> {
  await hold(page, name, look);
  await hasNone(new AxeBuilder({ page }));
}

/** The same of a page that shows other pages beside each other: they may call their parts alike, its own parts may not. */
export async function judgeSideBySide(page: Page, name: string, look: Look): Promise<void> {
  await hold(page, name, look);
  await hasNone(new AxeBuilder({ page }).exclude("iframe"));
  await hasNone(new AxeBuilder({ page }).disableRules(ONE_OF_A_KIND));
}

/** Rules that take all frames for one page. */
const ONE_OF_A_KIND = ["landmark-unique"];

async function hold(page: Page, name: string, look: Look): Promise<void> {
  // Atlaskit fades its colours and its dialogs in.
  await expect.poll(() => stirs(page)).toBe(false);
  await page.screenshot({ path: `${FOLDER}/${name}-${look}.png`, animations: "disabled" });
  await fits(page);
  await isDark(page, look === "dark");
}

async function hasNone(axe: AxeBuilder): Promise<void> {
  const { violations } = await axe.analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target.join(" ")} ${node.html}`).join(" | ")}`)).toEqual([]);
}

/** Something is still moving that will come to an end, or loading. */
async function stirs(page: Page): Promise<boolean> {
  const moving = await Promise.all(
    page.frames().map((frame) =>
      frame
        .evaluate(() =>
          document.getAnimations().some(({ playState, effect }) => playState === "running" && effect?.getComputedTiming().endTime !== Infinity),
        )
        // A frame that went elsewhere while it was asked.
        .catch(() => true),
    ),
  );
  return moving.includes(true);
}

/** Nothing stands out of the window, in any frame. */
async function fits(page: Page): Promise<void> {
  for (const frame of page.frames()) {
    const over = await frame.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(over, frame.url().split("?")[0]).toBeLessThanOrEqual(0);
  }
}

/** The page and the app's frame in it follow the colours that the viewer chose. */
async function isDark(page: Page, dark: boolean): Promise<void> {
  for (const frame of page.frames()) {
    const text = await frame.evaluate(() => {
      const [red = 0, green = 0, blue = 0] = (getComputedStyle(document.body).color.match(/[\d.]+/g) ?? []).map(Number);
      return red + green + blue;
    });
    if (dark) expect(text, "light text on dark").toBeGreaterThan(380);
    else expect(text, "dark text on light").toBeLessThan(380);
  }
}
