import Select from "@atlaskit/select";
import type { ReactNode } from "react";
import { Field } from "./Field";

export interface Option<T extends string = string> {
  value: T;
  label: string;
}

/** One of several, with search. */
export function Pick<T extends string>(props: {
  id: string;
  label: string;
  options: Option<T>[];
  value: T | null;
  pick: (value: T) => void;
  /** With it, the choice can be taken back. */
  clear?: () => void;
  placeholder?: string;
  help?: ReactNode;
  disabled?: boolean;
}) {
  const select = (
    <Select<Option<T>>
      inputId={props.id}
      options={props.options}
      value={props.options.find((option) => option.value === props.value) ?? null}
      onChange={(option) => {
        if (option === null) props.clear?.();
        else props.pick(option.value);
      }}
      isClearable={props.clear !== undefined}
      isDisabled={props.disabled ?? false}
      placeholder={props.placeholder ?? "Choose"}
      menuPlacement="auto"
      noOptionsMessage={() => "Nothing to choose"}
    />
  );
  return (
    <Field id={props.id} label={props.label} {...(props.help === undefined ? {} : { help: props.help })}>
      {select}
    </Field>
  );
}
