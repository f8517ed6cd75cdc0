import Button from "@atlaskit/button/new";
import type { Side, UserRules } from "../../../../core/generated";
import { keyOf, useWork } from "../../../../draft/context";
import { other } from "../../../../draft/pairs";
import { Remove } from "../Remove";
import type { Known } from "./use-people";
import { Who } from "./Who";

/** Who is who, person by person. */
export function People(props: { side: Side; rules: UserRules; put: (part: Partial<UserRules>) => void; known: Known }) {
  const { schemas } = useWork();
  const { side, known, put } = props;
  const { table } = props.rules;
  const cell = (n: number, end: "from" | "to") => {
    const of = end === "from" ? side : other(side);
    const where = keyOf(schemas, of);
    return (
      <Who
        id={`person-${side}-${n}-${end}`}
        label={`Person of ${where}, row ${n + 1}`}
        quiet
        side={of}
        known={known}
        value={table[n]?.[end] ?? ""}
        placeholder={`Person of ${where}`}
        pick={(account) => { put({ table: table.map((row, at) => (at === n ? { ...row, [end]: account ?? "" } : row)) }); }}
      />
    );
  };
  return (
    <>
      <ul className="value-table">
        {table.map((_, n) => (
          <li key={n}>
            {cell(n, "from")}
            <span aria-hidden="true">→</span>
            {cell(n, "to")}
            <Remove
              label={`Remove person ${n + 1} of ${keyOf(schemas, side)}`}
              press={() => { put({ table: table.filter((_row, at) => at !== n) }); }}
            />
          </li>
        ))}
      </ul>
      <Button spacing="compact" onClick={() => { put({ table: [...table, { from: "", to: "" }] }); }}>
        Add person
      </Button>
    </>
  );
}
