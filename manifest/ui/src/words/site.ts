import type { EndRow } from "../api/rows";

/** The project as people call it: its key, and where nobody told it, its id. */
export function projectKey(end: EndRow): string {
  return end.key ?? `project ${end.project}`;
}
