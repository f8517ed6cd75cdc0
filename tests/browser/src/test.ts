import { test as base } from "@playwright/test";

/**
 * Playwright's test, after which every window is closed that it opened. Left open, they go on asking servers that are
 * gone, and later stories wait for them.
 */
export const test = base.extend<{ tidy: void }>({
  tidy: [
    async ({ browser }, use) => {
      const before = browser.contexts();
      await use();
      for (const context of browser.contexts()) if (!before.includes(context)) await context.close();
    },
    { auto: true },
  ],
});
