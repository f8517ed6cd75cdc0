import type { Entry } from "./routes";

export const troubles: Entry[] = [];
