import { useEffect, useState } from "react";
import { failure as failed, type Failure } from "../../api/client";
import { useGround } from "../../api/context";
import type { PanelRow } from "../../api/rows";
import { useGet } from "../../api/use-get";
import { Failed } from "../../ui/Failed";
import { Busy, Loaded } from "../../ui/Loaded";
import { Partner } from "./Partner";

const REFRESH_MS = 10_000;

/** The panel on an issue: its partner in every synchronization, and how they do. */
export function Panel() {
  const { host } = useGround();
  const [issue, setIssue] = useState<string | null>(null);
  const [why, setWhy] = useState<Failure | null>(null);
  useEffect(() => {
    host.issue().then(setIssue, (error: unknown) => {
      setWhy(failed(error));
    });
  }, [host]);
  const got = useGet<PanelRow[]>(issue === null ? null : `/panel?issue=${encodeURIComponent(issue)}`, REFRESH_MS);
  if (why !== null) return <Failed failure={why} />;
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
