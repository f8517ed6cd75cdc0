import type { ActivityKind, ActivityLine, ConflictRow, HistoryRow, PanelRow, ParkedRow, SideProgress } from "../../api/rows";
import { minutesAgo } from "./memory";
import type { Entry } from "./routes";

const field = (name: string) => ({ element: "field" as const, pair: `${name}=${name}` });

const PAIR = { a: "HELP-4", b: "DESK-17" };

const parked: ParkedRow[] = [
  {
    link: "s2.a.10001",
    element: { element: "comment", origin: "a", id: "10210" },
    trouble: {
      code: "target_not_a_request",
      side: "b",
      sentence: "DESK-17 is no request, so an internal comment can’t be hidden there.",
      remedy: "Set a *Customer Request Type* on DESK-17, then retry.",
    },
    at: minutesAgo(95),
    ignored_by: null,
    ignored_by_name: null,
    issues: PAIR,
  },
  {
    link: "s2.b.20003",
    element: field("priority"),
    trouble: {
      code: "field_not_on_screen",
      side: "a",
      sentence: "*Priority* is not on the edit screen of *Purchase* in HELP.",
      remedy: "Put it on the screen, or remove the mapping.",
    },
    at: minutesAgo(4000),
    ignored_by: null,
    ignored_by_name: null,
    issues: PAIR,
  },
  {
    link: "s2.b.20004",
    element: { element: "issue" },
    trouble: { code: "end_gone", side: "a", sentence: "HELP-9 was deleted.", remedy: "Create it anew, or unlink it." },
    at: minutesAgo(9000),
    ignored_by: "anna",
    ignored_by_name: "Anna Agent",
    issues: PAIR,
  },
];

const conflicts: ConflictRow[] = [
  {
    id: "c1",
    link: "s2.a.10001",
    issues: PAIR,
    at: minutesAgo(300),
    pair: "summary=summary",
    winner: "b",
    lost: { type: "text", value: "Printer on floor 2 prints in green only" },
    changed: { a: null, b: null },
    history: { a: null, b: null },
  },
];

const line = (kind: ActivityKind, sentence: string, minutes: number): ActivityLine => ({
  id: `l${minutes}`,
  at: minutesAgo(minutes),
  kind,
  link: "s2.a.10001",
  issues: kind === "admin" ? { a: null, b: null } : PAIR,
  by: kind === "admin" ? "anna" : null,
  by_name: kind === "admin" ? "Anna Agent" : null,
  side: kind === "admin" ? null : "b",
  element: kind === "admin" ? null : { element: "comment", origin: "a", id: "10210" },
  sentence,
});

const activity = [
  line("wrote", "Internal comment of *HELP-4*: internal there, as the visibility map says.", 2),
  line("skipped", "The comment is an echo of our own write.", 3),
  line("conflict", "Both sides changed *Summary*; the newest change won.", 300),
  line("admin", "published version 7", 400),
];

const history: HistoryRow[] = [
  {
    version: 2,
    author: "anna",
    author_name: "Anna Agent",
    accepted_by: "greta",
    accepted_by_name: null,
    at: minutesAgo(400),
    changes: [
      { tab: "comments", side: "a", kind: "changed", sentence: "Comments: was off, becomes on." },
      { tab: "field_mappings", side: "b", kind: "added", sentence: "The field *Due date* to *Due date* is added: copied, for all issue types." },
    ],
  },
  { version: 1, author: "anna", author_name: "Anna Agent", accepted_by: null, accepted_by_name: null, at: minutesAgo(9000), changes: [] },
];

const panel: PanelRow[] = [
  {
    sync: "s2",
    name: "Acme and Globex",
    state: "running",
    partner: { key: "DESK-17", url: "https://globex.atlassian.net/browse/DESK-17" },
    status: "mirrored",
    last_sent: minutesAgo(3),
    last_received: minutesAgo(90),
    troubles: parked.slice(0, 1).map(({ trouble }) => trouble),
  },
];

const progress: SideProgress = { done: 412, total: 1630, rate_per_minute: 96, left_ms: 760_000, finished: false };

const done: SideProgress = { done: 0, total: null, rate_per_minute: null, left_ms: null, finished: true };

export const troubles: Entry[] = [
  ["GET", /^\/syncs\/s2\/parked$/, () => ({ body: parked })],
  ["GET", /^\/syncs\/\w+\/parked$/, () => ({ body: [] })],
  ["POST", /^\/syncs\/\w+\/parked\/retry$/, () => ({ body: { count: 1 } })],
  ["POST", /^\/syncs\/\w+\/parked\/ignore$/, () => ({ status: 204 })],
  ["GET", /^\/syncs\/\w+\/conflicts$/, () => ({ body: conflicts })],
  ["GET", /^\/syncs\/\w+\/remap$/, () => ({ body: { pairs: 12 } })],
  ["GET", /^\/syncs\/\w+\/activity$/, () => ({ body: activity })],
  ["GET", /^\/syncs\/\w+\/history$/, () => ({ body: history })],
  ["GET", /^\/syncs\/s2\/progress$/, () => ({ body: { a: progress, b: done } })],
  ["GET", /^\/syncs\/\w+\/progress$/, () => ({ body: { a: done, b: done } })],
  ["GET", /^\/syncs\/s3\/sent$/, () => ({
    body: {
      id: "d1",
      side: "a",
      author: "greta",
      author_name: null,
      at: minutesAgo(55),
      received: true,
      widens: [
        { kind: "field", sentence: "The field *Description* leaves to *Description*: copied, for all issue types." },
        { kind: "comments", sentence: "Internal comments leave: internal on the other side." },
      ],
      config: null,
    },
  })],
  ["GET", /^\/syncs\/\w+\/sent$/, () => ({ body: null })],
  ["GET", /^\/panel$/, () => ({ body: panel })],
];
