import Lozenge from "@atlaskit/lozenge";
import type { SyncRow } from "../../../api/rows";
import type { PreviewCall, ProjectSchema, Sides } from "../../../core";
import { Sentence } from "../../../ui/Sentence";
import { elementWords } from "../../../words/element";
import { projectKey } from "../../../words/site";

/** One call, with its exact body. */
export function Call({ call, sync, schemas }: { call: PreviewCall; sync: SyncRow; schemas: Sides<ProjectSchema> | undefined }) {
  const { method, path, query, body } = call.call;
  const asked = query.length === 0 ? "" : `?${new URLSearchParams(query).toString()}`;
  return (
    <li>
      <div>
        <b>{projectKey(sync.sides[call.side])}</b>, {elementWords(call.element, schemas)}: <Sentence text={call.why} />
      </div>
      {call.refused !== null && (
        <p className="finding-error">
          Jira would refuse it: <Sentence text={call.refused} />
        </p>
      )}
      <details>
        <summary>
          <Lozenge appearance="inprogress">{method}</Lozenge>{" "}
          <code>
            {path}
            {asked}
          </code>
        </summary>
        {body !== null && body !== undefined && <pre className="body">{JSON.stringify(body, null, 2)}</pre>}
      </details>
    </li>
  );
}
