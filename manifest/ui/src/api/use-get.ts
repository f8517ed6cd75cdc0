import { useCallback, useEffect, useState } from "react";
import { failure, type Failure } from "./client";
import { useApi } from "./context";

/** What an address says: nothing yet, something, or why not. Old data stays while it is asked again. */
export interface Got<T> {
  data: T | undefined;
  failure: Failure | undefined;
  loading: boolean;
  reload: () => void;
}

interface Held<T> {
  path: string | null;
  turn: number;
  data?: T;
  failure?: Failure;
}

/** Asks once per address, and again on `reload` and every `everyMs`; `null` asks nothing. */
export function useGet<T>(path: string | null, everyMs?: number): Got<T> {
  const api = useApi();
  const [turn, setTurn] = useState(0);
  const [held, setHeld] = useState<Held<T>>({ path: null, turn: -1 });
  const reload = useCallback(() => {
    setTurn((n) => n + 1);
  }, []);

  useEffect(() => {
    if (path === null) return;
    let gone = false;
    const keep = (said: { data: T } | { failure: Failure }) => {
      if (gone) return;
      setHeld((before) => ({ ...("failure" in said && before.path === path ? before : {}), ...said, path, turn }));
    };
    api.get<T>(path).then(
      (data) => {
        keep({ data });
      },
      (error: unknown) => {
        keep({ failure: failure(error) });
      },
    );
    return () => {
      gone = true;
    };
  }, [api, path, turn]);

  useEffect(() => {
    if (everyMs === undefined || path === null) return;
    const bell = setInterval(() => {
      if (document.visibilityState === "visible") reload();
    }, everyMs);
    return () => {
      clearInterval(bell);
    };
  }, [everyMs, path, reload]);

  const mine = held.path === path ? held : undefined;
  return {
    data: mine?.data,
    failure: mine?.turn === turn ? mine.failure : undefined,
    loading: path !== null && mine?.turn !== turn,
    reload,
  };
}
