/** What the server's addresses answer. Times are milliseconds since 1970. */
import type { Change, Config, Element, Finding, Side, Sides, Trouble, Widening } from "../model";

export interface Me {
  account: string;
  site: string;
  base_url: string;
}
export interface ProjectRow {
  id: string;
  key: string;
  name: string;
  service: boolean;
}
export interface Lacking {
  key: string;
  name: string;
}
export interface SyncRow {
  id: string;
  name: string;
  state: string;
  version: number;
  sides: Sides<EndRow>;
  mine: Side[];
  created: number;
  scope_from: Sides<number | null>;
  awaits: Side | null;
  health: Health;
}
export interface EndRow {
  site: string;
  base_url: string | null;
  project: string;
  key?: string | null;
  name?: string | null;
}
export interface Health {
  lag_ms: number;
  waiting: number;
  parked: number;
}
export interface Invited {
  token: string;
  expires: number;
}
export interface InvitationRow {
  name: string;
  project: string;
  author: string;
  created: number;
  expires: number;
}
export interface Inspected {
  name: string;
  base_url: string;
  expires: number;
  reveals: string;
}
export interface AcceptedRow {
  sync: string;
}
export interface DraftRow {
  version: number;
  author: string | null;
  at: number | null;
  config: Config;
}
export interface Checked {
  findings: Finding[];
  refused: boolean;
  widens: Sides<Widening[]>;
  changes: Change[];
}
export type PublishRow =
  | { is: "published"; version: number }
  | { is: "sent"; id: string; side: Side; widens: Widening[] };
export interface SentRow {
  id: string;
  side: Side;
  author: string;
  at: number;
  received: boolean;
  widens: Widening[];
  config: Config;
}
export interface HistoryRow {
  version: number;
  author: string;
  accepted_by: string | null;
  at: number;
  changes: Change[];
}
export interface ActivityLine {
  id: string;
  at: number;
  kind: string;
  link: string | null;
  side: Side | null;
  element: Element | null;
  sentence: string;
}
export interface ParkedRow {
  link: string;
  element: Element;
  trouble: Trouble;
  at: number;
  ignored_by: string | null;
}
export interface ConflictRow {
  id: string;
  link: string;
  at: number;
  pair: { a: string; b: string };
  winner: Side;
  lost: unknown;
  changed: Sides<number | null>;
  history: Sides<string | null>;
}
