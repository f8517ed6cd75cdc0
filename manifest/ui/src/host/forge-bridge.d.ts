/** The part of `@forge/bridge` that is used. It is installed for the Forge build alone; see README.md. */
declare module "@forge/bridge" {
  interface Remote {
    path: string;
    method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
    headers?: Record<string, string>;
    body?: unknown;
  }
  export function invokeRemote(request: Remote): Promise<{ status: number; body?: unknown }>;
  export function showFlag(flag: { id: string; title: string; type: "info"; isAutoDismiss: boolean }): void;
  export const view: {
    getContext(): Promise<{ extension?: { issue?: { id?: string } } }>;
    theme: { enable(): Promise<void> };
  };
}
