import type { ReactNode } from "react";

/** Nothing is here yet, and what to do about that. */
export function Empty({ title, children, actions }: { title: string; children: ReactNode; actions?: ReactNode }) {
  return (
    <section className="empty">
      <h2>{title}</h2>
      <div className="measure">{children}</div>
      {actions !== undefined && <div className="buttons">{actions}</div>}
    </section>
  );
}
