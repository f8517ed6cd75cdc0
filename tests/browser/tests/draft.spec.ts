import { expect } from "@playwright/test";
import { publish } from "../src/guide.ts";
import { lookAround } from "../src/look.ts";
import { Person } from "../src/site.ts";
import { stage } from "../src/stage.ts";
import { test } from "../src/test.ts";

const at = stage("acme:ITC=acme:ITD");
const SYNC = "mirror 1";
test.describe.configure({ mode: "serial" });

test("a draft with findings says where they are, and cannot be published", async ({ page }) => {
  const admin = await new Person(page, at.acme, "acme").signIn("admin");
  const duplex = await admin.openDuplex();
  await duplex.act(SYNC, "Configure");
  await duplex.tab("Fields").click();
  await duplex.tab("Default Values").click();
  await duplex.button("Remove Customer Request Type in Project B").click();
  await expect(duplex.frame.getByText(/Findings: \d+ error/)).toBeVisible();
  await duplex.button("Publish draft").click();
  const dialog = duplex.dialog("Publish draft");
  await expect(dialog.getByText("It has errors and can’t be published.")).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Publish", exact: true })).toBeDisabled();
  await lookAround(page, "publish-findings");
  await dialog.getByRole("button", { name: "Cancel" }).click();

  await duplex.button("More").click();
  await duplex.frame.getByRole("menuitem", { name: "Discard draft" }).click();
  await duplex.dialog("Discard the draft?").getByRole("button", { name: "Discard" }).click();
  await expect(duplex.frame.getByText(/there is no draft/)).toBeVisible();
});

test("a version that was published can be restored", async ({ page }) => {
  const admin = await new Person(page, at.acme, "acme").signIn("admin");
  const duplex = await admin.openDuplex();
  await duplex.act(SYNC, "Configure");
  await duplex.tab("Fields").click();
  await duplex.tab("Field Mappings").click();
  await duplex.button("Suggestions").click();
  const simple = duplex.dialog("Simple mappings");
  await simple.getByLabel("All fields").check();
  await simple.getByLabel("All fields").uncheck();
  await simple.getByLabel("Priority", { exact: true }).check();
  await simple.getByRole("button", { name: "Map" }).click();
  await publish(duplex, "Publish");

  await duplex.room("History");
  await expect(duplex.heading("Version 2")).toContainText("Published");
  await duplex.button("Restore version 1").click();
  await expect(duplex.button("Publish draft")).toBeVisible();
  await publish(duplex, "Publish");
  await duplex.room("History");
  await expect(duplex.heading("Version 3")).toContainText("Published");
  await expect(duplex.frame.getByText("Ada Admin (Acme)").first()).toBeVisible();
});

test("the preview shows the calls and what gets lost, and writes nothing", async ({ page, request }) => {
  const admin = await new Person(page, at.acme, "acme").signIn("admin");
  const duplex = await admin.openDuplex();
  await duplex.act(SYNC, "Stop");
  await expect(duplex.row(SYNC)).not.toContainText(/running/i);

  const auth = { authorization: `Basic ${btoa("agent1@acme.example:agent1-token")}` };
  const me = (await (await request.get(`${at.acme}/rest/api/3/myself`, { headers: auth })).json()) as { accountId: string };
  const mention = { type: "mention", attrs: { id: me.accountId, text: "@Anna" } };
  const description = { type: "doc", version: 1, content: [{ type: "paragraph", content: [mention] }] };
  const fields = { project: { key: "ITC" }, issuetype: { name: "IT Help" }, summary: "Ask Anna", description };
  const made = await request.post(`${at.acme}/rest/api/3/issue`, { headers: auth, data: { fields } });
  const { key } = (await made.json()) as { key: string };

  await duplex.act(SYNC, "Configure");
  await duplex.room("Preview");
  await duplex.frame.getByLabel("Project", { exact: true }).selectOption("ITC");
  await duplex.frame.getByLabel("Issue key").fill(key);
  await duplex.button("Show preview").click();
  await expect(duplex.heading(`for ${key}`)).toBeVisible();
  await expect(duplex.frame.getByText("/rest/api/3/issue").first()).toBeVisible();
  const losses = duplex.frame.getByRole("region", { name: "Loss list" });
  await expect(losses.getByText("Description")).toBeVisible();
  await expect(duplex.heading("Why, and why not")).toBeVisible();
  await lookAround(page, "preview-outcome");
  await expect(await request.get(`${at.acme}/rest/api/3/issue/ITD-1`, { headers: auth })).not.toBeOK();
});
