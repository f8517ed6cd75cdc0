import { AsyncCreatableSelect } from "@atlaskit/select";
import { useRef, useState } from "react";
import { failure } from "../api/client";

export interface Somebody {
  account: string;
  name: string;
  email: string | null;
}

/** So long typing rests before people are searched. */
const REST_MS = 250;

/** An account id has no spaces and so many characters at least: one can be typed where nobody is found by name. */
const ACCOUNT = /^\S{16,}$/;

/** One person, searched by name or e-mail. */
export function PersonPick(props: {
  id: string;
  label: string;
  /** The label is heard and not seen. */
  quiet?: boolean;
  value: Somebody | null;
  placeholder: string;
  search: (words: string) => Promise<Somebody[]>;
  pick: (somebody: Somebody | null) => void;
}) {
  const [said, setSaid] = useState("Nobody is called so");
  const rest = useRef<ReturnType<typeof setTimeout>>(undefined);
  const load = (words: string) =>
    new Promise<Somebody[]>((found) => {
      clearTimeout(rest.current);
      const look = async () => {
        try {
          const people = words.trim() === "" ? [] : await props.search(words.trim());
          setSaid("Nobody is called so");
          found(people);
        } catch (error) {
          const { message, remedy } = failure(error);
          setSaid(`${message} ${remedy}`);
          found([]);
        }
      };
      rest.current = setTimeout(() => void look(), REST_MS);
    });
  return (
    <AsyncCreatableSelect<Somebody>
      inputId={props.id}
      {...(props.quiet === true ? { label: props.label } : {})}
      value={props.value}
      loadOptions={load}
      onChange={props.pick}
      getOptionValue={({ account }) => account}
      getOptionLabel={({ name }) => name}
      formatOptionLabel={({ name, email }, { context }) => (
        <>
          {name}
          {context === "menu" && email !== null && <span className="subtle"> {email}</span>}
        </>
      )}
      isValidNewOption={(words, _chosen, found) => found.length === 0 && ACCOUNT.test(words.trim())}
      getNewOptionData={(words) => ({ account: words.trim(), name: `Account id ${words.trim()}`, email: null })}
      noOptionsMessage={({ inputValue }) => (inputValue.trim() === "" ? "Type a name or an e-mail" : said)}
      loadingMessage={() => "Searching"}
      placeholder={props.placeholder}
      isClearable
      menuPlacement="auto"
    />
  );
}
