import type { DraftRow, SyncRow } from "../../api/rows";
import { emptyConfig } from "./config";
import { memory, minutesAgo, newSync } from "./memory";
import { schemas } from "./schemas";
import { troubles } from "./troubles";

export interface Asked {
  parts: string[];
  query: URLSearchParams;
  body: unknown;
}
export interface Said {
  status?: number;
  body?: unknown;
}
export type Entry = [method: string, pattern: RegExp, handle: (asked: Asked) => Said];

const ok = (body?: unknown): Said => ({ body });
const one = (asked: Asked): SyncRow => memory.syncs.find((row) => row.id === asked.parts[0]) ?? newSync("New");
const refuse = (status: number, code: string, message: string, remedy: string): Said => ({
  status,
  body: { error: { code, message, remedy } },
});

function draft(asked: Asked): DraftRow {
  const row = one(asked);
  return memory.drafts.get(row.id) ?? { version: 0, author: null, author_name: null, at: null, config: emptyConfig(row.name) };
}

export const routes: Entry[] = [
  ["GET", /^\/me$/, () => ok({ account: "anna", site: "acme", base_url: "https://acme.atlassian.net" })],
  [
    "GET",
    /^\/projects$/,
    () => ok([schemas.a, schemas.b].map((s) => ({ id: s.project, key: s.key, name: s.name, service: s.service }))),
  ],
  [
    "GET",
    /^\/projects\/(\d+)\/permissions$/,
    ({ parts }) =>
      ok(parts[0] === "20000" ? [{ key: "DELETE_OWN_COMMENTS", name: "Delete own comments", project_key: "DESK", project_name: "Globex desk", remedy: "Grant it to the app’s user in the project’s permission scheme." }] : []),
  ],
  ["GET", /^\/syncs$/, () => ok(memory.syncs)],
  ["POST", /^\/syncs$/, ({ body }) => ({ status: 201, body: newSync((body as { name: string }).name) })],
  ["GET", /^\/syncs\/(\w+)$/, (asked) => ok(one(asked))],
  [
    "PATCH",
    /^\/syncs\/(\w+)$/,
    (asked) => ok(Object.assign(one(asked), { name: (asked.body as { name: string }).name })),
  ],
  [
    "DELETE",
    /^\/syncs\/(\w+)$/,
    (asked) => {
      memory.syncs = memory.syncs.filter((row) => row.id !== asked.parts[0]);
      return { status: 204 };
    },
  ],
  [
    "POST",
    /^\/syncs\/(\w+)\/(start|stop)$/,
    (asked) => {
      one(asked).state = asked.parts[1] === "start" ? "running" : "stopped";
      return { status: 204 };
    },
  ],
  ["GET", /^\/syncs\/(\w+)\/schemas$/, () => ok(schemas)],
  ["GET", /^\/syncs\/(\w+)\/draft$/, (asked) => ok(draft(asked))],
  [
    "PUT",
    /^\/syncs\/(\w+)\/draft$/,
    (asked) => {
      const said = asked.body as Pick<DraftRow, "version" | "config">;
      const now = draft(asked);
      if (said.version !== now.version) {
        return refuse(409, "moved", "The draft was changed by somebody else since you loaded it.", "Load it again.");
      }
      const saved = { version: now.version + 1, author: "anna", author_name: "Anna Agent", at: Date.now(), config: said.config };
      memory.drafts.set(one(asked).id, saved);
      return ok(saved);
    },
  ],
  [
    "POST",
    /^\/syncs\/(\w+)\/draft\/check$/,
    () => ok({ findings: [], refused: false, widens: { a: [{ kind: "field", sentence: "The field *Summary* leaves to *Summary*: copied, for all issue types." }], b: [] }, changes: [] }),
  ],
  [
    "POST",
    /^\/syncs\/(\w+)\/draft\/effects$/,
    () => {
      const none = { count: 0, samples: [] };
      const some = { count: 128, samples: ["HELP-128", "HELP-127"] };
      return ok({ enters: { a: some, b: none }, overwrites: { a: none, b: none }, mails: { a: none, b: null } });
    },
  ],
  [
    "POST",
    /^\/syncs\/(\w+)\/scope\/verify$/,
    () => ok({ count: 128, examples: [{ key: "HELP-1", summary: "The printer on the second floor does not print" }] }),
  ],
  ["GET", /^\/syncs\/(\w+)\/people$/, () => ok([])],
  ["GET", /^\/syncs\/(\w+)\/people\/search$/, () => ok([{ account: "712020:anna", name: "Anna Agent", email: "anna@acme.example" }])],
  [
    "POST",
    /^\/syncs\/(\w+)\/draft\/publish$/,
    (asked) => {
      const row = one(asked);
      row.version += 1;
      const { config } = draft(asked);
      memory.drafts.set(row.id, { version: 0, author: null, author_name: null, at: null, config });
      return ok({ is: "published", version: row.version });
    },
  ],
  ["GET", /^\/invitations$/, () => ok([])],
  [
    "POST",
    /^\/invitations$/,
    () => ({ status: 201, body: { token: "kJ3v0Q9m_2hRk8f1sYx7wLb4Tn6ZcUeApDgHqVaWzXo", expires: minutesAgo(-7 * 1440) } }),
  ],
  [
    "POST",
    /^\/invitations\/inspect$/,
    () =>
      ok({
        name: "Acme and Globex",
        base_url: "https://globex.atlassian.net",
        host: "globex.atlassian.net",
        expires: minutesAgo(-3 * 1440),
        reveals:
          "Accepting shows the admins of the inviting project your site's address and what your project offers: the names of its issue types, fields, options and request types.",
      }),
  ],
  ["POST", /^\/invitations\/accept$/, () => ({ status: 201, body: { sync: newSync("Acme and Globex").id } })],
  ...troubles,
];
