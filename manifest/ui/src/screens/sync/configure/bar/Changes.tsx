import Lozenge from "@atlaskit/lozenge";
import type { Change } from "../../../../core/generated";
import { Sentence } from "../../../../ui/Sentence";
import { TAB_NAMES } from "./Findings";

const LOOKS = { added: "success", removed: "removed", changed: "inprogress" } as const;

/** What is different, tab by tab. */
export function Changes({ changes }: { changes: Change[] }) {
  const tabs = Object.entries(TAB_NAMES).filter(([tab]) => changes.some((change) => change.tab === tab));
  return (
    <>
      {tabs.map(([tab, name]) => (
        <section key={tab} aria-label={`Changes of ${name}`}>
          <h3>{name}</h3>
          <ul className="plain">
            {changes.filter((change) => change.tab === tab).map((change) => (
              <li key={`${change.side ?? ""} ${change.sentence}`} className="change">
                <Lozenge appearance={LOOKS[change.kind]}>{change.kind}</Lozenge>{" "}
                {change.side !== null && <span className="subtle">side {change.side.toUpperCase()}</span>}{" "}
                <Sentence text={change.sentence} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}
