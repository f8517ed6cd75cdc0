import { RadioGroup } from "@atlaskit/radio";
import type { CommentRules, Config, CopyStyle, Side, Sides } from "../../../../core/generated";
import { keyOf, useWork } from "../../../../draft/context";
import { other, SIDES } from "../../../../draft/pairs";

export type Put = (sides: Side[], part: (side: Side) => Partial<CommentRules>) => void;

const OPTIONS = [
  { name: "copy", value: "enriched", label: "Enriched: the copy says who wrote it, and where" },
  { name: "copy", value: "simple", label: "Simple: the text alone" },
];

/** *Enriched* or *Simple*: one choice while both directions agree, else one for each. */
export function CopyStyles({ config, enabled, put }: { config: Config; enabled: Sides<boolean>; put: Put }) {
  const { schemas } = useWork();
  const sides = SIDES.filter((side) => enabled[side]);
  const styles = new Set(sides.map((side) => config.sides[side].comments.copy));
  if (styles.size < 2) {
    return <Choice name="copy" legend="Mapping" value={[...styles][0] ?? "enriched"} pick={(copy) => { put(SIDES, () => ({ copy })); }} />;
  }
  return (
    <div className="columns">
      {sides.map((side) => (
        <Choice
          key={side}
          name={`copy-${side}`}
          legend={`Mapping from ${keyOf(schemas, side)} to ${keyOf(schemas, other(side))}`}
          value={config.sides[side].comments.copy}
          pick={(copy) => { put([side], () => ({ copy })); }}
        />
      ))}
    </div>
  );
}

function Choice(props: { name: string; legend: string; value: CopyStyle; pick: (copy: CopyStyle) => void }) {
  return (
    <fieldset className="field">
      <legend>{props.legend}</legend>
      <RadioGroup
        name={props.name}
        value={props.value}
        options={OPTIONS.map((option) => ({ ...option, name: props.name }))}
        onChange={(event) => { props.pick(event.currentTarget.value === "simple" ? "simple" : "enriched"); }}
      />
    </fieldset>
  );
}
