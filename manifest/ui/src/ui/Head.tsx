import type { ReactNode } from "react";

/** The head of a screen: where one is, what it is called, what can be done here. */
export function Head(props: { trail?: { href: string; name: string }; title: ReactNode; children?: ReactNode }) {
  return (
    <header className="head">
      {props.trail !== undefined && (
        <nav aria-label="Breadcrumb">
          <a href={props.trail.href}>{props.trail.name}</a>
        </nav>
      )}
      <div className="head-row">
        <h1>{props.title}</h1>
        {props.children !== undefined && <div className="buttons">{props.children}</div>}
      </div>
    </header>
  );
}
