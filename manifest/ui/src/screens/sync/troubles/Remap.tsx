import SectionMessage, { SectionMessageAction } from "@atlaskit/section-message";
import { useApi, useGround } from "../../../api/context";
import type { Otherwise, SyncRow } from "../../../api/rows";
import { useAct } from "../../../api/use-act";
import { useGet } from "../../../api/use-get";
import { Failed } from "../../../ui/Failed";
import { count } from "../../../words/plural";

const REFRESH_MS = 5_000;

/** Pairs that were mirrored by another mapping than the published one: translated anew only when somebody says so. */
export function Remap({ sync }: { sync: SyncRow }) {
  const at = `/syncs/${encodeURIComponent(sync.id)}/remap`;
  const got = useGet<Otherwise>(sync.version === 0 ? null : at, REFRESH_MS);
  const api = useApi();
  const { host } = useGround();
  const { run, failure, again } = useAct();
  if (got.failure !== undefined) return <Failed failure={got.failure} again={got.reload} />;
  const n = got.data?.pairs ?? 0;
  if (n === 0) return null;
  const remap = () =>
    run(async () => {
      await api.post(at);
      host.flag(`${count(n, "pair")} will be translated anew`);
      got.reload();
    });
  return (
    <div className="notes">
      <SectionMessage
        appearance="information"
        title={`${count(n, "pair")} of issues still ${n === 1 ? "stands" : "stand"} as an earlier mapping made ${n === 1 ? "it" : "them"}`}
        actions={[
          <SectionMessageAction key="go" onClick={() => void remap()}>
            Translate them anew
          </SectionMessageAction>,
        ]}
      >
        <p>The field mapping changed after they were mirrored. Nothing is written to them until you say so.</p>
        {failure !== undefined && <Failed failure={failure} again={again} />}
      </SectionMessage>
    </div>
  );
}
