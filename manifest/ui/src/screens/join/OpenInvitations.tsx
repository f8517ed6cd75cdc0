import type { InvitationRow, ProjectRow } from "../../api/rows";
import { useGet } from "../../api/use-get";
import { When } from "../../ui/When";

/** The invitations of this site that nobody has accepted yet. */
export function OpenInvitations() {
  const open = useGet<InvitationRow[]>("/invitations");
  const projects = useGet<ProjectRow[]>("/projects");
  if (open.data === undefined || open.data.length === 0) return null;
  return (
    <section aria-labelledby="open-invitations">
      <h2 id="open-invitations">Open invitations</h2>
      <ul>
        {open.data.map((row) => (
          <li key={`${row.name} ${row.created}`}>
            <b>{row.name}</b> for {projects.data?.find((project) => project.id === row.project)?.key ?? row.project}, made{" "}
            <When at={row.created} />, runs out <When at={row.expires} />
          </li>
        ))}
      </ul>
    </section>
  );
}
