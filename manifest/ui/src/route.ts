import { useSyncExternalStore } from "react";

/** The rooms of one synchronization. */
export const ROOMS = ["configure", "preview", "troubleshooting", "activity", "history"] as const;
export type Room = (typeof ROOMS)[number];

export type Route =
  | { at: "syncs" }
  | { at: "new" }
  | { at: "accept" }
  | { at: "sync"; sync: string; room: Room; rest: string };

/** Routes live behind the `#`: what stands before it is the address that Jira signed. */
export function parse(hash: string): Route {
  const [first, sync, room, rest] = hash.replace(/^#?\/?/, "").split("/").map(decodeURIComponent);
  if (first === "new") return { at: "new" };
  if (first === "accept") return { at: "accept" };
  if (first === "sync" && sync !== undefined && sync !== "") {
    const known = ROOMS.find((name) => name === room);
    return { at: "sync", sync, room: known ?? "configure", rest: rest ?? "" };
  }
  return { at: "syncs" };
}

export function syncHref(sync: string, room: Room, rest = ""): string {
  return `#/sync/${encodeURIComponent(sync)}/${room}${rest === "" ? "" : `/${encodeURIComponent(rest)}`}`;
}

export function go(href: string): void {
  window.location.hash = href;
}

export function useRoute(): Route {
  return parse(useSyncExternalStore(listen, hash));
}

let moved = false;

/** Whether the reader has gone anywhere since the page was opened. */
export function hasMoved(): boolean {
  return moved;
}

function listen(changed: () => void): () => void {
  const heard = () => {
    moved = true;
    changed();
  };
  window.addEventListener("hashchange", heard);
  return () => {
    window.removeEventListener("hashchange", heard);
  };
}

function hash(): string {
  return window.location.hash;
}
