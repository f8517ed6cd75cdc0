import Button from "@atlaskit/button/new";
import SectionMessage from "@atlaskit/section-message";
import { useState } from "react";
import { useApi, useGround } from "../../../api/context";
import type { DrillLeft, Drilled, DrillRow, LastDrill, SyncRow } from "../../../api/rows";
import { useAct } from "../../../api/use-act";
import { useGet } from "../../../api/use-get";
import type { DrillReport, DrillVerdict } from "../../../core/generated";
import { Dialog } from "../../../ui/Dialog";
import { Failed } from "../../../ui/Failed";
import { Loaded } from "../../../ui/Loaded";
import { Sentence } from "../../../ui/Sentence";
import { When } from "../../../ui/When";
import { count } from "../../../words/plural";
import { personFirst } from "../../../words/person";

const VERDICTS: Record<DrillVerdict, { title: string; look: "success" | "information" | "error" }> = {
  passed: { title: "Customers see what is public, and nothing else", look: "success" },
  portal_not_seen: { title: "Flag verified, portal not seen", look: "information" },
  failed: { title: "The leak drill failed", look: "error" },
};

/** The leak drill: whether customers see what is internal, tried out with two comments that mean nothing. */
export function Drill({ sync }: { sync: SyncRow }) {
  const at = `/syncs/${encodeURIComponent(sync.id)}/drill`;
  const got = useGet<DrillRow>(sync.version === 0 ? null : at);
  const api = useApi();
  const { host } = useGround();
  const { run, busy, failure, again } = useAct();
  const [left, setLeft] = useState<DrillLeft[]>([]);
  const [asks, setAsks] = useState(false);
  if (sync.version === 0) return null;
  const drill = () =>
    run(async () => {
      const drilled = await api.post<Drilled>(at);
      setLeft(drilled.left);
      host.flag(VERDICTS[drilled.report.verdict].title);
      got.reload();
    });
  return (
    <section aria-labelledby="drill">
      <div className="head-row">
        <h2 id="drill">Leak drill</h2>
        <div className="buttons">
          {got.data?.last?.bars_start === true && <Button onClick={() => { setAsks(true); }}>Skip</Button>}
          <Button onClick={() => void drill()} isLoading={busy}>
            Run the leak drill
          </Button>
        </div>
      </div>
      <p>
        Posts an internal and a public comment on a scratch issue of either side, looks at what a customer sees of them,
        and takes all of it away.
      </p>
      {failure !== undefined && <Failed failure={failure} again={again} />}
      <Loaded got={got} what="the last drill">
        {(row) => (
          <>
            {row.last !== null && <Last last={row.last} sync={sync} />}
            {left.map(({ side, key, why }) => (
              <p key={`${side} ${key ?? ""}`}>
                Left on side {side.toUpperCase()}: {key ?? "an issue"}. {why}
              </p>
            ))}
            {left.length === 0 && row.left > 0 && <p>{count(row.left, "scratch issue")} may be left; the next drill looks again.</p>}
          </>
        )}
      </Loaded>
      <Dialog
        open={asks}
        close={() => { setAsks(false); got.reload(); }}
        title="Skip the leak drill?"
        verb="Skip"
        danger
        ready
        act={() => api.post(`${at}/skip`)}
      >
        <p>
          What is published can be started then, although the drill has not shown that customers see nothing internal. It
          is recorded that you said so.
        </p>
      </Dialog>
    </section>
  );
}

function Last({ last, sync }: { last: LastDrill; sync: SyncRow }) {
  const who = personFirst(last.author_name, sync);
  const of = last.current ? "" : ", for an earlier configuration";
  if (last.skipped) {
    return <p className="subtle">{who} skipped it <When at={last.at} />{of}.</p>;
  }
  return (
    <>
      {last.report !== null ? (
        <Report report={last.report} />
      ) : (
        <SectionMessage appearance="warning" title={last.ended ? "The last drill died before its end" : "A drill is under way"}>
          <p>Until one ends well, or is skipped, this configuration does not start.</p>
        </SectionMessage>
      )}
      <p className="subtle">{who} ran it <When at={last.at} />{of}.</p>
    </>
  );
}

function Report({ report }: { report: DrillReport }) {
  const { title, look } = VERDICTS[report.verdict];
  return (
    <SectionMessage appearance={look} title={title}>
      <ul className="findings">
        {report.lines.map(({ side, severity, sentence, remedy }) => (
          <li key={`${side} ${sentence}`} className={`finding-${severity}`}>
            <Sentence text={sentence} /> <span className="subtle"><Sentence text={remedy} /></span>
          </li>
        ))}
      </ul>
    </SectionMessage>
  );
}
