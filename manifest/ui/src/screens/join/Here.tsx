import Button, { LinkButton } from "@atlaskit/button/new";
import TextField from "@atlaskit/textfield";
import { useState } from "react";
import { useApi } from "../../api/context";
import type { ProjectRow, SyncRow } from "../../api/rows";
import { useAct } from "../../api/use-act";
import { go, syncHref } from "../../route";
import { Failed } from "../../ui/Failed";
import { Field } from "../../ui/Field";
import { ProjectPick } from "./ProjectPick";

/** Two projects of this site. */
export function Here() {
  const api = useApi();
  const { run, busy, failure, again } = useAct();
  const [a, setA] = useState<ProjectRow | null>(null);
  const [b, setB] = useState<ProjectRow | null>(null);
  const [typed, setTyped] = useState<string | null>(null);
  const name = typed ?? (a === null || b === null ? "" : `${a.name} and ${b.name}`);
  const create = () =>
    run(async () => {
      const sync = await api.post<SyncRow>("/syncs", { name, a: a?.id, b: b?.id });
      go(syncHref(sync.id, "configure"));
    });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void create();
      }}
    >
      <ProjectPick id="project-a" label="Project A" value={a} pick={setA} not={b?.id} />
      <ProjectPick id="project-b" label="Project B" value={b} pick={setB} not={a?.id} />
      <Field id="sync-name" label="Name" help="How the synchronization is called in the list.">
        <TextField id="sync-name" value={name} onChange={(event) => { setTyped(event.currentTarget.value); }} />
      </Field>
      {failure !== undefined && <Failed failure={failure} again={again} />}
      <div className="buttons">
        <Button
          type="submit"
          appearance="primary"
          isLoading={busy}
          isDisabled={a === null || b === null || name.trim() === ""}
        >
          Create
        </Button>
        <LinkButton href="#/" appearance="subtle">
          Cancel
        </LinkButton>
      </div>
    </form>
  );
}
