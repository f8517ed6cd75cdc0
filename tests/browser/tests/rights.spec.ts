import { expect } from "@playwright/test";
import { lookAround } from "../src/look.ts";
import { Person } from "../src/site.ts";
import { stage } from "../src/stage.ts";
import { test } from "../src/test.ts";

const at = stage("acme:ITA=globex:ITB");
test.describe.configure({ mode: "serial" });

const REMEDY = "Add the app's user to the project's role Service Desk Team (or Administrators)";

test("whoever chooses a project reads what the app lacks there, and what to do", async ({ page, request }) => {
  await request.put(`${at.acme}/_twin/site`, { data: { appsLack: { ITC: ["ADD_COMMENTS", "SERVICEDESK_AGENT"] } } });
  const admin = await new Person(page, at.acme, "acme").signIn("admin");
  const duplex = await admin.openDuplex();
  await duplex.link("New synchronization").first().click();
  await duplex.pick("Project A", "Field Services (ITC)");
  await duplex.pick("Project B", "Customer Care (ITD)");
  await expect(duplex.frame.getByText("The app lacks permissions in ITC")).toBeVisible();
  await expect(duplex.frame.getByRole("listitem")).toHaveText(["Add Comments (ADD_COMMENTS)", "Service Project Agent (SERVICEDESK_AGENT)"]);
  await expect(duplex.frame.getByText(REMEDY)).toBeVisible();
  await expect(duplex.frame.getByText("The app has all the permissions it needs in ITD.")).toBeVisible();
  await lookAround(page, "permissions");

  // Once it is granted, nothing is lacking.
  await request.put(`${at.acme}/_twin/site`, { data: { appsLack: { ITC: [] } } });
  await duplex.pick("Project A", "IT Support (ITA)");
  await duplex.pick("Project A", "Field Services (ITC)");
  await expect(duplex.frame.getByText("The app has all the permissions it needs in ITC.")).toBeVisible();
});

test("a configuration whose app lost its role says so: permission, project and remedy", async ({ page, request }) => {
  await request.put(`${at.acme}/_twin/site`, { data: { appsLack: { ITA: ["ADD_COMMENTS"] } } });
  const admin = await new Person(page, at.acme, "acme").signIn("admin");
  let duplex = await admin.openDuplex();
  await duplex.act("mirror 1", "Configure");
  await duplex.frame.getByText("Findings: 1 error").click();
  const finding = duplex.frame.getByRole("region", { name: "Projects" }).getByRole("listitem");
  await expect(finding).toContainText("The app's user lacks Add Comments in ITA (side A); it is needed to add the copies of comments.");
  await expect(finding).toContainText(REMEDY);
  await lookAround(page, "permission-finding");

  // Without its role it does not even see the project; what the project offers is still known for a while.
  await request.put(`${at.acme}/_twin/site`, { data: { appRoles: { ITA: false }, appsLack: { ITA: [] } } });
  duplex = await admin.openDuplex();
  await duplex.act("mirror 1", "Configure");
  await duplex.frame.getByText("Findings: 1 error").click();
  await expect(finding).toContainText("The app's user lacks Browse Projects in ITA (side A); it is needed to see the issues.");
  await expect(finding).toContainText(REMEDY);

  // Once it is read anew, nothing of it is known any more: then the page says just that.
  await duplex.tab("Fields").click();
  await duplex.tab("Field Mappings").click();
  await duplex.button("Read fields anew").click();
  const alert = duplex.frame.getByRole("alert").filter({ hasText: "lacks Browse Projects" });
  await expect(alert).toContainText(REMEDY);
  duplex = await admin.openDuplex();
  await duplex.act("mirror 1", "Configure");
  await expect(alert).toContainText(REMEDY);
  await expect(alert).toContainText(at.acme);
  await lookAround(page, "project-unseen");

  // Whoever chooses anew is not offered it.
  duplex = await admin.openDuplex();
  await duplex.link("New synchronization").first().click();
  await duplex.frame.getByRole("combobox", { name: "Project A", exact: true }).fill("IT");
  await expect(duplex.frame.getByRole("option", { name: "Field Services (ITC)" })).toBeVisible();
  await expect(duplex.frame.getByRole("option", { name: "IT Support (ITA)" })).toHaveCount(0);

  await request.put(`${at.acme}/_twin/site`, { data: { appRoles: { ITA: true } } });
  duplex = await admin.openDuplex();
  await duplex.act("mirror 1", "Configure");
  await expect(duplex.frame.getByText("Nothing speaks against publishing.")).toBeVisible();
});
