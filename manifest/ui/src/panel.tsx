import { Panel } from "./screens/panel/Panel";
import { start } from "./start";

void start("panel", <Panel />);
