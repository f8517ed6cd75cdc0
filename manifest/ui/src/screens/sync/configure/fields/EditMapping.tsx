import { useMemo, useState } from "react";
import type { FieldRule, Side, Sides } from "../../../../core/generated";
import { keyOf, useConfig, useWork } from "../../../../draft/context";
import {
  direction,
  leaves,
  other,
  setFieldRow,
  setWins as settle,
  SIDES,
  winsOf,
  type Direction,
  type FieldRow,
} from "../../../../draft/pairs";
import { Dialog } from "../../../../ui/Dialog";
import { Field } from "../../../../ui/Field";
import { Pick } from "../../../../ui/Pick";
import { Sentence } from "../../../../ui/Sentence";
import { fieldsOf } from "../../../../words/names";
import { Way } from "../Way";
import { Rule } from "./Rule";
import { WhoWins } from "./WhoWins";

export const NEW_ROW: FieldRow = { a: "", b: "", rules: { a: null, b: null }, at: { a: null, b: null } };

/** One pair of fields in full: the fields, the direction, how each direction carries, and for which issue types. */
export function EditMapping({ row, close }: { row: FieldRow; close: () => void }) {
  const { schemas, desk } = useWork();
  const fresh = row === NEW_ROW;
  const [ends, setEnds] = useState<Sides<string>>({ a: row.a, b: row.b });
  const [way, setWay] = useState<Direction>(fresh ? "both" : direction({ a: row.rules.a !== null, b: row.rules.b !== null }));
  const [rules, setRules] = useState(row.rules);
  const before = winsOf(useConfig(), row.a, row.b);
  const [wins, setWins] = useState(before);
  const ready = ends.a !== "" && ends.b !== "";
  const rule = (side: Side): FieldRule => {
    const plain = { kind: { as: "passthrough" as const }, issue_types: null };
    return { ...(rules[side] ?? plain), from: ends[side], to: ends[other(side)] };
  };
  const wanted = { a: leaves(way, "a") ? rule("a") : null, b: leaves(way, "b") ? rule("b") : null };
  const pick = (side: Side) => (
    <Pick
      id={`field-${side}`}
      label={`Field in ${keyOf(schemas, side)}`}
      options={fieldsOf(schemas[side]).map(({ id, name }) => ({ value: id, label: name }))}
      value={ends[side] === "" ? null : ends[side]}
      pick={(field) => {
        setEnds({ ...ends, [side]: field });
        // The rows of a table are values of the field.
        setRules({ a: null, b: null });
      }}
    />
  );
  const act = () => {
    const settled = way === "both" ? wins : "newest";
    desk.edit((now) => settle(setFieldRow(now, row.at, wanted), ends.a, ends.b, settled));
    return Promise.resolve();
  };
  return (
    <Dialog open close={close} title={fresh ? "Add field mapping" : "Edit field mapping"} verb={fresh ? "Map" : "Save"} ready={ready} act={act} width="large">
      {pick("a")}
      <Field id="field-way" label="Direction">
        <Way id="field-way" label="Direction" value={way} pick={setWay} />
      </Field>
      {pick("b")}
      {ready && SIDES.filter((side) => leaves(way, side)).map((side) => (
        <Rule key={`${side} ${ends.a} ${ends.b}`} side={side} rule={rule(side)} change={(next) => { setRules({ ...rules, [side]: next }); }} />
      ))}
      {ready && way === "both" && <WhoWins value={wins} pick={setWins} />}
      {ready && <Judged row={row} wanted={wanted} />}
    </Dialog>
  );
}

/** What `check` would say of the rules as they stand in the dialog. */
function Judged({ row, wanted }: { row: FieldRow; wanted: Sides<FieldRule | null> }) {
  const { judge } = useWork();
  const config = useConfig();
  const findings = useMemo(() => {
    const known = new Set(judge(config).map(({ sentence }) => sentence));
    return judge(setFieldRow(config, row.at, wanted)).filter(
      ({ place, sentence }) => place.tab === "field_mappings" && !known.has(sentence),
    );
  }, [judge, config, row, wanted]);
  if (findings.length === 0) return null;
  return (
    <ul className="findings" aria-label="What the mapping means">
      {findings.map(({ severity, sentence, remedy }) => (
        <li key={sentence} className={`finding-${severity}`}>
          <Sentence text={sentence} /> <span className="subtle"><Sentence text={remedy} /></span>
        </li>
      ))}
    </ul>
  );
}
