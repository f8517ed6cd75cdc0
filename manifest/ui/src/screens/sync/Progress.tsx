import ProgressBar from "@atlaskit/progress-bar";
import type { SideProgress, SyncRow } from "../../api/rows";
import { useGet } from "../../api/use-get";
import type { Sides } from "../../core/generated";
import { SIDES } from "../../draft/pairs";
import { Failed } from "../../ui/Failed";
import { projectKey } from "../../words/site";
import { span } from "../../words/time";

const REFRESH_MS = 3_000;

/** The first start of many issues, as the server counts it: whoever comes back finds it where it is. */
export function Progress({ sync }: { sync: SyncRow }) {
  const running = sync.state === "running";
  const got = useGet<Sides<SideProgress>>(running ? `/syncs/${encodeURIComponent(sync.id)}/progress` : null, REFRESH_MS);
  const { data } = got;
  if (!running) return null;
  if (data === undefined) return got.failure === undefined ? null : <Failed failure={got.failure} again={got.reload} />;
  return (
    <>
      {SIDES.map((side) => {
        const of = data[side];
        if (of.finished) return null;
        return <Bar key={side} of={of} name={projectKey(sync.sides[side])} />;
      })}
    </>
  );
}

function Bar({ of, name }: { of: SideProgress; name: string }) {
  const total = of.total ?? 0;
  const words = [
    `${of.done.toLocaleString("en")} of ${of.total === null ? "many" : total.toLocaleString("en")} issues`,
    of.rate_per_minute === null ? "" : `${Math.round(of.rate_per_minute).toLocaleString("en")} a minute`,
    of.left_ms === null ? "" : `about ${span(of.left_ms)} left`,
  ];
  return (
    <section className="progress" aria-label={`First start of ${name}`}>
      <p>
        Mirroring the issues of <b>{name}</b>: {words.filter((part) => part !== "").join(", ")}
      </p>
      <ProgressBar
        ariaLabel={`First start of ${name}`}
        value={total === 0 ? 0 : Math.min(1, of.done / total)}
        isIndeterminate={of.total === null}
      />
    </section>
  );
}
