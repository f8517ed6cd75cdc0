import Button from "@atlaskit/button/new";
import SectionMessage from "@atlaskit/section-message";
import { useApi } from "../../../api/context";
import type { SentRow, SyncRow } from "../../../api/rows";
import { useAct } from "../../../api/use-act";
import { useGet } from "../../../api/use-get";
import { Failed } from "../../../ui/Failed";
import { Sentence } from "../../../ui/Sentence";
import { personWords } from "../../../words/person";
import { When } from "../../../ui/When";

/** *Draft received*: what would newly leave this side, to be accepted or declined. Or *Draft sent*, to be withdrawn. */
export function Received({ sync, changed }: { sync: SyncRow; changed: () => void }) {
  const at = `/syncs/${encodeURIComponent(sync.id)}/sent`;
  const got = useGet<SentRow | null>(sync.awaits === null ? null : at);
  const api = useApi();
  const { run, busy, failure, again } = useAct();
  const sent = got.data;
  if (sync.awaits === null) return null;
  if (got.failure !== undefined) return <Failed failure={got.failure} again={got.reload} />;
  if (sent === undefined || sent === null) return null;
  const answer = (how: "accept" | "decline") => () =>
    void run(async () => {
      await api.post(`${at}/${encodeURIComponent(sent.id)}/${how}`);
      got.reload();
      changed();
    });
  return (
    <div className="notes">
      <SectionMessage appearance="information" title={sent.received ? "Draft received" : "Draft sent"}>
        <p>
          {sent.received
            ? "The partner’s admin wants this to leave your project, newly:"
            : "The partner’s admin is asked whether this may leave his project, newly:"}{" "}
          <span className="subtle">
            {personWords(sent.author_name, sync)}, <When at={sent.at} />
          </span>
        </p>
        <ul>
          {sent.widens.map(({ sentence }) => (
            <li key={sentence}>
              <Sentence text={sentence} />
            </li>
          ))}
        </ul>
        <div className="buttons">
          {sent.received && (
            <Button appearance="primary" isLoading={busy} onClick={answer("accept")}>
              Accept
            </Button>
          )}
          <Button isDisabled={busy} onClick={answer("decline")}>
            {sent.received ? "Decline" : "Withdraw"}
          </Button>
        </div>
        {failure !== undefined && <Failed failure={failure} again={again} />}
      </SectionMessage>
    </div>
  );
}
