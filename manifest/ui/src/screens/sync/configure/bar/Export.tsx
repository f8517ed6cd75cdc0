import Button from "@atlaskit/button/new";
import Modal, { ModalBody, ModalFooter, ModalHeader, ModalTitle, ModalTransition } from "@atlaskit/modal-dialog";
import TextArea from "@atlaskit/textarea";
import { useCallback, useEffect, useState } from "react";
import { useApi } from "../../../../api/context";
import { useAct } from "../../../../api/use-act";
import { useWork } from "../../../../draft/context";
import { CopyButton } from "../../../../ui/CopyButton";
import { Failed } from "../../../../ui/Failed";
import { Field } from "../../../../ui/Field";
import { Busy } from "../../../../ui/Loaded";

/** What is published, as a file that people can read and another synchronization can import. */
export function Export({ close }: { close: () => void }) {
  const { sync } = useWork();
  const api = useApi();
  const [text, setText] = useState<string | null>(null);
  const { run, failure, again } = useAct();
  const read = useCallback(async () => {
    setText(await api.text(`/syncs/${encodeURIComponent(sync.id)}/file`));
  }, [api, sync.id]);
  useEffect(() => {
    void run(read);
  }, [run, read]);
  return (
    <ModalTransition>
      <Modal onClose={close} width="large" label="Export configuration">
        <ModalHeader hasCloseButton>
          <ModalTitle>Export configuration</ModalTitle>
        </ModalHeader>
        <ModalBody>
          {failure !== undefined && <Failed failure={failure} again={again} />}
          {text === null && failure === undefined && <Busy what="the file" />}
          {text !== null && (
            <Field id="file" label="Configuration file (TOML)">
              <TextArea id="file" value={text} isReadOnly isMonospaced minimumRows={12} />
            </Field>
          )}
        </ModalBody>
        <ModalFooter>
          {text !== null && (
            <>
              <CopyButton text={text} />
              <Button onClick={() => { save(text, `${sync.name}.toml`); }}>Download</Button>
            </>
          )}
          <Button appearance="primary" onClick={close}>
            Close
          </Button>
        </ModalFooter>
      </Modal>
    </ModalTransition>
  );
}

function save(text: string, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/toml" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
