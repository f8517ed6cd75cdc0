import TextField from "@atlaskit/textfield";
import type { Side } from "../../../../core/generated";
import { useWork } from "../../../../draft/context";
import { PersonPick } from "../../../../ui/PersonPick";
import type { Known } from "./use-people";

/** One person of a side: chosen by name on the reader's own site, and by his account id on another. */
export function Who(props: {
  id: string;
  label: string;
  quiet?: boolean;
  side: Side;
  known: Known;
  /** An account id; nobody where it is empty. */
  value: string | null;
  placeholder: string;
  pick: (account: string | null) => void;
}) {
  const { sync } = useWork();
  const { id, label, quiet, side, known, placeholder, pick } = props;
  const account = props.value ?? "";
  if (!sync.mine.includes(side)) {
    return (
      <TextField
        id={id}
        {...(quiet === true ? { "aria-label": label } : {})}
        placeholder={`${placeholder}: account id`}
        value={account}
        autoComplete="off"
        onChange={(event) => {
          const typed = event.currentTarget.value.trim();
          pick(typed === "" ? null : typed);
        }}
      />
    );
  }
  return (
    <PersonPick
      id={id}
      label={label}
      {...(quiet === true ? { quiet } : {})}
      value={account === "" ? null : known.find(account)}
      placeholder={placeholder}
      search={(words) => known.search(side, words)}
      pick={(somebody) => {
        if (somebody !== null) known.keep(somebody);
        pick(somebody?.account ?? null);
      }}
    />
  );
}
