import { lazy, Suspense } from "react";
import { useRoute } from "../route";
import { Busy } from "../ui/Loaded";
import { Syncs } from "./syncs/Syncs";

const New = lazy(() => import("./join/New"));
const Accept = lazy(() => import("./join/Accept"));
const Sync = lazy(() => import("./sync/Sync"));

/** The admin page. The list comes with the page; everything behind it when it is opened. */
export function Admin() {
  const route = useRoute();
  return (
    <Suspense fallback={<Busy what="the page" />}>
      {route.at === "syncs" && <Syncs />}
      {route.at === "new" && <New />}
      {route.at === "accept" && <Accept />}
      {route.at === "sync" && <Sync key={route.sync} {...route} />}
    </Suspense>
  );
}
