import type { DraftRow, SyncRow } from "../../api/rows";

const NOW = Date.now();
export const minutesAgo = (n: number) => NOW - n * 60_000;

function sync(id: string, name: string, more: Partial<SyncRow>): SyncRow {
  return {
    id,
    name,
    state: "stopped",
    version: 0,
    sides: {
      a: { site: "acme", base_url: "https://acme.atlassian.net", host: "acme.atlassian.net", project: "10000", key: "HELP", name: "Acme help" },
      b: { site: "globex", base_url: "https://globex.atlassian.net", host: "globex.atlassian.net", project: "20000", key: "DESK", name: "Globex desk" },
    },
    mine: ["a"],
    created: minutesAgo(9000),
    scope_from: { a: null, b: null },
    awaits: null,
    health: { state: "fine", lag_ms: 0, waiting: 0, parked: 0, paused_until: null },
    ...more,
  };
}

/** What the page's own clicks change. `?empty` in the address begins without synchronizations. */
export const memory = {
  syncs: window.location.search.includes("empty")
    ? []
    : [
        sync("s1", "Acme and Globex", { mine: ["a", "b"] }),
        sync("s2", "Acme help and the Globex procurement desk in Rotterdam", {
          state: "running",
          version: 7,
          health: { state: "errors", lag_ms: 42_000, waiting: 13, parked: 3, paused_until: null },
        }),
        sync("s3", "Umbrella", { state: "running", version: 2, awaits: "a" }),
        sync("s4", "Initech", { version: 4, awaits: "b" }),
      ],
  drafts: new Map<string, DraftRow>(),
};

export function newSync(name: string): SyncRow {
  const row = sync(`s${memory.syncs.length + 1}`, name, { mine: ["a", "b"] });
  memory.syncs.push(row);
  return row;
}
