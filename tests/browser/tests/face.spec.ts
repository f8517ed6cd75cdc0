import { expect, type Browser } from "@playwright/test";
import { Person, type Name } from "../src/site.ts";
import { stage } from "../src/stage.ts";
import { test } from "../src/test.ts";

const at = stage();
test.describe.configure({ mode: "serial" });

async function acme(browser: Browser, name: Name): Promise<Person> {
  const page = await (await browser.newContext()).newPage();
  return new Person(page, at.acme, "acme").signIn(name);
}

test("an agent's day: note, reply, edit, delete, transition; and an internal note is nowhere in the portal", async ({ browser }) => {
  const customer = await acme(browser, "customer1");
  const key = await customer.raise("IT Support", "Get IT Help", "No paper", "The tray is <b>empty</b>.");
  await expect(customer.page.getByText("The tray is <b>empty</b>.")).toBeVisible();
  const request = new URL(customer.page.url()).pathname;

  const agent = await acme(browser, "agent1");
  expect(await agent.findInQueue("ITA", "No paper")).toBe(key);
  await agent.comment("Add internal note", "He always forgets the second tray.");
  await expect(agent.commentWith("second tray")).toContainText("Internal note");
  await agent.comment("Reply to customer", "A colleague is on the way.");
  await expect(agent.commentWith("on the way")).not.toContainText("Internal note");

  for (const path of [request, "/servicedesk/customer/user/requests"]) {
    await customer.open(path);
    expect(await customer.page.content()).not.toContain("second tray");
    await agent.open(path);
    expect(await agent.page.content()).not.toContain("second tray");
  }
  await customer.open(request);
  await customer.page.getByLabel("Add a comment").fill("Thank you!");
  await customer.page.getByRole("button", { name: "Add" }).click();
  await expect(customer.commentWith("Thank you!")).toBeVisible();

  await agent.open(`/browse/${key}`);
  const reply = agent.commentWith("on the way");
  await reply.getByText("Edit").click();
  await reply.getByRole("textbox", { name: "Comment" }).fill("A colleague is there.");
  await reply.getByRole("button", { name: "Save" }).click();
  await expect(agent.commentWith("is there")).toContainText("edited");
  const note = agent.commentWith("second tray");
  await note.getByText("Delete", { exact: false }).first().click();
  await note.getByRole("button", { name: "Delete comment" }).click();
  await expect(note).toHaveCount(0);

  await agent.page.getByText("Change status").click();
  await agent.page.getByRole("button", { name: "Resolve this issue" }).click();
  await expect(agent.page.getByText("Resolved").first()).toBeVisible();
});

test("nobody sees what is not his, and nothing is done for a form of another site", async ({ browser }) => {
  const stranger = await acme(browser, "customer2");
  await stranger.open("/browse/ITA-1");
  await expect(stranger.page.getByRole("heading", { name: "We couldn't find that page" })).toBeVisible();
  await stranger.open("/plugins/servlet/upm");
  await expect(stranger.page.getByRole("heading", { name: "We couldn't find that page" })).toBeVisible();

  const agent = await acme(browser, "agent1");
  const foreign = await agent.page.request.post(`${at.acme}/browse/ITA-1/comment`, { form: { body: "x", kind: "public" } });
  expect(foreign.status()).toBe(403);
  const unknown = await agent.page.request.get(`${at.acme}/jira/made-up`);
  expect(unknown.status()).toBe(404);
  expect(unknown.headers()["content-type"]).toContain("application/problem+json");
});
