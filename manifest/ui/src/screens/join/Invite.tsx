import Button, { LinkButton } from "@atlaskit/button/new";
import TextField from "@atlaskit/textfield";
import { useState } from "react";
import { useApi } from "../../api/context";
import type { Invited, ProjectRow } from "../../api/rows";
import { useAct } from "../../api/use-act";
import { Failed } from "../../ui/Failed";
import { Field } from "../../ui/Field";
import { Invitation } from "./Invitation";
import { ProjectPick } from "./ProjectPick";

/** A project of this site, and an invitation for the admin of another one. */
export function Invite() {
  const api = useApi();
  const { run, busy, failure, again } = useAct();
  const [project, setProject] = useState<ProjectRow | null>(null);
  const [typed, setTyped] = useState<string | null>(null);
  const [invited, setInvited] = useState<Invited | null>(null);
  const name = typed ?? (project === null ? "" : `${project.name} and partner`);
  const invite = () =>
    run(async () => {
      setInvited(await api.post<Invited>("/invitations", { name, project: project?.id }));
    });
  if (invited !== null) return <Invitation invited={invited} />;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void invite();
      }}
    >
      <ProjectPick id="project-a" label="Your project" value={project} pick={setProject} />
      <Field id="sync-name" label="Name" help="The partner’s admin reads it, too.">
        <TextField id="sync-name" value={name} onChange={(event) => { setTyped(event.currentTarget.value); }} />
      </Field>
      {failure !== undefined && <Failed failure={failure} again={again} />}
      <div className="buttons">
        <Button
          type="submit"
          appearance="primary"
          isLoading={busy}
          isDisabled={project === null || name.trim() === ""}
        >
          Create invitation
        </Button>
        <LinkButton href="#/" appearance="subtle">
          Cancel
        </LinkButton>
      </div>
    </form>
  );
}
