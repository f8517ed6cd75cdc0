import type { DraftRow } from "../api/rows";
import { Desk, type Shelf } from "./desk";

/** The desks by their synchronization: what could not be saved outlives the screen that it was typed on. */
const desks = new Map<string, Desk>();

/** The desk of a synchronization: the one that was left with something unsaved, else a new one. */
export function deskOf(sync: string, shelf: Shelf, row: DraftRow): Desk {
  const left = desks.get(sync);
  if (left !== undefined && left.now().saving.is !== "saved") return left;
  const desk = new Desk(shelf, row);
  desks.set(sync, desk);
  return desk;
}

/** Something was typed that is not saved yet, on whichever screen. */
export function unsaved(): boolean {
  return [...desks.values()].some((desk) => desk.now().saving.is !== "saved");
}

/** Asks before the page is left with something unsaved. */
export function guard(): void {
  window.addEventListener("beforeunload", (event) => {
    if (unsaved()) event.preventDefault();
  });
}
