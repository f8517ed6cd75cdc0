import Button, { LinkButton } from "@atlaskit/button/new";
import SectionMessage from "@atlaskit/section-message";
import { useState } from "react";
import { useApi } from "../../api/context";
import type { AcceptedRow, Inspected, ProjectRow } from "../../api/rows";
import { useAct } from "../../api/use-act";
import { go, syncHref } from "../../route";
import { Failed } from "../../ui/Failed";
import { When } from "../../ui/When";
import { ProjectPick } from "./ProjectPick";

/** What accepting reveals, and the project that joins. */
export function Join({ token, open }: { token: string; open: Inspected }) {
  const api = useApi();
  const { run, busy, failure, again } = useAct();
  const [project, setProject] = useState<ProjectRow | null>(null);
  const accept = () =>
    run(async () => {
      const { sync } = await api.post<AcceptedRow>("/invitations/accept", { token, project: project?.id });
      go(syncHref(sync, "configure"));
    });
  return (
    <section aria-labelledby="invited">
      <h2 id="invited">{open.name}</h2>
      <p>
        <b>{open.host ?? open.base_url}</b> invites you. The invitation runs out <When at={open.expires} />.
      </p>
      <SectionMessage appearance="information" title="What accepting reveals">
        <p>{open.reveals}</p>
      </SectionMessage>
      <ProjectPick id="project-b" label="Your project" value={project} pick={setProject} />
      {failure !== undefined && <Failed failure={failure} again={again} />}
      <div className="buttons">
        <Button appearance="primary" isDisabled={project === null} isLoading={busy} onClick={() => void accept()}>
          Accept
        </Button>
        <LinkButton href="#/" appearance="subtle">
          Cancel
        </LinkButton>
      </div>
    </section>
  );
}
