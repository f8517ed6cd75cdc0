import type { Answer, Call, Host } from "./host";

/** The part of `AP`, Connect's own script, that is used. */
interface Connect {
  context: {
    getToken(take: (token: string) => void): void;
    getContext(take: (context: { jira?: { issue?: { id?: string } } }) => void): void;
  };
  sizeToParent?: () => void;
  flag?: { create(flag: { title: string; body: string; type: "info"; close: "auto" }): void };
  theming?: { initializeTheming(): void };
}

declare global {
  interface Window {
    AP?: Connect;
  }
}

/** Jira answers for a token within milliseconds; a frame that lost its Jira never does. */
const TOKEN_WAIT_MS = 10_000;

export function connectHost(ap: Connect): Host {
  const post = async ({ method, path, body }: Call): Promise<Answer> => {
    const headers: Record<string, string> = { Authorization: `JWT ${await token(ap)}` };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
    const answer = await fetch(new URL(`../api/v1${path}`, document.baseURI), init);
    return { status: answer.status, text: await answer.text() };
  };
  return {
    // A token lives for minutes and a page for hours: one that ran out is renewed, and the call made once more.
    send: async (call) => {
      const answer = await post(call);
      return answer.status === 401 ? post(call) : answer;
    },
    issue: () =>
      new Promise((take) => {
        ap.context.getContext((context) => {
          take(context.jira?.issue?.id ?? null);
        });
      }),
    followTheme: () => ap.theming?.initializeTheming(),
    fit: (as) => {
      if (as === "page") ap.sizeToParent?.();
    },
    flag: (title) => ap.flag?.create({ title, body: "", type: "info", close: "auto" }),
  };
}

function token(ap: Connect): Promise<string> {
  return new Promise((take, fail) => {
    const wait = setTimeout(() => {
      fail(new Error("Jira gave no token"));
    }, TOKEN_WAIT_MS);
    ap.context.getToken((text) => {
      clearTimeout(wait);
      take(text);
    });
  });
}
