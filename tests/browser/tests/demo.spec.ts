import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { expect } from "@playwright/test";
import { judgeSideBySide, NARROW } from "../src/look.ts";
import { BINARIES } from "../src/stage.ts";
import { test } from "../src/test.ts";

const START_MS = 120_000;
/** Room for two sites. */
const WIDER = { width: 1600, height: 900 };

test("the demo's page shows both sites side by side @demo", async ({ page }) => {
  test.setTimeout(2 * START_MS);
  await page.setViewportSize(WIDER);
  const demo = spawn(`${BINARIES}/demo`, [], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    let address: string | undefined;
    for await (const line of createInterface({ input: demo.stdout })) {
      address = /Open (http:\S+)/.exec(line)?.[1];
      if (address !== undefined) break;
    }
    expect(address, "the demo says where it is, unless another one has its ports").toBeDefined();
    await page.goto(address ?? "");
    for (const site of ["acme", "globex"]) {
      await expect(page.getByRole("region", { name: site }).getByRole("link", { name: "Apps > Duplex" })).toBeVisible();
      await expect(page.frameLocator(`iframe[title="The site ${site}"]`).getByRole("table")).toBeVisible();
    }
    // As everywhere, the colours change last, in the wide window.
    for (const look of ["light", "narrow", "dark"] as const) {
      await page.setViewportSize(look === "narrow" ? NARROW : WIDER);
      await page.emulateMedia({ colorScheme: look === "dark" ? "dark" : "light" });
      await judgeSideBySide(page, "demo", look);
    }
  } finally {
    demo.kill("SIGINT");
  }
});
