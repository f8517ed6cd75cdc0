/** The core's values, as JSON has them. */
export type Side = "a" | "b";
export interface Sides<T> {
  a: T;
  b: T;
}

export interface Config {
  name: string;
  sides: Sides<SideConfig>;
  conflicts: ConflictRule[];
}
export interface SideConfig {
  site: string;
  project: string;
  scope: Scope;
  issue_types: IssueTypeRule[];
  fields: FieldRule[];
  comments: CommentRules;
  users: UserRules;
  defaults: DefaultRule[];
}
export interface Scope {
  jql: string | null;
  existing: Existing;
  security_levels: string[];
}
export type Existing = "all" | "only_new";
export interface IssueTypeRule {
  from: string;
  to: string;
}
export interface ConflictRule {
  a: string;
  b: string;
  wins: Wins;
}
export type Wins = "newest" | "a" | "b";
export interface CommentRules {
  enabled: boolean;
  copy: CopyStyle;
  public: Cell;
  internal: Cell;
}
export type CopyStyle = "enriched" | "simple";
export type Cell = "public" | "internal" | "nothing";
export interface UserRules {
  table: UserRow[];
  account_id: boolean;
  email: boolean;
  fallback: string | null;
}
export interface UserRow {
  from: string;
  to: string;
}
export interface DefaultRule {
  field: string;
  value: DefaultValue;
}
export type DefaultValue =
  | { for: "all_issue_types"; value: string }
  | { for: "per_issue_type"; rows: DefaultRow[] };
export interface DefaultRow {
  issue_type: string;
  value: string;
}
export interface FieldRule {
  from: string;
  to: string;
  kind: RuleKind;
  issue_types: string[] | null;
}
export type RuleKind =
  | { as: "passthrough" }
  | { as: "table"; rows: TableRow[]; otherwise: Otherwise }
  | { as: "text"; template: string };
export interface TableRow {
  from: string;
  to: string;
}
export type Otherwise = { do: "keep" } | { do: "clear" } | { do: "use"; to: string };

export interface ProjectSchema {
  project: string;
  key: string;
  name: string;
  service: boolean;
  issue_types: IssueTypeSchema[];
  request_types: RequestTypeSchema[];
  request_type_field: string | null;
}
export interface IssueTypeSchema {
  id: string;
  name: string;
  subtask: boolean;
  fields: FieldSchema[];
}
export interface FieldSchema {
  id: string;
  name: string;
  kind: FieldKind;
  required: boolean;
  has_default: boolean;
  on_create: boolean;
  on_edit: boolean;
  options: Choice[];
}
export type FieldKind =
  | "text"
  | "rich"
  | "number"
  | "date"
  | "date_time"
  | "choice"
  | "choices"
  | "labels"
  | "person"
  | "people"
  | "request_type"
  | "other";
export interface RequestTypeSchema {
  id: string;
  name: string;
  issue_type: string;
}
export interface Choice {
  id: string;
  name: string;
}

export interface Finding {
  severity: Severity;
  place: Place;
  code: string;
  sentence: string;
  remedy: string;
}
export type Severity = "error" | "warning" | "info";
export interface Place {
  tab: Tab;
  side: Side | null;
  row: number | null;
  about: string | null;
}
export type Tab =
  | "projects"
  | "issue_types"
  | "field_mappings"
  | "default_values"
  | "comments"
  | "users"
  | "scope";
export interface Facts {
  missing: Sides<string[]>;
  others: unknown[];
}

export interface Suggestion<T> {
  value: T;
  score: number;
  reason: string;
}
export interface FieldSuggestion {
  rules: Sides<FieldRule | null>;
}
export interface Change {
  tab: Tab;
  side: Side | null;
  kind: "added" | "removed" | "changed";
  sentence: string;
}
export interface Widening {
  kind: string;
  sentence: string;
}

export interface FieldPair {
  a: string;
  b: string;
}
export type Element =
  | { element: "issue" }
  | { element: "field"; pair: FieldPair }
  | { element: "comment"; origin: Side; id: string };
export interface Trouble {
  code: string;
  side: Side;
  sentence: string;
  remedy: string;
}
