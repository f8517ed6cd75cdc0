import Button, { IconButton } from "@atlaskit/button/new";
import Add from "@atlaskit/icon/core/add";
import Edit from "@atlaskit/icon/core/edit";
import { useState } from "react";
import type { DefaultRule, Side } from "../../../../core/generated";
import { useConfig, useWork } from "../../../../draft/context";
import { withSide } from "../../../../draft/pairs";
import { choiceName, fieldName, typeName } from "../../../../words/names";
import { Remove } from "../Remove";
import { CreateDefault } from "./CreateDefault";

/** The default values of one project, with **+**. */
export function Column({ side, name }: { side: Side; name: string }) {
  const { schemas, desk, core } = useWork();
  const config = useConfig();
  const rules = config.sides[side].defaults;
  const [asks, setAsks] = useState<{ at: number | null; rule: DefaultRule | null } | null>(null);
  const schema = schemas[side];
  const requestField = schema.request_type_field;
  const missing = requestField !== null && !rules.some(({ field }) => field === requestField);
  const suggested = missing ? core.suggestDefaults(config, schemas, side) : [];
  return (
    <section className="card" aria-label={`${name}: ${schema.name}`}>
      <div className="head-row">
        <h2>
          {name}: {schema.name} <span className="subtle">({schema.key})</span>
        </h2>
        <IconButton icon={Add} label={`+ Create Default value in ${name}`} onClick={() => { setAsks({ at: null, rule: null }); }} />
      </div>
      {rules.length === 0 && <p className="subtle">No default value yet. Press + to create one.</p>}
      <ul className="plain">
        {rules.map((rule, at) => (
          <li key={`${rule.field} ${at}`} className="head-row">
            <div>
              <b>{fieldName(schema, rule.field)}</b>
              <Values side={side} rule={rule} />
            </div>
            <span className="icons">
              <IconButton
                appearance="subtle"
                icon={Edit}
                label={`Edit ${fieldName(schema, rule.field)} in ${name}`}
                onClick={() => { setAsks({ at, rule }); }}
              />
              <Remove
                label={`Remove ${fieldName(schema, rule.field)} in ${name}`}
                press={() => {
                  desk.edit((now) => withSide(now, side, { defaults: now.sides[side].defaults.filter((_, n) => n !== at) }));
                }}
              />
            </span>
          </li>
        ))}
      </ul>
      {requestField !== null && suggested.length > 0 && (
        <Button
          spacing="compact"
          onClick={() => {
            const rows = suggested.map(({ value }) => value);
            setAsks({ at: null, rule: { field: requestField, value: { for: "per_issue_type", rows } } });
          }}
        >
          Suggestions
        </Button>
      )}
      {asks !== null && (
        <CreateDefault side={side} name={name} at={asks.at} rule={asks.rule} close={() => { setAsks(null); }} />
      )}
    </section>
  );
}

function Values({ side, rule }: { side: Side; rule: DefaultRule }) {
  const { schemas } = useWork();
  const schema = schemas[side];
  const { value } = rule;
  if (value.for === "all_issue_types") {
    return <p>{choiceName(schema, rule.field, value.value)} for All Issue Types</p>;
  }
  return (
    <ul>
      {value.rows.map((row) => (
        <li key={row.issue_type}>
          {typeName(schema, row.issue_type)} → <i>{choiceName(schema, rule.field, row.value)}</i>
        </li>
      ))}
    </ul>
  );
}
