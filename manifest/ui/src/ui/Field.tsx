import type { ReactNode } from "react";

/** A labelled control with its help; `id` is the control's. */
export function Field(props: { id: string; label: string; help?: ReactNode; error?: string | undefined; children: ReactNode }) {
  return (
    <div className="field">
      <label htmlFor={props.id}>{props.label}</label>
      {props.children}
      {props.help !== undefined && (
        <p className="help" id={`${props.id}-help`}>
          {props.help}
        </p>
      )}
      {props.error !== undefined && (
        <p className="field-error" role="alert">
          {props.error}
        </p>
      )}
    </div>
  );
}
