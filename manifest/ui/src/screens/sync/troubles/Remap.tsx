import SectionMessage, { SectionMessageAction } from "@atlaskit/section-message";
import { useApi, useGround } from "../../../api/context";
import type { SyncRow } from "../../../api/rows";
import { useAct } from "../../../api/use-act";
import { useGet } from "../../../api/use-get";
import { Failed } from "../../../ui/Failed";
import { count } from "../../../words/plural";

/** Pairs that were mirrored by another mapping than the published one: carried anew only when somebody says so. */
export function Remap({ sync }: { sync: SyncRow }) {
  const at = `/syncs/${encodeURIComponent(sync.id)}/remap`;
  const got = useGet<{ pairs: number }>(sync.version === 0 ? null : at);
  const api = useApi();
  const { host } = useGround();
  const { run, failure, again } = useAct();
  const n = got.data?.pairs ?? 0;
  if (n === 0) return null;
  const remap = () =>
    run(async () => {
      await api.post(at);
      host.flag(`${count(n, "pair")} will be carried anew`);
      got.reload();
    });
  return (
    <SectionMessage
      appearance="information"
      title={`${count(n, "pair")} of issues still stand as an earlier mapping made them`}
      actions={[
        <SectionMessageAction key="go" onClick={() => void remap()}>
          Carry them anew
        </SectionMessageAction>,
      ]}
    >
      <p>The mapping changed after they were mirrored. Nothing is written to them until you say so.</p>
      {failure !== undefined && <Failed failure={failure} again={again} />}
    </SectionMessage>
  );
}
