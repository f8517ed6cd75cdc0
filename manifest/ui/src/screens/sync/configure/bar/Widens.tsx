import SectionMessage from "@atlaskit/section-message";
import type { Sides, Widening } from "../../../../core/generated";
import { keyOf, useWork } from "../../../../draft/context";
import { SIDES } from "../../../../draft/pairs";
import { Sentence } from "../../../../ui/Sentence";

/** What would newly leave each side, and whose consent that takes. */
export function Widens({ widens }: { widens: Sides<Widening[]> }) {
  const { sync, schemas } = useWork();
  return (
    <>
      {SIDES.filter((side) => widens[side].length > 0).map((side) => {
        const mine = sync.mine.includes(side);
        return (
          <SectionMessage
            key={side}
            appearance={mine ? "information" : "warning"}
            title={mine ? `More leaves ${keyOf(schemas, side)}` : `More leaves ${keyOf(schemas, side)}: its admin must accept`}
          >
            <ul>
              {widens[side].map(({ sentence }) => (
                <li key={sentence}>
                  <Sentence text={sentence} />
                </li>
              ))}
            </ul>
            {!mine && (
              <p>
                The draft is sent to the partner, who finds it as <i>Draft received</i>. It counts once he accepts.
              </p>
            )}
          </SectionMessage>
        );
      })}
    </>
  );
}
