import { useState } from "react";
import type { EndRow, SyncRow } from "../../api/rows";
import { syncHref } from "../../route";
import { count } from "../../words/plural";
import { projectKey } from "../../words/site";
import { span } from "../../words/time";
import { Failed } from "../../ui/Failed";
import { useAct } from "../../api/use-act";
import { Actions } from "./Actions";
import { DeleteDialog, RenameDialog } from "./dialogs";
import { State } from "./State";

/** One synchronization of the list. */
export function Row({ row, changed }: { row: SyncRow; changed: () => void }) {
  const act = useAct();
  const [asks, setAsks] = useState<"rename" | "delete" | null>(null);
  const close = () => {
    setAsks(null);
    changed();
  };
  const { lag_ms: lag, waiting, parked } = row.health;
  return (
    <>
      <tr>
        <th scope="row">
          <a href={syncHref(row.id, "configure")}>{row.name}</a>
        </th>
        <td data-label="State">
          <State row={row} />
        </td>
        <td data-label="Projects">
          <div>
            <End end={row.sides.a} />
            <span aria-hidden="true"> ⇄ </span>
            <span className="hidden"> and </span>
            <End end={row.sides.b} />
          </div>
        </td>
        <td data-label="Lag">{waiting === 0 ? "none" : span(lag)}</td>
        <td data-label="Waiting">{waiting}</td>
        <td data-label="Errors">
          {parked === 0 ? (
            0
          ) : (
            <a className="bad" href={syncHref(row.id, "troubleshooting")}>
              {count(parked, "error")}
            </a>
          )}
        </td>
        <td className="actions">
          <Actions row={row} act={act} changed={changed} ask={setAsks} />
        </td>
      </tr>
      {act.failure !== undefined && (
        <tr>
          <td colSpan={7}>
            <Failed failure={act.failure} again={act.again} />
          </td>
        </tr>
      )}
      {asks === "rename" && <RenameDialog row={row} close={close} />}
      {asks === "delete" && <DeleteDialog row={row} close={close} />}
    </>
  );
}

function End({ end }: { end: EndRow }) {
  return (
    <span className="end">
      <b title={end.name ?? undefined}>{projectKey(end)}</b> <span className="subtle">{end.host ?? "the app was removed there"}</span>
    </span>
  );
}
