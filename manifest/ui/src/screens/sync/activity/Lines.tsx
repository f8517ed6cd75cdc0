import Lozenge from "@atlaskit/lozenge";
import type { ActivityKind, ActivityLine, SyncRow } from "../../../api/rows";
import type { ProjectSchema, Sides } from "../../../core/generated";
import { Keys } from "../../../ui/Keys";
import { Sentence } from "../../../ui/Sentence";
import { When } from "../../../ui/When";
import { elementWords } from "../../../words/element";
import { personFirst } from "../../../words/person";
import { projectKey } from "../../../words/site";

const LOOKS: Record<ActivityKind, { name: string; appearance: "success" | "default" | "removed" | "inprogress" | "moved" | "new" }> = {
  wrote: { name: "Written", appearance: "success" },
  skipped: { name: "Left alone", appearance: "default" },
  parked: { name: "Stopped", appearance: "removed" },
  unparked: { name: "Going again", appearance: "inprogress" },
  conflict: { name: "Conflict", appearance: "moved" },
  admin: { name: "Admin", appearance: "new" },
};

interface Props {
  lines: ActivityLine[];
  sync: SyncRow;
  schemas: Sides<ProjectSchema> | undefined;
}

export function Lines({ lines, sync, schemas }: Props) {
  return (
    <table className="table">
      <caption className="hidden">Activity</caption>
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">What</th>
          <th scope="col">Where</th>
          <th scope="col">Why</th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => {
          const look = LOOKS[line.kind];
          return (
            <tr key={line.id}>
              <td data-label="When">
                <When at={line.at} />
              </td>
              <td data-label="What">
                <Lozenge appearance={look.appearance}>{look.name}</Lozenge>
              </td>
              <td data-label="Where">
                <div>
                  <Keys sync={sync} issues={line.issues} />{" "}
                  {line.element !== null && elementWords(line.element, schemas)}
                  {line.side !== null && <span className="subtle"> in {projectKey(sync.sides[line.side])}</span>}
                </div>
              </td>
              <td data-label="Why">
                <div>
                  {line.by !== null && <b>{personFirst(line.by_name, sync)} </b>}
                  <Sentence text={line.sentence} />
                </div>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
