import type { DraftRow, SyncRow } from "../../api/rows";
import type { Config, SideConfig } from "../../model";
import { schemas } from "./schemas";

const NOW = Date.now();
export const minutesAgo = (n: number) => NOW - n * 60_000;

function side(site: string, project: string): SideConfig {
  return {
    site,
    project,
    scope: { jql: null, existing: "all", security_levels: [] },
    issue_types: [],
    fields: [],
    comments: { enabled: false, copy: "enriched", public: "public", internal: "internal" },
    users: { table: [], account_id: false, email: false, fallback: null },
    defaults: [],
  };
}

export function emptyConfig(name: string): Config {
  return {
    name,
    sides: { a: side("acme", schemas.a.project), b: side("globex", schemas.b.project) },
    conflicts: [],
  };
}

function sync(id: string, name: string, more: Partial<SyncRow>): SyncRow {
  return {
    id,
    name,
    state: "stopped",
    version: 0,
    sides: {
      a: { site: "acme", base_url: "https://acme.atlassian.net", project: "10000", key: "HELP", name: "Acme help" },
      b: { site: "globex", base_url: "https://globex.atlassian.net", project: "20000", key: "DESK", name: "Globex desk" },
    },
    mine: ["a"],
    created: minutesAgo(9000),
    scope_from: { a: null, b: null },
    awaits: null,
    health: { lag_ms: 0, waiting: 0, parked: 0 },
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
          health: { lag_ms: 42_000, waiting: 13, parked: 3 },
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
