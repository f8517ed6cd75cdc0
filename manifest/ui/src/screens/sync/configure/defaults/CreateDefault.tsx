import Checkbox from "@atlaskit/checkbox";
import { useState } from "react";
import type { DefaultRow, DefaultRule, DefaultValue, Side } from "../../../../core/generated";
import { useWork } from "../../../../draft/context";
import { withSide } from "../../../../draft/pairs";
import { Dialog } from "../../../../ui/Dialog";
import { Pick } from "../../../../ui/Pick";
import { fieldsOf } from "../../../../words/names";
import { Value } from "../Value";

interface Props {
  side: Side;
  name: string;
  /** The rule that is changed, by its place; `null` for a new one. */
  at: number | null;
  rule: DefaultRule | null;
  close: () => void;
}

/** *Create Default value*: a field, and its value for all issue types or for each. */
export function CreateDefault({ side, name, at, rule, close }: Props) {
  const { schemas, desk } = useWork();
  const schema = schemas[side];
  const value = rule?.value;
  const [field, setField] = useState(rule?.field ?? null);
  const [all, setAll] = useState(value?.for !== "per_issue_type");
  const [one, setOne] = useState(value?.for === "all_issue_types" ? value.value : "");
  const [rows, setRows] = useState<DefaultRow[]>(value?.for === "per_issue_type" ? value.rows : []);
  const filled = rows.filter((row) => row.value !== "");
  const act = () => {
    const said: DefaultValue = all ? { for: "all_issue_types", value: one } : { for: "per_issue_type", rows: filled };
    const put = { field: field ?? "", value: said };
    desk.edit((now) => {
      const before = now.sides[side].defaults;
      const defaults = at === null ? [...before, put] : before.map((old, n) => (n === at ? put : old));
      return withSide(now, side, { defaults });
    });
    return Promise.resolve();
  };
  const set = (issueType: string, chosen: string) => {
    setRows((before) => {
      const others = before.filter((row) => row.issue_type !== issueType);
      return [...others, { issue_type: issueType, value: chosen }];
    });
  };
  return (
    <Dialog
      open
      close={close}
      title={at === null ? "Create Default value" : "Edit Default value"}
      verb={at === null ? "Create" : "Save"}
      ready={field !== null && (all ? one !== "" : filled.length > 0)}
      act={act}
    >
      <p className="subtle">
        {name}: {schema.name}
      </p>
      <Pick
        id="default-field"
        label="Field"
        options={fieldsOf(schema).map((known) => ({ value: known.id, label: known.name }))}
        value={field}
        pick={(chosen) => {
          setField(chosen);
          setOne("");
          setRows([]);
        }}
      />
      <Checkbox label="All Issue Types" isChecked={all} onChange={(event) => { setAll(event.currentTarget.checked); }} />
      {field !== null && all && (
        <Value id="default-all" label="Value" side={side} field={field} value={one} change={setOne} />
      )}
      {field !== null && !all && (
        <div className="indented">
          {schema.issue_types.map((type) => (
            <Value
              key={type.id}
              id={`default-${type.id}`}
              label={type.name}
              side={side}
              field={field}
              issueType={type.id}
              value={rows.find((row) => row.issue_type === type.id)?.value ?? ""}
              change={(chosen) => { set(type.id, chosen); }}
            />
          ))}
        </div>
      )}
    </Dialog>
  );
}
