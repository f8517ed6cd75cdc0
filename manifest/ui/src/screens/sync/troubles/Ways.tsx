import Button from "@atlaskit/button/new";
import type { ParkedRow } from "../../../api/rows";

export type Way = "retry" | "ignore" | "recreate" | "unlink";

const WORDS: Record<Way, string> = { retry: "Retry", ignore: "Ignore", recreate: "Recreate", unlink: "Unlink" };

/** The ways on for what stopped. What is said of a whole pair has two more: make the issue again, or part the two. */
function waysOf({ element, trouble, ignored_by: ignored }: ParkedRow): Way[] {
  const ways: Way[] = ["retry"];
  if (trouble.code === "end_gone") ways.push("recreate");
  if (element.element === "issue") ways.push("unlink");
  if (ignored === null) ways.push("ignore");
  return ways;
}

export function Ways(props: { row: ParkedRow; what: string; busy: boolean; act: (way: Way, row: ParkedRow) => void }) {
  const { row, what, busy, act } = props;
  return (
    <span className="buttons">
      {waysOf(row).map((way) => (
        <Button
          key={way}
          appearance={way === "ignore" ? "subtle" : "default"}
          isDisabled={busy}
          onClick={() => { act(way, row); }}
          aria-label={`${WORDS[way]} ${what}`}
        >
          {WORDS[way]}
        </Button>
      ))}
    </span>
  );
}
