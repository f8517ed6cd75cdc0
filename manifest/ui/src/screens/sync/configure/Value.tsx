import TextField from "@atlaskit/textfield";
import type { Side } from "../../../core/generated";
import { useWork } from "../../../draft/context";
import { Field } from "../../../ui/Field";
import { Pick } from "../../../ui/Pick";
import { choicesOf, fieldName } from "../../../words/names";

/** A value of a field: one of its options by id, and a text where it has none. */
export function Value(props: {
  id: string;
  label: string;
  side: Side;
  field: string;
  /** Options of this issue type alone. */
  issueType?: string;
  value: string;
  change: (value: string) => void;
}) {
  const { schemas } = useWork();
  const schema = schemas[props.side];
  const choices = choicesOf(schema, props.field, props.issueType);
  if (choices.length === 0 && choicesOf(schema, props.field).length > 0) {
    return (
      <p className="subtle">
        {props.label}: {fieldName(schema, props.field)} offers nothing for this issue type.
      </p>
    );
  }
  if (choices.length === 0) {
    return (
      <Field id={props.id} label={props.label}>
        <TextField id={props.id} value={props.value} onChange={(event) => { props.change(event.currentTarget.value); }} />
      </Field>
    );
  }
  return (
    <Pick
      id={props.id}
      label={props.label}
      options={choices.map(({ id, name }) => ({ value: id, label: name }))}
      value={props.value === "" ? null : props.value}
      pick={props.change}
      clear={() => { props.change(""); }}
    />
  );
}
