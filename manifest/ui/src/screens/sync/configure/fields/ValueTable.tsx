import Button from "@atlaskit/button/new";
import type { FieldRule, Otherwise, RuleKind, Side } from "../../../../core/generated";
import { keyOf, useWork } from "../../../../draft/context";
import { other } from "../../../../draft/pairs";
import { Field } from "../../../../ui/Field";
import { Remove } from "../Remove";
import { Value } from "../Value";

type Table = Extract<RuleKind, { as: "table" }>;

/** A value table: what becomes what, and what becomes of the rest. */
export function ValueTable(props: { side: Side; rule: FieldRule; table: Table; change: (table: Table) => void }) {
  const { schemas } = useWork();
  const { side, rule, table, change } = props;
  const away = other(side);
  const id = `table-${side}`;
  const put = (n: number, part: Partial<Table["rows"][number]>) => {
    change({ ...table, rows: table.rows.map((row, at) => (at === n ? { ...row, ...part } : row)) });
  };
  return (
    <div>
      <ul className="value-table">
        {table.rows.map((row, n) => (
          <li key={n}>
            <Value
              id={`${id}-from-${n}`}
              label={`Value in ${keyOf(schemas, side)}, row ${n + 1}`}
              side={side}
              field={rule.from}
              value={row.from}
              change={(from) => { put(n, { from }); }}
            />
            <span aria-hidden="true">→</span>
            <Value
              id={`${id}-to-${n}`}
              label={`Value in ${keyOf(schemas, away)}, row ${n + 1}`}
              side={away}
              field={rule.to}
              value={row.to}
              change={(to) => { put(n, { to }); }}
            />
            <Remove
              label={`Remove row ${n + 1}`}
              press={() => { change({ ...table, rows: table.rows.filter((_, at) => at !== n) }); }}
            />
          </li>
        ))}
      </ul>
      <Button spacing="compact" onClick={() => { change({ ...table, rows: [...table.rows, { from: "", to: "" }] }); }}>
        Add row
      </Button>
      <Field id={`${id}-rest`} label="Any other value">
        <select
          id={`${id}-rest`}
          className="select"
          value={table.otherwise.do}
          onChange={(event) => { change({ ...table, otherwise: rest(event.currentTarget.value) }); }}
        >
          <option value="keep">leaves the other side as it is</option>
          <option value="clear">empties the field</option>
          <option value="use">becomes one value</option>
        </select>
      </Field>
      {table.otherwise.do === "use" && (
        <Value
          id={`${id}-use`}
          label={`Value in ${keyOf(schemas, away)} for any other`}
          side={away}
          field={rule.to}
          value={table.otherwise.to}
          change={(to) => { change({ ...table, otherwise: { do: "use", to } }); }}
        />
      )}
    </div>
  );
}

function rest(chosen: string): Otherwise {
  if (chosen === "use") return { do: "use", to: "" };
  return { do: chosen === "clear" ? "clear" : "keep" };
}
