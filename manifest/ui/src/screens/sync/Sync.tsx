import type { ComponentType } from "react";
import type { SyncRow } from "../../api/rows";
import { useGet } from "../../api/use-get";
import { syncHref, type Room } from "../../route";
import { Head } from "../../ui/Head";
import { Loaded } from "../../ui/Loaded";
import { later } from "../../ui/later";
import { State } from "../syncs/State";
import { Progress } from "./Progress";

const REFRESH_MS = 10_000;

export interface RoomProps {
  sync: SyncRow;
  rest: string;
  changed: () => void;
}

const PLACES: Record<Room, { name: string; Place: ComponentType<RoomProps> }> = {
  configure: { name: "Configuration", Place: later("Configuration", () => import("./configure/Configure")) },
  preview: { name: "Preview", Place: later("Preview", () => import("./preview/Preview")) },
  troubleshooting: { name: "Troubleshooting", Place: later("Troubleshooting", () => import("./troubles/Troubleshooting")) },
  activity: { name: "Activity", Place: later("Activity", () => import("./activity/Activity")) },
  history: { name: "History", Place: later("History", () => import("./history/History")) },
};

/** One synchronization, in one of its rooms. */
export default function Sync({ sync, room, rest }: { sync: string; room: Room; rest: string }) {
  const got = useGet<SyncRow>(`/syncs/${encodeURIComponent(sync)}`, REFRESH_MS);
  const { Place } = PLACES[room];
  return (
    <Loaded got={got} what="the synchronization">
      {(row) => (
        <>
          <Head trail={{ href: "#/", name: "Synchronizations" }} title={row.name}>
            <State row={row} />
          </Head>
          <Rooms row={row} room={room} />
          <Progress sync={row} />
          <Place sync={row} rest={rest} changed={got.reload} />
        </>
      )}
    </Loaded>
  );
}

function Rooms({ row, room }: { row: SyncRow; room: Room }) {
  return (
    <nav className="rooms" aria-label="Synchronization">
      {Object.entries(PLACES).map(([key, { name }]) => (
        <a key={key} href={syncHref(row.id, key as Room)} aria-current={key === room ? "page" : undefined}>
          {name}
          {key === "troubleshooting" && row.health.parked > 0 && <span className="badge">{row.health.parked}</span>}
        </a>
      ))}
    </nav>
  );
}
