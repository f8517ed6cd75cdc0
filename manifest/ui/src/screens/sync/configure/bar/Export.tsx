import Button from "@atlaskit/button/new";
import Modal, { ModalBody, ModalFooter, ModalHeader, ModalTitle, ModalTransition } from "@atlaskit/modal-dialog";
import TextArea from "@atlaskit/textarea";
import { useEffect, useState } from "react";
import { failure, type Failure } from "../../../../api/client";
import { useApi } from "../../../../api/context";
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
  const [why, setWhy] = useState<Failure | null>(null);
  useEffect(() => {
    api.text(`/syncs/${encodeURIComponent(sync.id)}/file`).then(setText, (error: unknown) => {
      setWhy(failure(error));
    });
  }, [api, sync.id]);
  return (
    <ModalTransition>
      <Modal onClose={close} width="large" label="Export configuration">
        <ModalHeader hasCloseButton>
          <ModalTitle>Export configuration</ModalTitle>
        </ModalHeader>
        <ModalBody>
          {why !== null && <Failed failure={why} />}
          {text === null && why === null && <Busy what="the file" />}
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
