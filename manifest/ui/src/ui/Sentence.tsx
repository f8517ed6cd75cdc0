import { Fragment } from "react";

/** A sentence of the core: `*names*` stand out, and so does `code`. */
export function Sentence({ text }: { text: string }) {
  return (
    <>
      {text.split(/(\*[^*]+\*|`[^`]+`)/).map((part, n) => {
        const inside = part.slice(1, -1);
        if (part.length > 2 && part.startsWith("*")) return <b key={n}>{inside}</b>;
        if (part.length > 2 && part.startsWith("`")) return <code key={n}>{inside}</code>;
        return <Fragment key={n}>{part}</Fragment>;
      })}
    </>
  );
}
