import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { expect, test } from "@playwright/test";
import { FOLDER } from "../src/look.ts";
import { BINARIES } from "../src/stage.ts";

const START_MS = 120_000;

test("the demo's page shows both sites side by side @demo", async ({ page }) => {
  test.setTimeout(2 * START_MS);
  await page.setViewportSize({ width: 1600, height: 900 });
  const demo = spawn(`${BINARIES}/demo`, [], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    let address: string | undefined;
    for await (const line of createInterface({ input: demo.stdout })) {
      address = /Open (http:\S+)/.exec(line)?.[1];
      if (address !== undefined) break;
    }
    await page.goto(address ?? "");
    for (const site of ["acme", "globex"]) {
      await expect(page.getByRole("region", { name: site }).getByRole("link", { name: "Apps > Duplex" })).toBeVisible();
      await expect(page.frameLocator(`iframe[title="The site ${site}"]`).getByRole("table")).toBeVisible();
    }
    await page.screenshot({ path: `${FOLDER}/demo-light.png`, animations: "disabled" });
  } finally {
    demo.kill("SIGINT");
  }
});
