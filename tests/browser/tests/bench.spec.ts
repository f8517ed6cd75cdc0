import { expect, test } from "@playwright/test";
import { Person } from "../src/site.ts";
import { stage } from "../src/stage.ts";

const at = stage();
const SYNCS = 50;
const RUNS = 5;
const FIRST_ROW_MS_MAX = 1_000;
const BUNDLE_BYTES_MAX = 600_000;
const ADMIN = "/plugins/servlet/ac/duplex-mirror/duplex-admin";

test("from navigation to the first row, and the size of what is loaded for it @bench", async ({ browser }) => {
  const first = await new Person(await (await browser.newContext()).newPage(), at.acme, "acme").signIn("admin");
  const { token } = (await (await first.page.request.get(`${at.acme}${ADMIN}/token`)).json()) as { token: string };
  const api = `${at.duplex}/api/v1`;
  const headers = { authorization: `JWT ${token}` };
  const projects = (await (await first.page.request.get(`${api}/projects`, { headers })).json()) as { id: string; key: string }[];
  const id = (key: string) => projects.find((project) => project.key === key)?.id;
  for (let n = 1; n <= SYNCS; n++) {
    const data = { name: `Mirror ${n}`, a: id("ITC"), b: id("ITD") };
    expect(await first.page.request.post(`${api}/syncs`, { headers, data })).toBeOK();
  }

  const times: number[] = [];
  let bytes = 0;
  for (let run = 0; run < RUNS; run++) {
    const context = await browser.newContext();
    const person = new Person(await context.newPage(), at.acme, "acme");
    await person.open("/_twin/sign-in?as=admin&to=/jira/your-work");
    const sizes: Promise<number>[] = [];
    person.page.on("requestfinished", (request) => {
      if (request.url().startsWith(`${at.duplex}/connect/`)) sizes.push(request.sizes().then((size) => size.responseBodySize));
    });
    const begun = performance.now();
    await person.page.goto(`${at.acme}${ADMIN}`, { waitUntil: "commit" });
    await person.duplex().button("Actions of Mirror 1").waitFor();
    times.push(performance.now() - begun);
    bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    await context.close();
  }
  const median = times.sort((one, two) => one - two)[Math.floor(RUNS / 2)] ?? Infinity;
  console.log(`first row of ${SYNCS} synchronizations: median ${median.toFixed(0)} ms of at most ${FIRST_ROW_MS_MAX} ms (${times.map((ms) => ms.toFixed(0)).join(", ")})`);
  console.log(`loaded for it, compressed: ${bytes} bytes of at most ${BUNDLE_BYTES_MAX}`);
  expect(median).toBeLessThanOrEqual(FIRST_ROW_MS_MAX);
  expect(bytes).toBeLessThanOrEqual(BUNDLE_BYTES_MAX);
});
