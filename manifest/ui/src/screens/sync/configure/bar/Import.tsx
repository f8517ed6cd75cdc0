import TextArea from "@atlaskit/textarea";
import { useState } from "react";
import { useApi } from "../../../../api/context";
import type { DraftRow } from "../../../../api/rows";
import { useStanding, useWork } from "../../../../draft/context";
import { Dialog } from "../../../../ui/Dialog";
import { Field } from "../../../../ui/Field";

/** A configuration file into the draft; publishing it is a step of its own. */
export function Import({ close }: { close: () => void }) {
  const { sync, desk } = useWork();
  const api = useApi();
  const { version } = useStanding();
  const [toml, setToml] = useState("");
  const take = async () => {
    await desk.flush();
    desk.take(await api.put<DraftRow>(`/syncs/${encodeURIComponent(sync.id)}/file`, { version: desk.now().version, toml }));
  };
  return (
    <Dialog open close={close} title="Import configuration" verb="Import" ready={toml.trim() !== ""} act={take} width="large">
      <p>The file replaces {version > 0 ? "what the draft holds" : "the draft"}. Nothing is published by it.</p>
      <Field id="import-file" label="File">
        <input
          id="import-file"
          type="file"
          accept=".toml,text/plain,application/toml"
          onChange={(event) => {
            void event.currentTarget.files?.[0]?.text().then(setToml);
          }}
        />
      </Field>
      <Field id="import-text" label="Configuration file (TOML)" help="Choose a file, or paste it here.">
        <TextArea
          id="import-text"
          value={toml}
          isMonospaced
          minimumRows={12}
          onChange={(event) => { setToml(event.currentTarget.value); }}
        />
      </Field>
    </Dialog>
  );
}
