import SectionMessage, { SectionMessageAction } from "@atlaskit/section-message";
import type { Failure } from "../api/client";
import { Sentence } from "./Sentence";

/** What failed, what to do about it, and a way to try again. */
export function Failed({ failure, again }: { failure: Failure; again?: (() => void) | undefined }) {
  return (
    <div role="alert">
      <SectionMessage
        appearance="error"
        title={failure.message}
        {...(again === undefined
          ? {}
          : { actions: [<SectionMessageAction key="again" onClick={again}>Try again</SectionMessageAction>] })}
      >
        <p><Sentence text={failure.remedy} /></p>
        {failure.findings.length > 0 && (
          <ul>
            {failure.findings.map((finding) => (
              <li key={finding.sentence}><Sentence text={finding.sentence} /></li>
            ))}
          </ul>
        )}
      </SectionMessage>
    </div>
  );
}
