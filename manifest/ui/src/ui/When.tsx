import { absolute, relative } from "../words/time";
import { useNow } from "./use-now";

/** A time as people say it; the exact one is in its title. */
export function When({ at }: { at: number }) {
  const now = useNow();
  return (
    <time dateTime={new Date(at).toISOString()} title={absolute(at)}>
      {relative(at, now)}
    </time>
  );
}
