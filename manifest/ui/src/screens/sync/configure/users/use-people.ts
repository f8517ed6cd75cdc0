import { useCallback, useMemo, useState } from "react";
import { useApi } from "../../../../api/context";
import type { PersonRow, SyncRow } from "../../../../api/rows";
import { useGet } from "../../../../api/use-get";
import type { Side } from "../../../../core/generated";

/** The people of the reader's own site, as far as the page has met them. */
export interface Known {
  find: (account: string) => PersonRow;
  keep: (row: PersonRow) => void;
  search: (side: Side, words: string) => Promise<PersonRow[]>;
}

/** Whom the draft names, and whoever is chosen meanwhile. */
export function usePeople(sync: SyncRow): Known {
  const api = useApi();
  const at = `/syncs/${encodeURIComponent(sync.id)}/people`;
  const named = useGet<PersonRow[]>(at).data;
  const [met, setMet] = useState<PersonRow[]>([]);
  const keep = useCallback((row: PersonRow) => {
    setMet((before) => [...before, row]);
  }, []);
  const search = useCallback(
    (side: Side, words: string) => api.get<PersonRow[]>(`${at}/search?${new URLSearchParams({ side, query: words }).toString()}`),
    [api, at],
  );
  return useMemo(() => {
    const all = new Map([...(named ?? []), ...met].map((row) => [row.account, row]));
    const find = (account: string) => all.get(account) ?? { account, name: `Account id ${account}`, email: null };
    return { find, keep, search };
  }, [named, met, keep, search]);
}
