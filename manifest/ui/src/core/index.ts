/** The mapping core: the code that decides in the server decides here as well. */

import type {
  Comparison,
  Config,
  CopyStyle,
  DefaultRow,
  Doc,
  Facts,
  FieldSuggestion,
  Finding,
  IssueTypeId,
  Preview,
  PreviewFacts,
  ProjectSchema,
  Side,
  Sides,
  Suggestion,
} from "./generated";
import init, * as wasm from "./pkg/duplex.js";

export type * from "./generated";

type Schemas = Sides<ProjectSchema>;

/** Every function throws an `Error` that begins with the path of what it can't take. */
export interface Core {
  /** What there is to say about a configuration, errors first. */
  check(config: Config, schemas: Schemas, facts: Facts): Finding[];
  suggestIssueTypes(schemas: Schemas): Suggestion<Sides<IssueTypeId>>[];
  suggestFields(schemas: Schemas): Suggestion<FieldSuggestion>[];
  /** The request type of each issue type that copies get on `side`. */
  suggestDefaults(config: Config, schemas: Schemas, side: Side): Suggestion<DefaultRow>[];
  /** What a draft changes, and what would newly leave each side; `published` is `null` before the first publish. */
  diff(published: Config | null, draft: Config, schemas: Schemas): Comparison;
  /** The copy of a comment that `author` writes at `site`. */
  sampleComment(style: CopyStyle, site: string, author: string, text: string): Doc;
  /** What would be done with one issue, as the server hands its facts out. */
  preview(config: Config, facts: PreviewFacts): Preview;
}

/** What `init` takes: nothing in a page, the module's bytes elsewhere. */
type Source = Parameters<typeof init>[0];

let loading: Promise<Core> | undefined;

/** Loads the core once; a load that failed is tried again by the next caller. */
export function loadCore(source?: Source): Promise<Core> {
  loading ??= init(source).then(
    () => core,
    (error: unknown) => {
      loading = undefined;
      throw error;
    },
  );
  return loading;
}

const text = (value: unknown): string => (value === undefined ? "null" : JSON.stringify(value));

const core: Core = {
  check: (config, schemas, facts) => wasm.check(text(config), text(schemas), text(facts)) as Finding[],
  suggestIssueTypes: (schemas) =>
    wasm.suggestIssueTypes(text(schemas)) as Suggestion<Sides<IssueTypeId>>[],
  suggestFields: (schemas) => wasm.suggestFields(text(schemas)) as Suggestion<FieldSuggestion>[],
  suggestDefaults: (config, schemas, side) =>
    wasm.suggestDefaults(text(config), text(schemas), text(side)) as Suggestion<DefaultRow>[],
  diff: (published, draft, schemas) =>
    wasm.diff(text(published), text(draft), text(schemas)) as Comparison,
  sampleComment: (style, site, author, words) =>
    wasm.sampleComment(text(style), site, author, words) as Doc,
  preview: (config, facts) => wasm.preview(text(config), text(facts)) as Preview,
};
