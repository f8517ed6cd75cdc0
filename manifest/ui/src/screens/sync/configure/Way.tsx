import { keyOf, useWork } from "../../../draft/context";
import type { Direction } from "../../../draft/pairs";

const ARROWS: Record<Direction, string> = { both: "⇄", a: "→", b: "←" };

/** The direction of a mapping, as arrows. */
export function Way(props: { id?: string; label: string; value: Direction; pick: (way: Direction) => void }) {
  const { schemas } = useWork();
  const [a, b] = [keyOf(schemas, "a"), keyOf(schemas, "b")];
  const words: Record<Direction, string> = {
    both: `${a} ${ARROWS.both} ${b}`,
    a: `${a} ${ARROWS.a} ${b}`,
    b: `${a} ${ARROWS.b} ${b}`,
  };
  return (
    <select
      id={props.id}
      className="select"
      aria-label={props.label}
      value={props.value}
      onChange={(event) => { props.pick(event.currentTarget.value as Direction); }}
    >
      {Object.entries(words).map(([way, text]) => (
        <option key={way} value={way}>
          {text}
        </option>
      ))}
    </select>
  );
}
