/** The mapping core: the code that decides in the server decides here as well. This is what *Configuration* asks. */

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
  ProjectSchema,
  Side,
  Sides,
  Suggestion,
} from "./generated";
import { once, text } from "./load";
import init, * as wasm from "./pkg/configuration.js";

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
}

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
};

export const loadCore = once(init, core);
