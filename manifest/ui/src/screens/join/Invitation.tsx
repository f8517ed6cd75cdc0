import { LinkButton } from "@atlaskit/button/new";
import TextField from "@atlaskit/textfield";
import type { Invited } from "../../api/rows";
import { CopyButton } from "../../ui/CopyButton";
import { Field } from "../../ui/Field";
import { When } from "../../ui/When";

/** The token, shown once. */
export function Invitation({ invited }: { invited: Invited }) {
  return (
    <section aria-labelledby="invitation">
      <h2 id="invitation">Invitation</h2>
      <p>
        Send this token to the admin of the other site, by a way that you trust. He opens Duplex there and presses{" "}
        <b>Accept invitation</b>. It works once, and it runs out <When at={invited.expires} />.
      </p>
      <Field id="token" label="Invitation token" help="It is shown now and never again.">
        <TextField
          id="token"
          value={invited.token}
          isReadOnly
          isMonospaced
          onFocus={(event) => {
            event.currentTarget.select();
          }}
        />
      </Field>
      <div className="buttons">
        <CopyButton text={invited.token} label="Copy token" />
        <LinkButton href="#/">Done</LinkButton>
      </div>
    </section>
  );
}
