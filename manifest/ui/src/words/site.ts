import type { EndRow } from "../api/rows";

/** `acme.atlassian.net` */
export function host(baseUrl: string | null): string {
  if (baseUrl === null) return "a site that removed the app";
  try {
    return new URL(baseUrl).host;
  } catch {
    return baseUrl;
  }
}

/** The project as people call it: its key, and where nobody told it, its id. */
export function projectKey(end: EndRow): string {
  return end.key ?? `project ${end.project}`;
}
