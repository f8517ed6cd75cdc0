import type { Wins } from "../../../../core/generated";
import { keyOf, useWork } from "../../../../draft/context";
import { Field } from "../../../../ui/Field";

/** Who wins when both sides changed one field before they were mirrored. */
export function WhoWins({ value, pick }: { value: Wins; pick: (wins: Wins) => void }) {
  const { schemas } = useWork();
  return (
    <Field id="wins" label="When both sides changed it">
      <select
        id="wins"
        className="select"
        value={value}
        onChange={(event) => { pick(event.currentTarget.value as Wins); }}
      >
        <option value="newest">the newest change wins</option>
        <option value="a">{keyOf(schemas, "a")} wins</option>
        <option value="b">{keyOf(schemas, "b")} wins</option>
      </select>
    </Field>
  );
}
