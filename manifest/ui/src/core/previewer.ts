/** The part of the mapping core that decides about an issue: twice as large as all else, and *Preview* alone asks it. */

import type { Config, Preview, PreviewFacts } from "./generated";
import { once, text } from "./load";
import init, * as wasm from "./pkg/preview.js";

/** Throws an `Error` that begins with the path of what it can't take. */
export interface Previewer {
  /** What would be done with one issue, as the server hands its facts out. */
  preview(config: Config, facts: PreviewFacts): Preview;
}

const previewer: Previewer = {
  preview: (config, facts) => wasm.preview(text(config), text(facts)) as Preview,
};

export const loadPreviewer = once(init, previewer);
