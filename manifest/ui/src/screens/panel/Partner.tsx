import Button from "@atlaskit/button/new";
import Lozenge from "@atlaskit/lozenge";
import { useGround } from "../../api/context";
import type { PanelRow } from "../../api/rows";
import { useAct } from "../../api/use-act";
import { CopyButton } from "../../ui/CopyButton";
import { Failed } from "../../ui/Failed";
import { Sentence } from "../../ui/Sentence";
import { When } from "../../ui/When";

/** The other end of this issue in one synchronization. */
export function Partner({ row, issue, changed }: { row: PanelRow; issue: string; changed: () => void }) {
  const { api, host } = useGround();
  const { run, busy, failure, again } = useAct();
  const sync = () =>
    run(async () => {
      await api.post(`/panel/${encodeURIComponent(row.sync)}/sync-now`, { issue });
      host.flag("It is looked at now");
      changed();
    });
  const { partner } = row;
  return (
    <section aria-label={row.name}>
      <div className="head-row">
        <h2>{row.name}</h2>
        <Status row={row} />
      </div>
      {partner === null ? (
        <p className="subtle">There is no partner issue yet.</p>
      ) : (
        <p className="partner">
          <a href={partner.url} target="_blank" rel="noopener noreferrer">
            {partner.key}
          </a>
          <CopyButton text={partner.key} label={`Copy ${partner.key}`} />
        </p>
      )}
      <dl className="facts">
        <dt>Last sent</dt>
        <dd>{row.last_sent === null ? "never" : <When at={row.last_sent} />}</dd>
        <dt>Last received</dt>
        <dd>{row.last_received === null ? "never" : <When at={row.last_received} />}</dd>
      </dl>
      {row.troubles.map(({ code, sentence, remedy }) => (
        <p key={`${code} ${sentence}`} className="finding-error">
          <Sentence text={sentence} /> <span className="subtle"><Sentence text={remedy} /></span>
        </p>
      ))}
      {failure !== undefined && <Failed failure={failure} again={again} />}
      <Button onClick={() => void sync()} isLoading={busy} isDisabled={row.state !== "running"}>
        Sync now
      </Button>
    </section>
  );
}

function Status({ row }: { row: PanelRow }) {
  if (row.troubles.length > 0) return <Lozenge appearance="removed">Error</Lozenge>;
  if (row.state !== "running") return <Lozenge>Stopped</Lozenge>;
  const { name, appearance } = LOOKS[row.status];
  return <Lozenge appearance={appearance}>{name}</Lozenge>;
}

const LOOKS = {
  mirrored: { name: "Up to date", appearance: "success" },
  waiting: { name: "Pending", appearance: "inprogress" },
  no_twin: { name: "Not mirrored yet", appearance: "default" },
  end_gone: { name: "Partner was deleted", appearance: "removed" },
  unlinked: { name: "Unlinked", appearance: "default" },
} as const;
