import Button from "@atlaskit/button/new";
import Lozenge from "@atlaskit/lozenge";
import { useApi, useGround } from "../../../api/context";
import type { DraftRow, HistoryRow } from "../../../api/rows";
import { useAct } from "../../../api/use-act";
import { useGet } from "../../../api/use-get";
import { go, syncHref } from "../../../route";
import { Empty } from "../../../ui/Empty";
import { Failed } from "../../../ui/Failed";
import { Loaded } from "../../../ui/Loaded";
import { When } from "../../../ui/When";
import { personWords } from "../../../words/person";
import { count } from "../../../words/plural";
import { Changes } from "../configure/bar/Changes";
import type { RoomProps } from "../Sync";

/** *History*: what was published, when, by whom, and the way back to it. */
export default function History({ sync, changed }: RoomProps) {
  const at = `/syncs/${encodeURIComponent(sync.id)}/history`;
  const got = useGet<HistoryRow[]>(at);
  const api = useApi();
  const { host } = useGround();
  const { run, busy, failure, again } = useAct();
  const restore = (version: number) => () =>
    void run(async () => {
      await api.post<DraftRow>(`${at}/${version}/restore`);
      host.flag(`Version ${version} is in the draft`);
      changed();
      go(syncHref(sync.id, "configure"));
    });
  return (
    <Loaded got={got} what="the history">
      {(rows) =>
        rows.length === 0 ? (
          <Empty title="Nothing was published yet">
            <p>
              Every version that is published is kept here, and can be restored. Press <b>Publish draft</b> on the{" "}
              <a href={syncHref(sync.id, "configure")}>Configuration</a>.
            </p>
          </Empty>
        ) : (
          <>
            {failure !== undefined && <Failed failure={failure} again={again} />}
            <ol className="versions" reversed>
              {rows.map((row, n) => (
                <li key={row.version} className="card">
                  <div className="head-row">
                    <h2>
                      Version {row.version} {n === 0 && <Lozenge appearance="success">Published</Lozenge>}
                    </h2>
                    {n > 0 && (
                      <Button isDisabled={busy} onClick={restore(row.version)} aria-label={`Restore version ${row.version}`}>
                        Restore
                      </Button>
                    )}
                  </div>
                  <p className="subtle">
                    <When at={row.at} /> by {personWords(row.author_name, sync)}
                    {row.accepted_by !== null && `, accepted by ${personWords(row.accepted_by_name, sync)}`}
                  </p>
                  {row.changes.length === 0 ? (
                    <p>{n === rows.length - 1 ? "The first version." : "Nothing differs from the version before."}</p>
                  ) : (
                    <details>
                      <summary>{count(row.changes.length, "change")}</summary>
                      <Changes changes={row.changes} />
                    </details>
                  )}
                </li>
              ))}
            </ol>
            <p className="help">Restoring puts a version into the draft; it counts once it is published.</p>
          </>
        )
      }
    </Loaded>
  );
}
