import type { Config, SideConfig } from "../../core/generated";
import { schemas } from "./schemas";

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
