import { test as base, type BrowserContext } from "@playwright/test";

/**
 * Playwright's test, after which every window is closed that it opened. Left open, they go on asking servers that are
 * gone, and later stories wait for them. Where a story failed, it says what its windows asked for in vain.
 */
export const test = base.extend<{ tidy: void }>({
  tidy: [
    async ({ browser, context }, use, info) => {
      const before = browser.contexts().filter((one) => one !== context);
      const lost: string[] = [];
      const listen = (to: BrowserContext) =>
        to.on("requestfailed", (request) => {
          const url = new URL(request.url());
          const why = request.failure()?.errorText ?? "failed";
          if (request.isNavigationRequest() && why !== "net::ERR_ABORTED") console.log(`${url.origin}${url.pathname}: ${why}`);
          lost.push(`${request.method()} ${url.origin}${url.pathname}: ${why}`);
        });
      listen(context);
      const open = browser.newContext.bind(browser);
      browser.newContext = async (...options) => {
        const opened = await open(...options);
        listen(opened);
        return opened;
      };
      await use();
      browser.newContext = open;
      if (info.status !== info.expectedStatus) console.log(`Not answered:\n${lost.slice(-LOST_MAX).join("\n")}`);
      for (const one of browser.contexts()) if (one !== context && !before.includes(one)) await one.close();
    },
    { auto: true },
  ],
});

/** Lines of one story. */
const LOST_MAX = 40;
