import SectionMessage from "@atlaskit/section-message";
import type { Lacking, ProjectRow } from "../../api/rows";
import { useGet } from "../../api/use-get";
import { Busy } from "../../ui/Loaded";
import { Failed } from "../../ui/Failed";
import { Sentence } from "../../ui/Sentence";

/** What the app's user may not do in a project, by name, and how to change that. */
export function Permissions({ project }: { project: ProjectRow }) {
  const got = useGet<Lacking[]>(`/projects/${encodeURIComponent(project.id)}/permissions`);
  if (got.failure !== undefined) return <Failed failure={got.failure} again={got.reload} />;
  if (got.data === undefined) return <Busy what={`permissions in ${project.key}`} />;
  if (got.data.length === 0) {
    return <p className="good">The app has all the permissions it needs in {project.key}.</p>;
  }
  return (
    <SectionMessage appearance="warning" title={`The app lacks permissions in ${project.key}`}>
      <ul>
        {got.data.map((lacking) => (
          <li key={lacking.key}>
            <b>{lacking.name}</b> <span className="subtle">({lacking.key})</span>
          </li>
        ))}
      </ul>
      <p>
        <Sentence text={got.data[0]?.remedy ?? ""} /> You can go on meanwhile.
      </p>
    </SectionMessage>
  );
}
