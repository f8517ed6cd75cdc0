import Button, { LinkButton } from "@atlaskit/button/new";
import TextField from "@atlaskit/textfield";
import { useState } from "react";
import { useApi } from "../../api/context";
import type { Inspected } from "../../api/rows";
import { useAct } from "../../api/use-act";
import { Failed } from "../../ui/Failed";
import { Field } from "../../ui/Field";
import { Head } from "../../ui/Head";
import { Join } from "./Join";

/** *Accept invitation*: first what it means, then the project that joins. */
export default function Accept() {
  const api = useApi();
  const { run, busy, failure, again } = useAct();
  const [token, setToken] = useState("");
  const [open, setOpen] = useState<Inspected | null>(null);
  const inspect = () =>
    run(async () => {
      setOpen(await api.post<Inspected>("/invitations/inspect", { token: token.trim() }));
    });
  return (
    <>
      <Head trail={{ href: "#/", name: "Synchronizations" }} title="Accept invitation" />
      <div className="form">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void inspect();
          }}
        >
          <Field id="token" label="Invitation token" help="The partner’s admin sent it to you.">
            <TextField
              id="token"
              value={token}
              isMonospaced
              autoComplete="off"
              isReadOnly={open !== null}
              onChange={(event) => { setToken(event.currentTarget.value); }}
            />
          </Field>
          {failure !== undefined && <Failed failure={failure} again={again} />}
          {open === null && (
            <div className="buttons">
              <Button type="submit" appearance="primary" isLoading={busy} isDisabled={token.trim() === ""}>
                Look at it
              </Button>
              <LinkButton href="#/" appearance="subtle">
                Cancel
              </LinkButton>
            </div>
          )}
        </form>
        {open !== null && <Join token={token.trim()} open={open} />}
      </div>
    </>
  );
}
