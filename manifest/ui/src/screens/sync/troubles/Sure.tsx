import type { ParkedRow, SyncRow } from "../../../api/rows";
import { Dialog } from "../../../ui/Dialog";
import { Keys } from "../../../ui/Keys";

/** What changes a whole pair is asked once more. */
export function Sure(props: {
  way: "recreate" | "unlink";
  row: ParkedRow;
  sync: SyncRow;
  act: () => Promise<void>;
  close: () => void;
}) {
  const recreate = props.way === "recreate";
  return (
    <Dialog
      open
      close={props.close}
      title={recreate ? "Recreate the issue?" : "Unlink the two issues?"}
      verb={recreate ? "Recreate" : "Unlink"}
      danger={!recreate}
      ready
      act={props.act}
    >
      <p>
        <Keys sync={props.sync} issues={props.row.issues} />
      </p>
      <p>
        {recreate
          ? "A new issue is made from the one that is still there, with all that is mapped. It gets a new key."
          : "Both issues stay as they are, and nothing of one reaches the other any more."}
      </p>
    </Dialog>
  );
}
