import { useCallback, useEffect, useMemo, useState } from "react";
import { useApi } from "../../../api/context";
import type { DraftRow, Lacking, SyncRow } from "../../../api/rows";
import { useGet } from "../../../api/use-get";
import { loadCore, type Core } from "../../../core";
import type { Config, Facts, ProjectSchema, Sides } from "../../../core/generated";
import { WorkContext, type Work } from "../../../draft/context";
import type { Desk } from "../../../draft/desk";
import { deskOf } from "../../../draft/keep";
import { useCore } from "../../../draft/use-core";
import { Failed } from "../../../ui/Failed";
import { Busy, Loaded } from "../../../ui/Loaded";
import type { RoomProps } from "../Sync";
import { DraftBar } from "./bar/DraftBar";
import { Received } from "./Received";
import { Tabs } from "./Tabs";

/** *Configuration*: one draft, its tabs, and the bar that publishes it. */
export default function Configure({ sync, rest, changed }: RoomProps) {
  const at = `/syncs/${encodeURIComponent(sync.id)}`;
  const draft = useGet<DraftRow>(`${at}/draft`);
  const api = useApi();
  const schemas = useGet<Sides<ProjectSchema>>(`${at}/schemas`);
  const { core, failure, again } = useCore(loadCore);
  // The server forgets what it knew of the projects, and whoever asks next gets what they offer now.
  const { reload } = schemas;
  const refresh = useCallback(async () => {
    await api.get(`${at}/schemas?fresh=true`);
    reload();
  }, [api, at, reload]);
  return (
    <>
      <Received sync={sync} changed={changed} />
      {failure !== undefined && <Failed failure={failure} again={again} />}
      <Loaded got={draft} what="the configuration">
        {(row) => (
          <Loaded got={schemas} what="what both projects offer">
            {(both) =>
              core === undefined ? (
                <Busy what="the checks" />
              ) : (
                <At sync={sync} row={row} schemas={both} core={core} tab={rest} changed={changed} refresh={refresh} />
              )
            }
          </Loaded>
        )}
      </Loaded>
    </>
  );
}

interface AtProps {
  sync: SyncRow;
  row: DraftRow;
  schemas: Sides<ProjectSchema>;
  core: Core;
  tab: string;
  changed: () => void;
  refresh: () => Promise<void>;
}

/** So often is looked whether somebody else saved. */
const LOOK_MS = 15_000;

function At({ sync, row, schemas, core, tab, changed, refresh }: AtProps) {
  const api = useApi();
  const at = `/syncs/${encodeURIComponent(sync.id)}/draft`;
  const [desk] = useState(
    () =>
      deskOf(
        sync.id,
        { load: () => api.get<DraftRow>(at), save: (version, config) => api.put<DraftRow>(at, { version, config }) },
        row,
      ),
  );
  useKept(desk);
  const facts = useFacts(sync);
  const judge = useCallback((config: Config) => core.check(config, schemas, facts), [core, schemas, facts]);
  const work = useMemo<Work>(
    () => ({ sync, desk, schemas, core, judge, refresh }),
    [sync, desk, schemas, core, judge, refresh],
  );
  return (
    <WorkContext.Provider value={work}>
      <DraftBar changed={changed} />
      <Tabs tab={tab} />
    </WorkContext.Provider>
  );
}

/** Saves on the way out, and looks now and then whether somebody else did. */
function useKept(desk: Desk): void {
  useEffect(() => {
    const look = () => {
      if (document.visibilityState === "visible") void desk.look().catch(() => undefined);
    };
    const bell = setInterval(look, LOOK_MS);
    window.addEventListener("focus", look);
    return () => {
      clearInterval(bell);
      window.removeEventListener("focus", look);
      void desk.flush().catch(() => undefined);
    };
  }, [desk]);
}

/** What the app lacks in the projects of this site; the server knows the partner's, and says so at the publish. */
function useFacts(sync: SyncRow): Facts {
  const path = (side: "a" | "b") =>
    sync.mine.includes(side) ? `/projects/${encodeURIComponent(sync.sides[side].project)}/permissions` : null;
  const a = useGet<Lacking[]>(path("a")).data;
  const b = useGet<Lacking[]>(path("b")).data;
  return useMemo(() => {
    const keys = (lacking: Lacking[] | undefined) => (lacking ?? []).map(({ key }) => key);
    return { missing: { a: keys(a), b: keys(b) }, others: [] };
  }, [a, b]);
}
