import { useRoute } from "../route";
import { later } from "../ui/later";
import { Syncs } from "./syncs/Syncs";

const New = later("the page", () => import("./join/New"));
const Accept = later("the page", () => import("./join/Accept"));
const Sync = later("the synchronization", () => import("./sync/Sync"));

/** The admin page. The list comes with the page; everything behind it when it is opened. */
export function Admin() {
  const route = useRoute();
  return (
    <>
      {route.at === "syncs" && <Syncs />}
      {route.at === "new" && <New />}
      {route.at === "accept" && <Accept />}
      {route.at === "sync" && <Sync key={route.sync} {...route} />}
    </>
  );
}
