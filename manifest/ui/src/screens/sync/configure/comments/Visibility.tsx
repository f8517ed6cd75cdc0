import type { Cell, Config, Side, Sides } from "../../../../core/generated";
import { keyOf, useWork } from "../../../../draft/context";
import { other, SIDES } from "../../../../draft/pairs";
import { Sentence } from "../../../../ui/Sentence";
import type { Put } from "./CopyStyles";

type Kind = "internal" | "public";
const KINDS: [Kind, string][] = [
  ["internal", "Internal"],
  ["public", "Public"],
];
const CELLS: [Cell, string][] = [
  ["internal", "Internal"],
  ["public", "Public"],
  ["nothing", "Nothing: stays at home"],
];

/** Who sees a copy, per direction: internal <> internal, public <> public, or something else. */
export function Visibility({ config, enabled, put }: { config: Config; enabled: Sides<boolean>; put: Put }) {
  const { schemas } = useWork();
  const sides = SIDES.filter((side) => enabled[side]);
  return (
    <section aria-labelledby="visibility">
      <h2 id="visibility">Visibility</h2>
      <p className="subtle">{words(config, sides)}</p>
      <table className="table">
        <caption className="hidden">What becomes of a comment on the other side</caption>
        <thead>
          <tr>
            <th scope="col">Comment</th>
            {sides.map((side) => (
              <th key={side} scope="col">
                {keyOf(schemas, side)} → {keyOf(schemas, other(side))}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {KINDS.map(([kind, name]) => (
            <tr key={kind}>
              <th scope="row">{name}</th>
              {sides.map((side) => (
                <td key={side} data-label={`${keyOf(schemas, side)} → ${keyOf(schemas, other(side))}`}>
                  <Choice config={config} side={side} kind={kind} name={name} put={put} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Choice({ config, side, kind, name, put }: { config: Config; side: Side; kind: Kind; name: string; put: Put }) {
  const { schemas, judge } = useWork();
  const said = judge(config).filter(
    ({ place }) => place.tab === "comments" && place.side === side && place.about === kind,
  );
  return (
    <div className="cell">
      <select
        className="select"
        aria-label={`${name} comments of ${keyOf(schemas, side)} become in ${keyOf(schemas, other(side))}`}
        value={config.sides[side].comments[kind]}
        onChange={(event) => {
          const cell = event.currentTarget.value as Cell;
          put([side], () => ({ [kind]: cell }));
        }}
      >
        {CELLS.map(([cell, text]) => (
          <option key={cell} value={cell}>
            {text}
          </option>
        ))}
      </select>
      {said.map(({ severity, sentence, remedy }) => (
        <p key={sentence} className={`finding-${severity}`} role={severity === "warning" ? "alert" : undefined}>
          <Sentence text={sentence} /> <Sentence text={remedy} />
        </p>
      ))}
    </div>
  );
}

/** `internal <> internal, public <> public`, in the guide's words. */
function words(config: Config, sides: Side[]): string {
  const word = (kind: Kind) => {
    const cells = new Set(sides.map((side) => config.sides[side].comments[kind]));
    return cells.size === 1 ? `${kind} <> ${[...cells].join("")}` : `${kind}: differs per direction`;
  };
  return `${word("internal")}, ${word("public")}`;
}
