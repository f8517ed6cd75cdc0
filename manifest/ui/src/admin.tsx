import { Admin } from "./screens/Admin";
import { start } from "./start";

void start("page", <Admin />);
