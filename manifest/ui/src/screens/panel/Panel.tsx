import { Busy } from "../../ui/Loaded";

/** The panel on an issue. */
export function Panel() {
  return <Busy what="this issue" />;
}
