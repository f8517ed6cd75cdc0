import { expect } from "@playwright/test";
import type { Duplex } from "./site.ts";

/** Issue type by issue type, the request type that the guide sets. */
const REQUEST_TYPES: [string, string][] = [
  ["IT Help", "Get IT Help"],
  ["Purchase", "Purchase request"],
  ["Access", "Request a new account"],
];

/** *Configure* of the guide, step by step, on a synchronization whose configuration is open. */
export async function configure(duplex: Duplex): Promise<void> {
  await mapIssueTypes(duplex);
  await duplex.tab("Fields").click();
  await duplex.tab("Default Values").click();
  for (const project of ["Project A", "Project B"]) await createDefault(duplex, project);
  await mapFields(duplex);
  await enableComments(duplex);
}

export async function mapIssueTypes(duplex: Duplex): Promise<void> {
  await duplex.tab("Issue Types").click();
  await duplex.button("Suggestions").click();
  const simple = duplex.dialog("Simple mappings");
  await simple.getByLabel("All issue types").check();
  for (const [type] of REQUEST_TYPES) await expect(simple.getByLabel(type, { exact: true })).toBeChecked();
  await simple.getByRole("button", { name: "Map" }).click();
  await expect(duplex.frame.getByRole("rowheader", { name: "Purchase" })).toBeVisible();
}

async function createDefault(duplex: Duplex, project: string): Promise<void> {
  await duplex.button(`+ Create Default value in ${project}`).click();
  const dialog = duplex.dialog("Create Default value");
  await duplex.pick("Field", "Customer Request Type", dialog);
  await dialog.getByLabel("All Issue Types").uncheck();
  for (const [type, requestType] of REQUEST_TYPES) await duplex.pick(type, requestType, dialog);
  await dialog.getByRole("button", { name: "Create", exact: true }).click();
  await expect(dialog).toBeHidden();
}

export async function mapFields(duplex: Duplex): Promise<void> {
  await duplex.tab("Fields").click();
  await duplex.tab("Field Mappings").click();
  await duplex.button("Suggestions").click();
  const simple = duplex.dialog("Simple mappings");
  await simple.getByLabel("All fields").check();
  await simple.getByLabel("All fields").uncheck();
  for (const field of ["Summary", "Description"]) await simple.getByLabel(field, { exact: true }).check();
  await simple.getByRole("button", { name: "Map" }).click();
  await expect(duplex.frame.getByRole("rowheader", { name: "Description" })).toBeVisible();
}

async function enableComments(duplex: Duplex): Promise<void> {
  await duplex.tab("Comments").click();
  await duplex.frame.getByText("Enable comments").click();
  await expect(duplex.frame.getByRole("radio", { name: /^Enriched/ })).toBeChecked();
  await expect(duplex.frame.getByText("internal <> internal, public <> public")).toBeVisible();
}

/** *Publish Draft*: the button's last word is *Publish*, or *Send draft* where a partner is asked. */
export async function publish(duplex: Duplex, verb: "Publish" | "Send draft"): Promise<void> {
  await duplex.button("Publish draft").click();
  const dialog = duplex.dialog("Publish draft");
  await dialog.getByRole("button", { name: verb, exact: true }).click();
  await expect(dialog).toBeHidden();
}

/** What the guide configures, as a file: a site's address and its project on either side. */
export function guideFile(name: string, a: [string, string], b: [string, string]): string {
  const types = REQUEST_TYPES.map(([type]) => `{ from = "${type}", to = "${type}" }`);
  const values = REQUEST_TYPES.map(([type, value]) => `{ issue_type = "${type}", value = "${value}" }`);
  const side = (letter: "a" | "b", [base, project]: [string, string]) => `
[side.${letter}]
site = "${new URL(base).host}"
project = "${project}"
issue_types = [${types.join(", ")}]
fields = [{ from = "Summary", to = "Summary" }, { from = "Description", to = "Description" }]
defaults = [{ field = "Customer Request Type", per_issue_type = [${values.join(", ")}] }]
comments = { enabled = true, copy = "enriched", public = "public", internal = "internal" }
`;
  return `name = "${name}"\n${side("a", a)}${side("b", b)}`;
}

/** Puts a file into the draft of the configuration that is open. */
export async function importFile(duplex: Duplex, file: string): Promise<void> {
  await duplex.button("More").click();
  await duplex.frame.getByRole("menuitem", { name: "Import configuration" }).click();
  const dialog = duplex.dialog("Import configuration");
  await dialog.getByLabel("Configuration file (TOML)").fill(file);
  await dialog.getByRole("button", { name: "Import" }).click();
  await expect(dialog).toBeHidden();
}
