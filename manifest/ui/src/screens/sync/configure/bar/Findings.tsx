import type { Finding, Severity, Tab } from "../../../../core/generated";
import { useWork } from "../../../../draft/context";
import { syncHref } from "../../../../route";
import { Sentence } from "../../../../ui/Sentence";
import { count } from "../../../../words/plural";

export const TAB_NAMES: Record<Tab, string> = {
  projects: "Projects",
  issue_types: "Issue Types",
  field_mappings: "Field Mappings",
  default_values: "Default Values",
  comments: "Comments",
  users: "Users",
  scope: "Scope",
};

/** What there is to say about the draft, tab by tab, with a link to the place. */
export function Findings({ findings }: { findings: Finding[] }) {
  const { sync } = useWork();
  const of = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length;
  const [errors, warnings, infos] = [of("error"), of("warning"), of("info")];
  if (findings.length === 0) return <p className="good">Nothing speaks against publishing.</p>;
  const tabs = Object.entries(TAB_NAMES).filter(([tab]) => findings.some(({ place }) => place.tab === tab));
  const said = [
    errors > 0 ? count(errors, "error") : "",
    warnings > 0 ? count(warnings, "warning") : "",
    infos > 0 ? count(infos, "note") : "",
  ];
  return (
    <details className="said">
      <summary className={errors > 0 ? "bad" : undefined}>
        Findings: {said.filter((words) => words !== "").join(", ")}
      </summary>
      {tabs.map(([tab, name]) => (
        <section key={tab} aria-label={name}>
          <h2>{tab === "projects" ? name : <a href={syncHref(sync.id, "configure", tab)}>{name}</a>}</h2>
          <ul className="findings">
            {findings.filter(({ place }) => place.tab === tab).map(({ severity, sentence, remedy }) => (
              <li key={sentence} className={`finding-${severity}`}>
                <Sentence text={sentence} /> <span className="subtle"><Sentence text={remedy} /></span>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </details>
  );
}
