import Button from "@atlaskit/button/new";
import type { Standing as Desk } from "../../../../draft/desk";
import { When } from "../../../../ui/When";

/** How the draft stands to what is kept, in a line. */
export function Standing({ standing, again, version }: { standing: Desk; again: () => void; version: number }) {
  const { saving, at, version: draft, taken } = standing;
  return (
    <div role="status" className="standing">
      {saving.is === "unsaved" && "Not saved yet"}
      {saving.is === "saving" && "Saving"}
      {saving.is === "moved" && "Not saved: somebody else changed this draft"}
      {saving.is === "failed" && (
        <span className="bad">
          Not saved: {saving.why.message} {saving.why.remedy}{" "}
          <Button spacing="compact" onClick={again}>
            Try again
          </Button>
        </span>
      )}
      {saving.is === "saved" && draft > 0 && (
        <>
          Draft saved{at !== null && <> <When at={at} /></>}
          <span className="subtle">{version === 0 ? ", nothing is published yet" : `, version ${version} is published`}</span>
        </>
      )}
      {saving.is === "saved" && draft === 0 && (version === 0 ? "Nothing is configured yet" : `Version ${version} is published, and there is no draft`)}
      {taken && <span className="subtle"> · another admin’s change was loaded</span>}
    </div>
  );
}
