import type { Host } from "./host";

/** The part of `@forge/bridge` that is used. It is installed for the Forge build alone. */
interface Bridge {
  invokeRemote(request: {
    path: string;
    method: string;
    headers?: Record<string, string>;
    body?: unknown;
  }): Promise<{ status: number; body: unknown }>;
  view: {
    getContext(): Promise<{ extension?: { issue?: { id?: string } } }>;
    theme: { enable(): Promise<void> };
  };
  showFlag(flag: { id: string; title: string; type: "info"; isAutoDismiss: true }): void;
  router: { open(url: string): Promise<void> };
}

export async function forgeHost(): Promise<Host> {
  const name = "@forge/bridge";
  const bridge = (await import(name)) as Bridge;
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
    leaveFor: (url) => void bridge.router.open(url),
  };
}
