import { expect, type FrameLocator, type Locator, type Page } from "@playwright/test";

/** Who signs in. */
export type Name = "admin" | "agent1" | "agent2" | "customer1" | "customer2";

/** A person at a browser, at one Jira site. */
export class Person {
  constructor(
    readonly page: Page,
    readonly base: string,
    readonly site: string,
  ) {}

  /** Signs in as a person does, and comes to `to`. */
  async signIn(name: Name, to = "/"): Promise<this> {
    await this.page.goto(`${this.base}/login?dest-url=${encodeURIComponent(to)}`);
    await this.page.getByLabel("Email").fill(`${name}@${this.site}.example`);
    await this.page.getByLabel("Password").fill(`${name}-token`);
    await this.page.getByRole("button", { name: "Log in", exact: true }).click();
    await expect(this.page.locator("header.top details")).toBeVisible();
    return this;
  }

  async open(path: string): Promise<void> {
    await this.page.goto(`${this.base}${path}`);
  }

  /** Jira admin > Apps > Duplex. */
  async openDuplex(): Promise<Duplex> {
    await this.open("/");
    await this.page.getByRole("navigation", { name: "Site" }).getByRole("link", { name: "Apps" }).click();
    await this.page.getByRole("navigation", { name: "Apps" }).getByRole("link", { name: "Duplex" }).click();
    if (!(await this.isFramed())) {
      // As a person does, once; why the browser could not load it stands in the log.
      console.log("The browser did not load the app's frame; the page is reloaded.");
      await this.page.reload();
    }
    return this.duplex();
  }

  /** Whether the browser got an answer for the app's frame, whatever it says. */
  private async isFramed(): Promise<boolean> {
    const frame = await (await this.page.locator('iframe[title="Duplex"]').elementHandle())?.contentFrame();
    const address = () => frame?.url() ?? "";
    await expect.poll(address).not.toMatch(/^(about:blank)?$/);
    return !address().startsWith("chrome-error:");
  }

  duplex(): Duplex {
    return new Duplex(this.page.frameLocator('iframe[title="Duplex"]'));
  }

  /** Raises a request in the portal of a project, and answers its key. */
  async raise(project: string, kind: string, summary: string, details: string): Promise<string> {
    await this.open("/servicedesk/customer/portals");
    await this.page.getByRole("link", { name: project }).click();
    await this.page.getByRole("link", { name: kind }).click();
    await this.page.getByLabel("Summary").fill(summary);
    await this.page.getByLabel("What details can you share?").fill(details);
    await this.page.getByRole("button", { name: "Send" }).click();
    await expect(this.page.getByRole("heading", { name: summary })).toBeVisible();
    return this.page.url().split("/").at(-1) ?? "";
  }

  /** Waits until a project's queue shows a request, opens it, and answers its key. */
  async findInQueue(project: string, summary: string): Promise<string> {
    const link = this.page.getByRole("rowheader", { name: summary }).getByRole("link");
    await expect(async () => {
      await this.open(`/jira/servicedesk/projects/${project}/queues`);
      await expect(link).toHaveCount(1, { timeout: 500 });
    }).toPass({ timeout: 30_000 });
    await link.click();
    return this.page.url().split("/").at(-1) ?? "";
  }

  /** Writes a comment on the issue that is open, as agents do. */
  async comment(kind: "Reply to customer" | "Add internal note", words: string): Promise<void> {
    await this.page.getByText(kind, { exact: true }).click();
    const box = this.page.getByRole("textbox", { name: kind });
    await box.fill(words);
    await box.locator("xpath=ancestor::form").getByRole("button", { name: "Save" }).click();
    await expect(this.commentWith(words)).toBeVisible();
  }

  commentWith(words: string): Locator {
    return this.page.getByRole("article").filter({ hasText: words });
  }

  /** Reloads until a comment is there. */
  async seeComment(path: string, words: string): Promise<Locator> {
    const comment = this.commentWith(words);
    await expect(async () => {
      await this.open(path);
      await expect(comment).toHaveCount(1, { timeout: 500 });
    }).toPass({ timeout: 30_000 });
    return comment;
  }
}

/** The app's page within Jira's. */
export class Duplex {
  constructor(readonly frame: FrameLocator) {}

  button(name: string): Locator {
    return this.frame.getByRole("button", { name, exact: true });
  }

  link(name: string): Locator {
    return this.frame.getByRole("link", { name, exact: true });
  }

  heading(name: string): Locator {
    return this.frame.getByRole("heading", { name });
  }

  tab(name: string): Locator {
    return this.frame.getByRole("tab", { name });
  }

  dialog(name: string): Locator {
    return this.frame.getByRole("dialog", { name });
  }

  /** Chooses from a list with search. */
  async pick(label: string, option: string, within: Locator | FrameLocator = this.frame): Promise<void> {
    await within.getByRole("combobox", { name: label, exact: true }).fill(option);
    await this.frame.getByRole("option", { name: option }).first().click();
  }

  /** An entry of a synchronization's actions. */
  async act(sync: string, action: string): Promise<void> {
    await this.button(`Actions of ${sync}`).click();
    await this.frame.getByRole("menuitem", { name: action }).click();
  }

  /** A room of the synchronization that is open: *Preview*, *Troubleshooting*, ... */
  async room(name: string): Promise<void> {
    await this.frame.getByRole("navigation", { name: "Synchronization" }).getByRole("link", { name }).click();
  }

  row(sync: string): Locator {
    return this.frame.getByRole("row").filter({ hasText: sync });
  }
}
