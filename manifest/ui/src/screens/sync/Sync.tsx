import type { SyncRow } from "../../api/rows";
import { useGet } from "../../api/use-get";
import type { Room } from "../../route";
import { Head } from "../../ui/Head";
import { Loaded } from "../../ui/Loaded";

/** One synchronization, in one of its rooms. */
export default function Sync({ sync }: { sync: string; room: Room; rest: string }) {
  const got = useGet<SyncRow>(`/syncs/${encodeURIComponent(sync)}`);
  return (
    <Loaded got={got} what="the synchronization">
      {(row) => <Head trail={{ href: "#/", name: "Synchronizations" }} title={row.name} />}
    </Loaded>
  );
}
