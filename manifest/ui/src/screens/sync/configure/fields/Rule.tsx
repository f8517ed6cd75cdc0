import TextField from "@atlaskit/textfield";
import type { FieldRule, RuleKind, Side } from "../../../../core/generated";
import { keyOf, useWork } from "../../../../draft/context";
import { other } from "../../../../draft/pairs";
import { Field } from "../../../../ui/Field";
import { TypeBoxes } from "../TypeBoxes";
import { ValueTable } from "./ValueTable";

const KINDS: Record<RuleKind["as"], string> = {
  passthrough: "Copy: the same value",
  table: "Value table: option by option",
  text: "Text: from a template",
};

const START: Record<RuleKind["as"], RuleKind> = {
  passthrough: { as: "passthrough" },
  table: { as: "table", rows: [], otherwise: { do: "keep" } },
  text: { as: "text", template: "{field}: {value}" },
};

/** How one direction of a mapping carries, and for which issue types. */
export function Rule({ side, rule, change }: { side: Side; rule: FieldRule; change: (rule: FieldRule) => void }) {
  const { schemas } = useWork();
  const { kind } = rule;
  const id = `rule-${side}`;
  return (
    <fieldset className="card">
      <legend>
        From {keyOf(schemas, side)} to {keyOf(schemas, other(side))}
      </legend>
      <Field id={`${id}-kind`} label="How the value is carried">
        <select
          id={`${id}-kind`}
          className="select"
          value={kind.as}
          onChange={(event) => { change({ ...rule, kind: START[event.currentTarget.value as RuleKind["as"]] }); }}
        >
          {Object.entries(KINDS).map(([as, words]) => (
            <option key={as} value={as}>
              {words}
            </option>
          ))}
        </select>
      </Field>
      {kind.as === "text" && (
        <Field id={`${id}-text`} label="Template" help="{value}, {field}, {key} and {site} stand for what the issue has.">
          <TextField
            id={`${id}-text`}
            value={kind.template}
            onChange={(event) => { change({ ...rule, kind: { ...kind, template: event.currentTarget.value } }); }}
          />
        </Field>
      )}
      {kind.as === "table" && (
        <ValueTable side={side} rule={rule} table={kind} change={(table) => { change({ ...rule, kind: table }); }} />
      )}
      <TypeBoxes
        id={`${id}-types`}
        side={side}
        value={rule.issue_types}
        change={(issueTypes) => { change({ ...rule, issue_types: issueTypes }); }}
      />
    </fieldset>
  );
}
