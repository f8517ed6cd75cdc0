import { useSyncExternalStore } from "react";

const STEP_MS = 15_000;

/** The reader's clock, in steps: all relative times of the page move together. */
export function useNow(): number {
  return useSyncExternalStore(listen, now);
}

function listen(changed: () => void): () => void {
  const bell = setInterval(changed, STEP_MS);
  return () => {
    clearInterval(bell);
  };
}

function now(): number {
  return Math.ceil(Date.now() / STEP_MS) * STEP_MS;
}
