import { useCallback, useEffect, useState } from "react";
import { useGround } from "../../api/context";
import type { PanelRow } from "../../api/rows";
import { useAct } from "../../api/use-act";
import { useGet } from "../../api/use-get";
import { Failed } from "../../ui/Failed";
import { Busy, Loaded } from "../../ui/Loaded";
import { Partner } from "./Partner";

const REFRESH_MS = 10_000;

/** The panel on an issue: its partner in every synchronization, and how they do. */
export function Panel() {
  const { host } = useGround();
  const [issue, setIssue] = useState<string | null>(null);
  const { run, failure, again } = useAct();
  const ask = useCallback(async () => {
    setIssue(await host.issue());
  }, [host]);
  useEffect(() => {
    void run(ask);
  }, [run, ask]);
  const got = useGet<PanelRow[]>(issue === null ? null : `/panel?issue=${encodeURIComponent(issue)}`, REFRESH_MS);
  if (failure !== undefined) return <Failed failure={failure} again={again} />;
  if (issue === null) return <Busy what="this issue" />;
  return (
    <div className="panel">
      <h1 className="hidden">Duplex</h1>
      <Loaded got={got} what="this issue">
        {(rows) =>
          rows.length === 0 ? (
            <p className="subtle">This issue is not mirrored.</p>
          ) : (
            rows.map((row) => <Partner key={row.sync} row={row} issue={issue} changed={got.reload} />)
          )
        }
      </Loaded>
    </div>
  );
}
