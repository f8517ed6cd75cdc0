import Button from "@atlaskit/button/new";
import { useState } from "react";
import { useApi, useGround } from "../../../api/context";
import type { Counted, ParkedRow, WhichParked } from "../../../api/rows";
import { useAct } from "../../../api/use-act";
import { useGet } from "../../../api/use-get";
import type { ProjectSchema, Sides } from "../../../core/generated";
import { Empty } from "../../../ui/Empty";
import { Failed } from "../../../ui/Failed";
import { Loaded } from "../../../ui/Loaded";
import { count } from "../../../words/plural";
import type { RoomProps } from "../Sync";
import { Conflicts } from "./Conflicts";
import { Drill } from "./Drill";
import { Parked } from "./Parked";
import { Remap } from "./Remap";
import { Sure } from "./Sure";
import type { Way } from "./Ways";

const REFRESH_MS = 10_000;

/** *Troubleshooting*: what stopped, why, and what can be done; everything else goes on meanwhile. */
export default function Troubleshooting({ sync, changed }: RoomProps) {
  const at = `/syncs/${encodeURIComponent(sync.id)}`;
  const parked = useGet<ParkedRow[]>(`${at}/parked`, REFRESH_MS);
  const schemas = useGet<Sides<ProjectSchema>>(`${at}/schemas`).data;
  const api = useApi();
  const { host } = useGround();
  const act = useAct();
  const done = () => {
    parked.reload();
    changed();
  };
  const retry = async (which: Partial<WhichParked>) => {
    const { count: n } = await api.post<Counted>(`${at}/parked/retry`, which);
    host.flag(`${count(n, "element")} tried again`);
  };
  const [asks, setAsks] = useState<{ way: "recreate" | "unlink"; row: ParkedRow } | null>(null);
  const answer = (way: Way, row: ParkedRow) => {
    const which = { link: row.link, element: row.element };
    if (way === "recreate" || way === "unlink") {
      setAsks({ way, row });
      return;
    }
    void act.run(async () => {
      if (way === "retry") await retry(which);
      else await api.post(`${at}/parked/ignore`, which);
      done();
    });
  };
  const retryAll = () =>
    act.run(async () => {
      await retry({});
      done();
    });
  return (
    <>
      {act.failure !== undefined && <Failed failure={act.failure} again={act.again} />}
      <Remap sync={sync} />
      <Loaded got={parked} what="what stopped">
        {(rows) => {
          const open = rows.filter((row) => row.ignored_by === null);
          const ignored = rows.filter((row) => row.ignored_by !== null);
          const shared = { sync, schemas, busy: act.busy, act: answer };
          return (
            <>
              {open.length === 0 ? (
                <Empty title="Nothing stopped">
                  <p>Where something can’t be mirrored, it stops alone and stands here with its remedy. The rest goes on.</p>
                </Empty>
              ) : (
                <section aria-labelledby="stopped">
                  <div className="head-row">
                    <h2 id="stopped">{count(open.length, "element")} stopped</h2>
                    <Button onClick={() => void retryAll()} isLoading={act.busy}>
                      Retry all
                    </Button>
                  </div>
                  <Parked rows={open} {...shared} />
                </section>
              )}
              {ignored.length > 0 && (
                <details>
                  <summary>{count(ignored.length, "element")} ignored</summary>
                  <Parked rows={ignored} {...shared} />
                </details>
              )}
            </>
          );
        }}
      </Loaded>
      <Conflicts sync={sync} schemas={schemas} />
      <Drill sync={sync} />
      {asks !== null && (
        <Sure
          {...asks}
          sync={sync}
          close={() => { setAsks(null); }}
          act={async () => {
            await api.post(`${at}/links/${encodeURIComponent(asks.row.link)}/${asks.way}`);
            done();
          }}
        />
      )}
    </>
  );
}
