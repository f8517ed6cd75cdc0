import type { SyncRow } from "../api/rows";

/** What somebody is called; whom this site does not know, by where he must be. */
export function personWords(name: string | null, sync: SyncRow): string {
  if (name !== null) return name;
  return sync.mine.length === 2 ? "somebody who is gone" : "an admin of the other site";
}

/** The same at the begin of a sentence. */
export function personFirst(name: string | null, sync: SyncRow): string {
  const words = personWords(name, sync);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
