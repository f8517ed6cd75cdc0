import type { ProjectRow } from "../../api/rows";
import { useGet } from "../../api/use-get";
import { Failed } from "../../ui/Failed";
import { Pick } from "../../ui/Pick";
import { Permissions } from "./Permissions";

/** A project of this site that the reader administers, with what the app lacks there. */
export function ProjectPick(props: {
  id: string;
  label: string;
  value: ProjectRow | null;
  pick: (project: ProjectRow) => void;
  /** Not offered: the other end. */
  not?: string | undefined;
}) {
  const projects = useGet<ProjectRow[]>("/projects");
  const offered = (projects.data ?? []).filter((project) => project.id !== props.not);
  return (
    <>
      {projects.failure !== undefined && <Failed failure={projects.failure} again={projects.reload} />}
      <Pick
        id={props.id}
        label={props.label}
        options={offered.map((project) => ({ value: project.id, label: words(project) }))}
        value={props.value?.id ?? null}
        pick={(id) => {
          const project = offered.find((one) => one.id === id);
          if (project !== undefined) props.pick(project);
        }}
        placeholder={projects.loading ? "Loading projects" : "Choose a project"}
        {...(projects.data?.length === 0
          ? { help: "You administer no project here: ask a Jira admin for the permission Administer Projects." }
          : {})}
      />
      {props.value !== null && <Permissions project={props.value} />}
    </>
  );
}

function words(project: ProjectRow): string {
  return `${project.name} (${project.key})${project.service ? "" : " · no service project"}`;
}
