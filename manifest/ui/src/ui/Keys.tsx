import type { SyncRow } from "../api/rows";
import type { Sides } from "../core/generated";
import { SIDES } from "../draft/pairs";

/** The issues of a pair, with a link to each. */
export function Keys({ sync, issues }: { sync: SyncRow; issues: Sides<string | null> }) {
  const known = SIDES.flatMap((side) => {
    const key = issues[side];
    return key === null ? [] : [{ side, key, base: sync.sides[side].base_url }];
  });
  return (
    <>
      {known.map(({ side, key, base }, n) => (
        <span key={side}>
          {n > 0 && <span aria-hidden="true"> ⇄ </span>}
          {base === null ? (
            key
          ) : (
            <a href={`${base}/browse/${encodeURIComponent(key)}`} target="_blank" rel="noopener noreferrer">
              {key}
            </a>
          )}
        </span>
      ))}
    </>
  );
}
