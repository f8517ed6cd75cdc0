import SectionMessage, { SectionMessageAction } from "@atlaskit/section-message";
import type { SyncRow } from "../../api/rows";
import { syncHref } from "../../route";

/** *Draft received*: a partner waits for an answer. */
export function Received({ row }: { row: SyncRow }) {
  return (
    <SectionMessage
      appearance="information"
      title={`Draft received: ${row.name}`}
      actions={[
        <SectionMessageAction key="look" href={syncHref(row.id, "configure")}>
          Look at it
        </SectionMessageAction>,
      ]}
    >
      <p>The partner’s admin sent a draft that lets more leave your project. It counts once you accept it.</p>
    </SectionMessage>
  );
}
