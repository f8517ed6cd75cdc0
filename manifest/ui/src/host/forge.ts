import type { Host } from "./host";

/** Forge's frame. The bridge is loaded here and nowhere else, so that no other build holds it. */
export async function forgeHost(): Promise<Host> {
  const bridge = await import("@forge/bridge");
  return {
    // Forge signs each call anew, so no token can run out.
    send: async ({ method, path, body }) => {
      const headers = { "Content-Type": "application/json" };
      const answer = await bridge.invokeRemote({ path: `/api/v1${path}`, method, headers, body });
      const text = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body ?? null);
      return { status: answer.status, text };
    },
    issue: async () => (await bridge.view.getContext()).extension?.issue?.id ?? null,
    followTheme: () => void bridge.view.theme.enable(),
    // Forge sizes the frame itself.
    fit: () => undefined,
    flag: (title) => {
      bridge.showFlag({ id: title, title, type: "info", isAutoDismiss: true });
    },
  };
}
