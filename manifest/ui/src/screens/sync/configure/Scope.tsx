import { RadioGroup } from "@atlaskit/radio";
import TextArea from "@atlaskit/textarea";
import TextField from "@atlaskit/textfield";
import type { Scope as Rules, Side } from "../../../core/generated";
import { keyOf, useConfig, useWork } from "../../../draft/context";
import { SIDES, withSide } from "../../../draft/pairs";
import { Field } from "../../../ui/Field";
import { Notes } from "./Notes";
import { Verify } from "./Verify";

/** *Scope*: which issues leave a side. */
export default function Scope() {
  return (
    <>
      <Notes tab="scope" />
      <div className="columns">
        {SIDES.map((side) => (
          <Leaving key={side} side={side} />
        ))}
      </div>
    </>
  );
}

function Leaving({ side }: { side: Side }) {
  const { schemas, desk, sync } = useWork();
  const scope = useConfig().sides[side].scope;
  const here = keyOf(schemas, side);
  const put = (part: Partial<Rules>) => {
    desk.edit((now) => withSide(now, side, { scope: { ...now.sides[side].scope, ...part } }));
  };
  const id = `scope-${side}`;
  return (
    <section className="card" aria-label={`Scope of ${here}`}>
      <h2>Issues that leave {here}</h2>
      <Field id={`${id}-jql`} label={`JQL of ${here}`} help="Narrows the project, for example: priority != Lowest. Empty: the whole project.">
        <TextArea
          id={`${id}-jql`}
          value={scope.jql ?? ""}
          isMonospaced
          minimumRows={2}
          resize="auto"
          onChange={(event) => {
            const typed = event.currentTarget.value;
            put({ jql: typed.trim() === "" ? null : typed });
          }}
        />
      </Field>
      {sync.mine.includes(side) ? (
        <Verify side={side} jql={scope.jql} />
      ) : (
        <p className="help">Only an admin of that site can verify it.</p>
      )}
      <fieldset className="field">
        <legend>The first start mirrors</legend>
        <RadioGroup
          name={`${id}-existing`}
          value={scope.existing}
          options={[
            { name: `${id}-existing`, value: "all", label: "All issues in scope, those that exist as well" },
            { name: `${id}-existing`, value: "only_new", label: "Only issues and comments created after it" },
          ]}
          onChange={(event) => { put({ existing: event.currentTarget.value === "only_new" ? "only_new" : "all" }); }}
        />
      </fieldset>
      <Field
        id={`${id}-levels`}
        label="Security levels that may leave"
        help="Ids, with commas between them. An issue under any other security level stays at home."
      >
        <TextField
          id={`${id}-levels`}
          defaultValue={scope.security_levels.join(", ")}
          placeholder="None"
          onChange={(event) => { put({ security_levels: listed(event.currentTarget.value) }); }}
        />
      </Field>
    </section>
  );
}

function listed(typed: string): string[] {
  return [...new Set(typed.split(/[\s,]+/).filter((level) => level !== ""))];
}
