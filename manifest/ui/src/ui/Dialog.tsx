import Button from "@atlaskit/button/new";
import Modal, { ModalBody, ModalFooter, ModalHeader, ModalTitle, ModalTransition } from "@atlaskit/modal-dialog";
import type { ReactNode } from "react";
import { useAct } from "../api/use-act";
import { Failed } from "./Failed";

/** A dialog that does one thing. It stays open, with all that was typed, where that fails. */
export function Dialog(props: {
  open: boolean;
  close: () => void;
  title: string;
  verb: string;
  danger?: boolean;
  ready: boolean;
  /** Closes afterwards. */
  act: () => Promise<unknown>;
  width?: "small" | "medium" | "large";
  /** More buttons, before the last two. */
  more?: ReactNode;
  children: ReactNode;
}) {
  return (
    <ModalTransition>
      {props.open && <Opened {...props} />}
    </ModalTransition>
  );
}

function Opened(props: Parameters<typeof Dialog>[0]) {
  const { run, busy, failure, again } = useAct();
  const press = () =>
    run(async () => {
      await props.act();
      props.close();
    });
  return (
    <Modal onClose={props.close} width={props.width ?? "medium"} label={props.title} shouldScrollInViewport={false}>
      <form
        className="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          if (props.ready && !busy) void press();
        }}
      >
        <ModalHeader hasCloseButton>
          <ModalTitle {...(props.danger === true ? { appearance: "danger" as const } : {})}>{props.title}</ModalTitle>
        </ModalHeader>
        <ModalBody>
          {failure !== undefined && <Failed failure={failure} again={again} />}
          {props.children}
        </ModalBody>
        <ModalFooter>
          {props.more}
          <Button appearance="subtle" onClick={props.close}>
            Cancel
          </Button>
          <Button
            type="submit"
            appearance={props.danger === true ? "danger" : "primary"}
            isDisabled={!props.ready}
            isLoading={busy}
          >
            {props.verb}
          </Button>
        </ModalFooter>
      </form>
    </Modal>
  );
}
