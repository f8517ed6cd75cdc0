import { expect } from "@playwright/test";
import { lookAround } from "../src/look.ts";
import { Rest } from "../src/rest.ts";
import { Person } from "../src/site.ts";
import { stage } from "../src/stage.ts";
import { test } from "../src/test.ts";

const at = stage("acme:ITA=globex:ITB");

test("a drill that finds a leak bars the start, until an admin says that it is skipped", async ({ page, request }) => {
  // Something on Globex takes the flag off internal comments.
  await request.put(`${at.globex}/_twin/site`, { data: { leak: "flag" } });
  const admin = await new Person(page, at.acme, "acme").signIn("admin");
  let duplex = await admin.openDuplex();
  await duplex.act("mirror 1", "Stop");
  await expect(duplex.row("mirror 1")).toContainText("Stopped");
  await duplex.act("mirror 1", "Troubleshoot");
  const drill = duplex.frame.getByRole("region", { name: "Leak drill" });
  await duplex.button("Run the leak drill").click();
  await expect(drill).toContainText("The leak drill failed", { timeout: 30_000 });
  await expect(drill).toContainText("Jira shows the internal canary of side B as public.");
  await expect(drill).toContainText("Side A: flag verified, portal not seen.");
  await lookAround(page, "drill");

  // Nothing of it is left on either site.
  for (const [site, project] of [["acme", "ITA"], ["globex", "ITB"]] as const) {
    const there = new Rest(request, at[site], site, "agent1");
    await expect.poll(async () => [...(await there.issues(project)).keys()], { timeout: 10_000 }).toEqual([]);
  }

  duplex = await admin.openDuplex();
  await duplex.act("mirror 1", "Start");
  await expect(duplex.frame.getByRole("alert")).toContainText("The last leak drill of this configuration failed.");
  await duplex.act("mirror 1", "Troubleshoot");
  await duplex.button("Skip").click();
  await duplex.dialog("Skip the leak drill?").getByRole("button", { name: "Skip", exact: true }).click();
  await expect(drill).toContainText("skipped it just now");
  await duplex.room("Activity");
  await expect(duplex.frame.getByText("skipped the leak drill")).toBeVisible();

  duplex = await admin.openDuplex();
  await duplex.act("mirror 1", "Start");
  await expect(duplex.row("mirror 1")).not.toContainText("Stopped");
});
