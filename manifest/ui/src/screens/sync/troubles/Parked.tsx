import type { ParkedRow, SyncRow } from "../../../api/rows";
import type { ProjectSchema, Sides } from "../../../core/generated";
import { syncHref } from "../../../route";
import { Keys } from "../../../ui/Keys";
import { Sentence } from "../../../ui/Sentence";
import { When } from "../../../ui/When";
import { elementWords } from "../../../words/element";
import { personWords } from "../../../words/person";
import { projectKey } from "../../../words/site";
import { Ways, type Way } from "./Ways";

interface Props {
  rows: ParkedRow[];
  sync: SyncRow;
  schemas: Sides<ProjectSchema> | undefined;
  busy: boolean;
  act: (way: Way, row: ParkedRow) => void;
}

/** What stopped: the error, where, since when, the remedy, and the ways on. */
export function Parked({ rows, sync, schemas, busy, act }: Props) {
  return (
    <table className="table">
      <caption className="hidden">What stopped</caption>
      <thead>
        <tr>
          <th scope="col">Error and remedy</th>
          <th scope="col">Where</th>
          <th scope="col">Since</th>
          <th scope="col">
            <span className="hidden">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => {
          const what = elementWords(row.element, schemas);
          const { trouble } = row;
          return (
            <tr key={`${row.link} ${JSON.stringify(row.element)}`}>
              <td>
                <div>
                  <b className="bad"><Sentence text={trouble.sentence} /></b>
                  <p><Sentence text={trouble.remedy} /></p>
                  <p className="help">{trouble.code}</p>
                </div>
              </td>
              <td data-label="Where">
                <div>
                  <Keys sync={sync} issues={row.issues} />
                  <br />
                  {what}, in {projectKey(sync.sides[trouble.side])}
                  <br />
                  <a href={syncHref(sync.id, "activity", row.link)}>Activity of this pair</a>
                </div>
              </td>
              <td data-label="Since">
                <div>
                  <When at={row.at} />
                  {row.ignored_by !== null && <p className="help">ignored by {personWords(row.ignored_by_name, sync)}</p>}
                </div>
              </td>
              <td>
                <Ways row={row} what={what} busy={busy} act={act} />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
