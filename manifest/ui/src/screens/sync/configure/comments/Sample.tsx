import type { Side } from "../../../../core/generated";
import { keyOf, useConfig, useWork } from "../../../../draft/context";
import { other } from "../../../../draft/pairs";
import { Adf } from "../../../../ui/Adf";

/** A copy as the production code makes it, of a made-up comment. */
export function Sample({ side }: { side: Side }) {
  const { core, schemas, sync } = useWork();
  const { copy } = useConfig().sides[side].comments;
  const doc = core.sampleComment(copy, sync.sides[side].host ?? "the other site", "Anna Agent", "The printer on the second floor works again.");
  return (
    <figure className="card">
      <figcaption className="subtle">
        A comment of {keyOf(schemas, side)}, in {keyOf(schemas, other(side))}
      </figcaption>
      <Adf doc={doc} />
    </figure>
  );
}
