import { expect, type Page, type Request } from "@playwright/test";
import { Person } from "../src/site.ts";
import { stage } from "../src/stage.ts";
import { test } from "../src/test.ts";

const at = stage();
const SYNCS = 50;
const RUNS = 5;
const FIRST_ROW_MS_MAX = 1_000;
/** *Preview*, with the core's larger half, is not among it. */
const BUNDLE_BYTES_MAX = 450_000;
/** Smaller files are sent as they are. */
const COMPRESSED_FROM_BYTES = 1_024;
const ADMIN = "/plugins/servlet/ac/duplex-mirror/duplex-admin";

/** What the bundle is made of; the page's few lines of HTML are counted with it. */
const PARTS = ["html", "js", "css", "wasm"] as const;
type Part = (typeof PARTS)[number];
type Weight = Record<Part, number>;

/** Weighs all that a page loads from Duplex itself, as it comes over the wire. */
class Scales {
  private readonly files: Promise<{ part: Part; bytes: number; plain: string | null }>[] = [];

  constructor(page: Page) {
    page.on("requestfinished", (request) => {
      if (request.url().startsWith(`${at.duplex}/connect/`)) this.files.push(weigh(request));
    });
  }

  async weight(): Promise<Weight> {
    const weight: Weight = { html: 0, js: 0, css: 0, wasm: 0 };
    for (const { part, bytes } of await Promise.all(this.files)) weight[part] += bytes;
    return weight;
  }

  /** Files that came uncompressed although they are worth it. */
  async plain(): Promise<string[]> {
    return (await Promise.all(this.files)).flatMap(({ plain }) => plain ?? []);
  }
}

async function weigh(request: Request) {
  const name = new URL(request.url()).pathname;
  const part = PARTS.find((part) => name.endsWith(`.${part}`)) ?? "html";
  const [{ responseBodySize: bytes }, response] = await Promise.all([request.sizes(), request.response()]);
  const compressed = response?.headers()["content-encoding"] === "gzip";
  return { part, bytes, plain: compressed || bytes < COMPRESSED_FROM_BYTES ? null : name };
}

const total = (weight: Weight) => PARTS.reduce((sum, part) => sum + weight[part], 0);

function told(weight: Weight): string {
  const kb = (bytes: number) => `${(bytes / 1_000).toFixed(1)} kB`;
  return `${kb(total(weight))} (${PARTS.map((part) => `${part} ${kb(weight[part])}`).join(", ")})`;
}

test("from navigation to the first row, and the size of all that is loaded until a configuration is open @bench", async ({ browser }) => {
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
  const lists: Weight[] = [];
  const opened: Weight[] = [];
  for (let run = 0; run < RUNS; run++) {
    // Each run has a browser that knows nothing of the page.
    const context = await browser.newContext();
    const person = new Person(await context.newPage(), at.acme, "acme");
    await person.open("/_twin/sign-in?as=admin&to=/jira/your-work");
    const scales = new Scales(person.page);
    const duplex = person.duplex();
    const begun = performance.now();
    await person.page.goto(`${at.acme}${ADMIN}`, { waitUntil: "commit" });
    await duplex.frame.getByRole("button", { name: "Actions of Mirror 1", exact: true, disabled: false }).waitFor();
    times.push(performance.now() - begun);
    await expect(duplex.frame.getByRole("row")).toHaveCount(SYNCS + 1);
    lists.push(await scales.weight());
    // The core comes with the first configuration; its tabs are there once it is.
    await duplex.act("Mirror 1", "Configure");
    await expect(duplex.button("Suggestions")).toBeVisible();
    opened.push(await scales.weight());
    expect(await scales.plain()).toEqual([]);
    await context.close();
  }
  const median = [...times].sort((one, two) => one - two)[Math.floor(RUNS / 2)] ?? Infinity;
  const heaviest = (weights: Weight[]) => weights.reduce((one, two) => (total(two) > total(one) ? two : one));
  const [list, configuration] = [heaviest(lists), heaviest(opened)];
  console.log(`first row of ${SYNCS} synchronizations: median ${median.toFixed(0)} ms of at most ${FIRST_ROW_MS_MAX} ms (${times.map((ms) => ms.toFixed(0)).join(", ")})`);
  console.log(`loaded for the list, gzipped: ${told(list)}`);
  console.log(`loaded until a configuration is open, gzipped: ${told(configuration)} of at most ${BUNDLE_BYTES_MAX / 1_000} kB`);
  // Whatever part weighs nothing was not seen.
  for (const part of PARTS) expect(configuration[part], part).toBeGreaterThan(0);
  expect(total(configuration)).toBeLessThanOrEqual(BUNDLE_BYTES_MAX);
  expect(median).toBeLessThanOrEqual(FIRST_ROW_MS_MAX);
});
