import Button from "@atlaskit/button/new";
import TextField from "@atlaskit/textfield";
import { useState } from "react";
import { useApi } from "../../../api/context";
import type { DraftRow } from "../../../api/rows";
import { useAct } from "../../../api/use-act";
import { useGet } from "../../../api/use-get";
import type { Preview as Seen, PreviewFacts, ProjectSchema, Side, Sides } from "../../../core";
import { loadPreviewer } from "../../../core/previewer";
import { SIDES } from "../../../draft/pairs";
import { useCore } from "../../../draft/use-core";
import { Empty } from "../../../ui/Empty";
import { Failed } from "../../../ui/Failed";
import { Field } from "../../../ui/Field";
import { projectKey } from "../../../words/site";
import type { RoomProps } from "../Sync";
import { Outcome } from "./Outcome";

/** *Preview*: what the draft would do with one real issue, by the code that does it. Nothing is written. */
export default function Preview({ sync }: RoomProps) {
  const at = `/syncs/${encodeURIComponent(sync.id)}`;
  const api = useApi();
  const { core, failure: broken, again: load } = useCore(loadPreviewer);
  const schemas = useGet<Sides<ProjectSchema>>(`${at}/schemas`).data;
  const { run, busy, failure, again } = useAct();
  const [side, setSide] = useState<Side>(sync.mine[0] ?? "a");
  const [key, setKey] = useState("");
  const [seen, setSeen] = useState<{ of: string; preview: Seen } | null>(null);
  const look = () =>
    run(async () => {
      const query = new URLSearchParams({ side, issue: key.trim() });
      // The draft as it is kept now: the tabs save it on the way here.
      const [draft, facts] = await Promise.all([
        api.get<DraftRow>(`${at}/draft`),
        api.get<PreviewFacts>(`${at}/preview?${query.toString()}`),
      ]);
      if (core !== undefined) setSeen({ of: key.trim(), preview: core.preview(draft.config, facts) });
    });
  return (
    <>
      <form
        className="ask"
        onSubmit={(event) => {
          event.preventDefault();
          void look();
        }}
      >
        <Field id="preview-side" label="Project">
          <select id="preview-side" className="select" value={side} onChange={(event) => { setSide(event.currentTarget.value === "b" ? "b" : "a"); }}>
            {SIDES.filter((one) => sync.mine.includes(one)).map((one) => (
              <option key={one} value={one}>
                {projectKey(sync.sides[one])}
              </option>
            ))}
          </select>
        </Field>
        <Field id="preview-issue" label="Issue key">
          <TextField
            id="preview-issue"
            value={key}
            placeholder={`${projectKey(sync.sides[side])}-1`}
            autoComplete="off"
            onChange={(event) => { setKey(event.currentTarget.value); }}
          />
        </Field>
        <Button type="submit" appearance="primary" isLoading={busy} isDisabled={key.trim() === "" || core === undefined}>
          Show preview
        </Button>
      </form>
      {broken !== undefined && <Failed failure={broken} again={load} />}
      {failure !== undefined && <Failed failure={failure} again={again} />}
      {seen === null && failure === undefined && (
        <Empty title="Look before it happens">
          <p>
            Type the key of any issue: you see every call that would be made, what would get lost on the way, and why or
            why not, as the draft stands. Nothing is written.
          </p>
        </Empty>
      )}
      {seen !== null && <Outcome sync={sync} issue={seen.of} preview={seen.preview} schemas={schemas} />}
    </>
  );
}
