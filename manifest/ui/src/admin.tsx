import { guard } from "./draft/keep";
import { Admin } from "./screens/Admin";
import { start } from "./start";

guard();
void start("page", <Admin />);
