import TextField from "@atlaskit/textfield";
import { useState } from "react";
import { useApi } from "../../api/context";
import type { SyncRow } from "../../api/rows";
import { Dialog } from "../../ui/Dialog";
import { Field } from "../../ui/Field";

interface Props {
  row: SyncRow;
  close: () => void;
}

export function RenameDialog({ row, close }: Props) {
  const api = useApi();
  const [name, setName] = useState(row.name);
  return (
    <Dialog
      open
      close={close}
      title={`Rename ${row.name}`}
      verb="Rename"
      ready={name.trim() !== "" && name !== row.name}
      act={() => api.patch(`/syncs/${row.id}`, { name })}
    >
      <Field id="new-name" label="Name">
        <TextField id="new-name" value={name} onChange={(event) => { setName(event.currentTarget.value); }} autoFocus />
      </Field>
    </Dialog>
  );
}

/** What is deleted can't be brought back, so its name is typed. */
export function DeleteDialog({ row, close }: Props) {
  const api = useApi();
  const [typed, setTyped] = useState("");
  const running = row.state === "running";
  const remove = async () => {
    if (running) await api.post(`/syncs/${row.id}/stop`);
    await api.delete(`/syncs/${row.id}`);
  };
  return (
    <Dialog
      open
      close={close}
      title={`Delete ${row.name}?`}
      verb="Delete"
      danger
      ready={typed === row.name}
      act={remove}
    >
      <p>
        Duplex forgets which issues mirror each other, and that can’t be brought back. The issues and comments
        themselves stay in Jira, on both sides.
        {running && " It is running: it is stopped first."}
      </p>
      <Field id="typed-name" label={`Type “${row.name}” to confirm`}>
        <TextField
          id="typed-name"
          value={typed}
          onChange={(event) => { setTyped(event.currentTarget.value); }}
          autoComplete="off"
          autoFocus
        />
      </Field>
    </Dialog>
  );
}
