import Lozenge from "@atlaskit/lozenge";
import type { SyncRow } from "../../api/rows";

/** The state of a synchronization, and whether a draft waits for somebody. */
export function State({ row }: { row: SyncRow }) {
  return (
    <span className="lozenges">
      {row.state === "running" && <Lozenge appearance="success">Running</Lozenge>}
      {row.state !== "running" && row.version > 0 && <Lozenge appearance="default">Stopped</Lozenge>}
      {row.state !== "running" && row.version === 0 && <Lozenge appearance="new">Not published</Lozenge>}
      {row.health.state === "behind" && <Lozenge appearance="moved">Behind</Lozenge>}
      {row.health.state === "paused" && <Lozenge appearance="moved">Waits for Jira’s rate limit</Lozenge>}
      {row.awaits !== null && (
        <Lozenge appearance="moved">{row.mine.includes(row.awaits) ? "Draft received" : "Draft sent"}</Lozenge>
      )}
    </span>
  );
}
