import { connectHost } from "./connect";
import type { Host } from "./host";

export type { Answer, Call, Host } from "./host";

/** The host that the page was built for, or runs in. The conditions are constants: other hosts are not in the build. */
export async function openHost(): Promise<Host> {
  if (import.meta.env.MODE === "forge") return (await import("./forge")).forgeHost();
  if (import.meta.env.MODE === "development") return (await import("./dev")).devHost();
  if (window.AP === undefined) throw new Error("This page is opened from Jira: Apps > Manage apps > Duplex.");
  return connectHost(window.AP);
}
