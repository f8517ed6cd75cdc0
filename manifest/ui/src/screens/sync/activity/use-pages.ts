import { useEffect, useState } from "react";
import { failure as failed, type Failure } from "../../../api/client";
import { useApi } from "../../../api/context";

/** Lines of one page; fewer are the last page. */
const PAGE = 50;

interface Held<T> {
  of: string;
  rows: T[];
  more: boolean;
}

export interface Pages<T> {
  rows: T[] | null;
  failure: Failure | null;
  /** Reads the next page; `null` where there is none. */
  older: (() => void) | null;
  reload: () => void;
}

/** A list that is read page by page; `path` has a query, and another path begins anew. */
export function usePages<T extends { id: string }>(path: string): Pages<T> {
  const api = useApi();
  const [held, setHeld] = useState<Held<T> | null>(null);
  const [why, setWhy] = useState<{ of: string; failure: Failure } | null>(null);
  const [turn, setTurn] = useState(0);

  useEffect(() => {
    let gone = false;
    api.get<T[]>(`${path}&limit=${PAGE}`).then(
      (rows) => {
        if (gone) return;
        setWhy(null);
        setHeld({ of: path, rows, more: rows.length === PAGE });
      },
      (error: unknown) => {
        if (!gone) setWhy({ of: path, failure: failed(error) });
      },
    );
    return () => {
      gone = true;
    };
  }, [api, path, turn]);

  const mine = held?.of === path ? held : null;
  const last = mine?.more === true ? mine.rows.at(-1) : undefined;
  const read = async (before: Held<T>, id: string) => {
    try {
      const rows = await api.get<T[]>(`${path}&limit=${PAGE}&before=${encodeURIComponent(id)}`);
      setHeld({ of: path, rows: [...before.rows, ...rows], more: rows.length === PAGE });
    } catch (error) {
      setWhy({ of: path, failure: failed(error) });
    }
  };
  return {
    rows: mine?.rows ?? null,
    failure: why?.of === path ? why.failure : null,
    older: mine === null || last === undefined ? null : () => void read(mine, last.id),
    reload: () => {
      setTurn((n) => n + 1);
    },
  };
}
