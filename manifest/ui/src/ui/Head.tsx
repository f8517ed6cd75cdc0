import { useEffect, useRef, type ReactNode } from "react";
import { hasMoved } from "../route";

/** The head of a screen: where one is, what it is called, what can be done here. */
export function Head(props: { trail?: { href: string; name: string }; title: ReactNode; children?: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  // Whoever came by keyboard goes on from the top of the new screen; the link that led here is gone.
  useEffect(() => {
    if (hasMoved() && document.activeElement === document.body) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <header className="head">
      {props.trail !== undefined && (
        <nav aria-label="Breadcrumb">
          <a href={props.trail.href}>{props.trail.name}</a>
        </nav>
      )}
      <div className="head-row">
        <h1 ref={heading} tabIndex={-1}>
          {props.title}
        </h1>
        {props.children !== undefined && <div className="buttons">{props.children}</div>}
      </div>
    </header>
  );
}
