import type { Effects, Sampled } from "../../../../api/rows";
import { keyOf, useWork } from "../../../../draft/context";
import { SIDES } from "../../../../draft/pairs";

/** What the draft does once it counts: about how often, with a few examples. */
export function EffectList({ effects }: { effects: Effects }) {
  const { schemas } = useWork();
  return (
    <ul>
      {SIDES.map((side) => (
        <Line key={`in ${side}`} of={effects.enters[side]} words={`existing issues of ${keyOf(schemas, side)} enter the scope`} />
      ))}
      {SIDES.map((side) => (
        <Line
          key={`over ${side}`}
          of={effects.overwrites[side]}
          words={`issues of ${keyOf(schemas, side)} hold values in fields that the other side would write: each is asked about, none is overwritten`}
        />
      ))}
      {SIDES.map((side) => (
        <Line key={`mail ${side}`} of={effects.mails[side]} words={`requests of ${keyOf(schemas, side)} may send their customers an e-mail`} />
      ))}
    </ul>
  );
}

function Line({ of, words }: { of: Sampled | null; words: string }) {
  if (of === null) {
    return (
      <li className="subtle">
        How many {words}, only the partner’s admins can see.
      </li>
    );
  }
  const more = of.count > of.samples.length ? ", …" : "";
  return (
    <li>
      <b>{of.count === 0 ? "No" : `About ${of.count.toLocaleString("en")}`}</b> {words}
      {of.samples.length > 0 && <span className="subtle"> ({of.samples.join(", ") + more})</span>}
    </li>
  );
}
