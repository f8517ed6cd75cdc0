import Checkbox from "@atlaskit/checkbox";
import type { Side, UserRules } from "../../../../core/generated";
import { keyOf, useConfig, useWork } from "../../../../draft/context";
import { other, SIDES, withSide } from "../../../../draft/pairs";
import { Field } from "../../../../ui/Field";
import { Notes } from "../Notes";
import { People } from "./People";
import { usePeople, type Known } from "./use-people";
import { Who } from "./Who";

/** *Users*: how people of one side are found on the other. */
export default function Users() {
  const { sync } = useWork();
  const known = usePeople(sync);
  return (
    <>
      <p className="measure">
        Fields of people (assignee, reporter, approvers) need to know who is who on the other site. The ways below are
        tried from top to bottom; who is not found is left out, and the preview says so.
      </p>
      {sync.mine.length < 2 && (
        <p className="measure subtle">
          People of the other site stand here by their account ids: its own admin chooses them by name, in this draft on
          his page.
        </p>
      )}
      <Notes tab="users" />
      <div className="columns">
        {SIDES.map((side) => (
          <Leaving key={side} side={side} known={known} />
        ))}
      </div>
    </>
  );
}

/** The people of one side, as the other one finds them. */
function Leaving({ side, known }: { side: Side; known: Known }) {
  const { schemas, desk } = useWork();
  const users = useConfig().sides[side].users;
  const [here, there] = [keyOf(schemas, side), keyOf(schemas, other(side))];
  const put = (part: Partial<UserRules>) => {
    desk.edit((now) => withSide(now, side, { users: { ...now.sides[side].users, ...part } }));
  };
  const fallback = `fallback-${side}`;
  return (
    <section className="card" aria-label={`People of ${here}`}>
      <h2>
        From {here} to {there}
      </h2>
      <People side={side} rules={users} put={put} known={known} />
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
      <Field id={fallback} label={`Fallback in ${there}`} help="Stands for everybody who is not found.">
        <Who
          id={fallback}
          label={`Fallback in ${there}`}
          side={other(side)}
          known={known}
          value={users.fallback}
          placeholder="Nobody"
          pick={(account) => { put({ fallback: account }); }}
        />
      </Field>
    </section>
  );
}
