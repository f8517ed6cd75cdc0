// As manifest/ui/src/core/previewer.ts calls it, for every case of cases.json.
import { readFileSync } from "node:fs";
import init, { preview } from "./preview.mjs";

await init({ module_or_path: readFileSync("preview_bg.wasm") });
const cases = JSON.parse(readFileSync("cases.json", "utf8"));
const shown = cases.map(({ config, facts }) => preview(JSON.stringify(config), JSON.stringify(facts)));
process.stdout.write(JSON.stringify(shown));
