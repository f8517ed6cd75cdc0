import Lozenge from "@atlaskit/lozenge";
import type { SyncRow } from "../../../api/rows";
import type { Line, Lost, Preview, ProjectSchema, Sides } from "../../../core";
import { Sentence } from "../../../ui/Sentence";
import { elementWords } from "../../../words/element";
import { count } from "../../../words/plural";
import { projectKey } from "../../../words/site";
import { Call } from "./Call";

interface Props {
  sync: SyncRow;
  issue: string;
  preview: Preview;
  schemas: Sides<ProjectSchema> | undefined;
}

/** What would be done with the issue, what gets lost, and why and why not. */
export function Outcome({ sync, issue, preview, schemas }: Props) {
  const { calls, losses, lines, unread } = preview;
  return (
    <div aria-live="polite">
      <section aria-labelledby="calls">
        <h2 id="calls">
          {calls.length === 0 ? `Nothing would be written for ${issue}` : `${count(calls.length, "call")} for ${issue}`}
        </h2>
        <ol className="plain">
          {calls.map((call, n) => (
            <Call key={n} call={call} sync={sync} schemas={schemas} />
          ))}
        </ol>
        {unread.length > 0 && (
          <p className="subtle">The preview ends here: what follows rests on what the partner’s site would answer.</p>
        )}
      </section>
      <Losses losses={losses} sync={sync} schemas={schemas} />
      <section aria-labelledby="why">
        <h2 id="why">Why, and why not</h2>
        {lines.length === 0 && <p className="subtle">There is nothing to say.</p>}
        <ul className="plain">
          {lines.map((line, n) => (
            <li key={n}>
              <Verdict line={line} sync={sync} /> <b>{elementWords(line.element, schemas)}</b>: <Sentence text={line.why} />
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}

function Losses({ losses, sync, schemas }: { losses: Lost[]; sync: SyncRow; schemas: Sides<ProjectSchema> | undefined }) {
  return (
    <section aria-labelledby="losses">
      <h2 id="losses">Loss list</h2>
      {losses.length === 0 && <p className="good">Nothing gets lost.</p>}
      <ul className="findings">
        {losses.map(({ element, from, loss }) => (
          <li key={`${from} ${JSON.stringify(element)} ${loss.path} ${loss.sentence}`} className="finding-warning">
            <b>{elementWords(element, schemas)}</b> of {projectKey(sync.sides[from])}: <Sentence text={loss.sentence} />{" "}
            {loss.path !== "" && <code className="subtle">{loss.path}</code>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Verdict({ line: { outcome }, sync }: { line: Line; sync: SyncRow }) {
  switch (outcome.is) {
    case "writes":
      return <Lozenge appearance="success">{`Writes to ${projectKey(sync.sides[outcome.to])}`}</Lozenge>;
    case "nothing":
      return <Lozenge>Nothing</Lozenge>;
    case "reads":
      return <Lozenge appearance="inprogress">Not known</Lozenge>;
    case "waits":
      return <Lozenge appearance="moved">Waits</Lozenge>;
    case "parked":
      return <Lozenge appearance="removed">Stops</Lozenge>;
  }
}
