import Button from "@atlaskit/button/new";
import Checkbox from "@atlaskit/checkbox";
import TextField from "@atlaskit/textfield";
import type { Side, UserRules } from "../../../core/generated";
import { keyOf, useConfig, useWork } from "../../../draft/context";
import { other, SIDES, withSide } from "../../../draft/pairs";
import { Field } from "../../../ui/Field";
import { Notes } from "./Notes";
import { Remove } from "./Remove";

/** *Users*: how people of one side are found on the other. */
export default function Users() {
  return (
    <>
      <p className="measure">
        Fields of people (assignee, reporter, approvers) need to know who is who on the other site. The ways below are
        tried from top to bottom; who is not found is left out, and the preview says so.
      </p>
      <Notes tab="users" />
      <div className="columns">
        {SIDES.map((side) => (
          <People key={side} side={side} />
        ))}
      </div>
    </>
  );
}

function People({ side }: { side: Side }) {
  const { schemas, desk } = useWork();
  const users = useConfig().sides[side].users;
  const [here, there] = [keyOf(schemas, side), keyOf(schemas, other(side))];
  const put = (part: Partial<UserRules>) => {
    desk.edit((now) => withSide(now, side, { users: { ...now.sides[side].users, ...part } }));
  };
  return (
    <section className="card" aria-label={`People of ${here}`}>
      <h2>
        From {here} to {there}
      </h2>
      <Table side={side} rules={users} put={put} />
      <div className="boxes">
        <Checkbox
          label="By account id: people of one organisation have the same on both sites"
          isChecked={users.account_id}
          onChange={(event) => { put({ account_id: event.currentTarget.checked }); }}
        />
        <Checkbox
          label="By e-mail, where both sites show it"
          isChecked={users.email}
          onChange={(event) => { put({ email: event.currentTarget.checked }); }}
        />
      </div>
      <Field id={`fallback-${side}`} label={`Fallback in ${there}`} help="The account id of who stands for everybody who is not found. Empty: nobody.">
        <TextField
          id={`fallback-${side}`}
          value={users.fallback ?? ""}
          placeholder="Nobody"
          onChange={(event) => {
            const typed = event.currentTarget.value.trim();
            put({ fallback: typed === "" ? null : typed });
          }}
        />
      </Field>
    </section>
  );
}

function Table({ side, rules, put }: { side: Side; rules: UserRules; put: (part: Partial<UserRules>) => void }) {
  const { schemas } = useWork();
  const [here, there] = [keyOf(schemas, side), keyOf(schemas, other(side))];
  const { table } = rules;
  const cell = (n: number, end: "from" | "to", where: string) => (
    <TextField
      aria-label={`Account id in ${where}, row ${n + 1}`}
      placeholder={`Account id in ${where}`}
      value={table[n]?.[end] ?? ""}
      onChange={(event) => {
        const typed = event.currentTarget.value.trim();
        put({ table: table.map((row, at) => (at === n ? { ...row, [end]: typed } : row)) });
      }}
    />
  );
  return (
    <>
      <ul className="value-table">
        {table.map((_, n) => (
          <li key={n}>
            {cell(n, "from", here)}
            <span aria-hidden="true">→</span>
            {cell(n, "to", there)}
            <Remove label={`Remove person ${n + 1} of ${here}`} press={() => { put({ table: table.filter((_row, at) => at !== n) }); }} />
          </li>
        ))}
      </ul>
      <Button spacing="compact" onClick={() => { put({ table: [...table, { from: "", to: "" }] }); }}>
        Add person
      </Button>
    </>
  );
}
