import Button from "@atlaskit/button/new";
import { useApi, useGround } from "../../../api/context";
import type { ConflictRow, SyncRow } from "../../../api/rows";
import { useAct } from "../../../api/use-act";
import { useGet } from "../../../api/use-get";
import type { ProjectSchema, Sides } from "../../../core/generated";
import { other } from "../../../draft/pairs";
import { Failed } from "../../../ui/Failed";
import { Keys } from "../../../ui/Keys";
import { Loaded } from "../../../ui/Loaded";
import { When } from "../../../ui/When";
import { pairWords } from "../../../words/element";
import { projectKey } from "../../../words/site";
import { valueWords } from "../../../words/value";

/** Both sides changed one field, and one change won: what was lost, and the way back to it. */
export function Conflicts({ sync, schemas }: { sync: SyncRow; schemas: Sides<ProjectSchema> | undefined }) {
  const at = `/syncs/${encodeURIComponent(sync.id)}/conflicts`;
  const got = useGet<ConflictRow[]>(at);
  const api = useApi();
  const { host } = useGround();
  const { run, busy, failure, again } = useAct();
  const restore = (row: ConflictRow) =>
    run(async () => {
      await api.post(`${at}/${encodeURIComponent(row.id)}/restore`);
      host.flag("The value is written back");
      got.reload();
    });
  return (
    <section aria-labelledby="conflicts">
      <h2 id="conflicts">Conflicts</h2>
      {failure !== undefined && <Failed failure={failure} again={again} />}
      <Loaded got={got} what="conflicts">
        {(rows) =>
          rows.length === 0 ? (
            <p className="subtle">No field was changed on both sides at once.</p>
          ) : (
            <ul className="plain">
              {rows.map((row) => {
                const field = pairWords(row.pair, schemas);
                return (
                  <li key={row.id} className="head-row">
                    <div>
                      <Keys sync={sync} issues={row.issues} /> <b>{field}</b>: {projectKey(sync.sides[row.winner])} won{" "}
                      <span className="subtle">
                        <When at={row.at} />
                      </span>
                      <p>
                        {row.lost === null
                          ? `The value of ${projectKey(sync.sides[other(row.winner)])} lost; its own admins can see it.`
                          : `Lost: ${valueWords(row.lost)}`}
                      </p>
                    </div>
                    {row.lost !== null && (
                      <Button isDisabled={busy} onClick={() => void restore(row)} aria-label={`Restore ${field}`}>
                        Restore
                      </Button>
                    )}
                  </li>
                );
              })}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}
