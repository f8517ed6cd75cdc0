import SectionMessage, { SectionMessageAction } from "@atlaskit/section-message";
import { useMemo } from "react";
import type { DraftRow } from "../../../../api/rows";
import { useAct } from "../../../../api/use-act";
import { useConfig, useWork } from "../../../../draft/context";
import { Failed } from "../../../../ui/Failed";
import { When } from "../../../../ui/When";
import { Changes } from "./Changes";

/** Two people edited one draft: what differs, and the choice whose goes on. */
export function Moved({ theirs }: { theirs: DraftRow }) {
  const { desk, core, schemas } = useWork();
  const { run, failure } = useAct();
  const mine = useConfig();
  const changes = useMemo(() => core.diff(theirs.config, mine, schemas).changes, [core, theirs, mine, schemas]);
  return (
    <div role="alert">
      <SectionMessage
        appearance="warning"
        title="Somebody else changed this draft"
        actions={[
          <SectionMessageAction key="theirs" onClick={() => { desk.take(theirs); }}>
            Load theirs
          </SectionMessageAction>,
          <SectionMessageAction key="mine" onClick={() => void run(() => desk.keepMine())}>
            Keep mine on top
          </SectionMessageAction>,
        ]}
      >
        <p>
          {theirs.author_name ?? "Another admin"} saved it{theirs.at !== null && <> <When at={theirs.at} /></>}. Nothing of yours is lost, and
          nothing of theirs is overwritten until you choose. From theirs to yours:
        </p>
        {changes.length === 0 ? <p>Both are the same.</p> : <Changes changes={changes} />}
        {failure !== undefined && <Failed failure={failure} />}
      </SectionMessage>
    </div>
  );
}
