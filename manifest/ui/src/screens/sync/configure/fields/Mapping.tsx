import { IconButton } from "@atlaskit/button/new";
import Edit from "@atlaskit/icon/core/edit";
import type { FieldRule, Sides } from "../../../../core/generated";
import { useWork } from "../../../../draft/context";
import { direction, leaves, setFieldRow, SIDES, type Direction, type FieldRow } from "../../../../draft/pairs";
import { fieldName, typeName } from "../../../../words/names";
import { count } from "../../../../words/plural";
import { Remove } from "../Remove";
import { Way } from "../Way";

/** One pair of fields. */
export function Mapping({ row, edit }: { row: FieldRow; edit: () => void }) {
  const { schemas, desk } = useWork();
  const [a, b] = [fieldName(schemas.a, row.a), fieldName(schemas.b, row.b)];
  const types = SIDES.flatMap((side) => row.rules[side]?.issue_types?.map((id) => typeName(schemas[side], id)) ?? []);
  return (
    <tr>
      <th scope="row">{a}</th>
      <td data-label="Direction">
        <Way
          label={`Direction of ${a} and ${b}`}
          value={direction({ a: row.rules.a !== null, b: row.rules.b !== null })}
          pick={(way) => { desk.edit((now) => setFieldRow(now, row.at, turned(row, way))); }}
        />
      </td>
      <td data-label={schemas.b.key}>{b}</td>
      <td data-label="How">{how(row.rules)}</td>
      <td data-label="Issue types">{types.length === 0 ? "all" : [...new Set(types)].join(", ")}</td>
      <td className="actions">
        <span className="icons">
          <IconButton appearance="subtle" icon={Edit} label={`Edit ${a} and ${b}`} onClick={edit} />
          <Remove
            label={`Remove ${a} and ${b}`}
            press={() => { desk.edit((now) => setFieldRow(now, row.at, { a: null, b: null })); }}
          />
        </span>
      </td>
    </tr>
  );
}

/** The rules of a row that goes another way: a new direction begins as a plain copy. */
function turned(row: FieldRow, way: Direction): Sides<FieldRule | null> {
  const plain = (from: string, to: string): FieldRule => ({ from, to, kind: { as: "passthrough" }, issue_types: null });
  return {
    a: leaves(way, "a") ? (row.rules.a ?? plain(row.a, row.b)) : null,
    b: leaves(way, "b") ? (row.rules.b ?? plain(row.b, row.a)) : null,
  };
}

function how(rules: Sides<FieldRule | null>): string {
  const words = SIDES.flatMap((side) => {
    const kind = rules[side]?.kind;
    if (kind === undefined) return [];
    if (kind.as === "table") return [`value table, ${count(kind.rows.length, "row")}`];
    return [kind.as === "text" ? "as text" : "copied"];
  });
  return [...new Set(words)].join("; ");
}
