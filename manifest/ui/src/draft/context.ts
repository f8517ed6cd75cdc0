import { createContext, useContext, useSyncExternalStore } from "react";
import type { SyncRow } from "../api/rows";
import type { Config, Finding, ProjectSchema, Side, Sides } from "../core/generated";
import type { Core } from "../core";
import type { Desk, Standing } from "./desk";

/** What the tabs of one configuration work on. */
export interface Work {
  sync: SyncRow;
  desk: Desk;
  schemas: Sides<ProjectSchema>;
  core: Core;
  /** What `check` says of this very draft, as the server would. */
  judge: (config: Config) => Finding[];
  /** Reads what the projects offer anew. */
  refresh: () => Promise<void>;
}

export const WorkContext = createContext<Work | null>(null);

export function useWork(): Work {
  const work = useContext(WorkContext);
  if (work === null) throw new Error("outside of a configuration");
  return work;
}

export function useStanding(): Standing {
  const { desk } = useWork();
  return useSyncExternalStore(desk.listen, desk.now);
}

export function useConfig(): Config {
  return useStanding().config;
}

/** `HELP` */
export function keyOf(schemas: Sides<ProjectSchema>, side: Side): string {
  const { a, b } = schemas;
  // Two sites may have projects of one key.
  return a.key === b.key ? `${schemas[side].key} (${side.toUpperCase()})` : schemas[side].key;
}
