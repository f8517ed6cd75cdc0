import Toggle from "@atlaskit/toggle";
import type { CommentRules, Side } from "../../../../core/generated";
import { useConfig, useWork } from "../../../../draft/context";
import { direction, leaves, SIDES, withSide, type Direction } from "../../../../draft/pairs";
import { Field } from "../../../../ui/Field";
import { Notes } from "../Notes";
import { Way } from "../Way";
import { CopyStyles } from "./CopyStyles";
import { Sample } from "./Sample";
import { Visibility } from "./Visibility";

/** *Comments*: whether they are mirrored, how a copy looks, and who sees it. */
export default function Comments() {
  const { desk } = useWork();
  const config = useConfig();
  const enabled = { a: config.sides.a.comments.enabled, b: config.sides.b.comments.enabled };
  const on = enabled.a || enabled.b;
  const put = (sides: Side[], part: (side: Side) => Partial<CommentRules>) => {
    desk.edit((now) =>
      sides.reduce((done, side) => withSide(done, side, { comments: { ...done.sides[side].comments, ...part(side) } }), now),
    );
  };
  return (
    <>
      <div className="toggle">
        <Toggle
          id="comments-enabled"
          isChecked={on}
          onChange={() => { put(SIDES, () => ({ enabled: !on })); }}
        />
        <label htmlFor="comments-enabled">Enable comments</label>
      </div>
      {!on && <p className="subtle measure">Comments stay where they are written. Enable them to have each team read the other’s.</p>}
      {on && (
        <>
          <Field id="comments-way" label="Direction">
            <Way
              id="comments-way"
              label="Direction of comments"
              value={direction(enabled)}
              pick={(way: Direction) => { put(SIDES, (side) => ({ enabled: leaves(way, side) })); }}
            />
          </Field>
          <CopyStyles config={config} enabled={enabled} put={put} />
          <Visibility config={config} enabled={enabled} put={put} />
          <Notes tab="comments" only={({ place }) => place.about === null} />
          <section aria-labelledby="samples">
            <h2 id="samples">What a copy looks like</h2>
            <div className="columns">
              {SIDES.filter((side) => enabled[side]).map((side) => (
                <Sample key={side} side={side} />
              ))}
            </div>
          </section>
        </>
      )}
    </>
  );
}
