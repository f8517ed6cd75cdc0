import type { Answer, Call, Host } from "../host";
import { routes } from "./routes";

/** For work on the page without a Jira: answers from a small memory, in the shapes of the API. No build holds it. */
export function devHost(): Host {
  return {
    send: (call) => new Promise((take) => setTimeout(() => { take(answer(call)); }, DELAY_MS)),
    issue: () => Promise.resolve("10001"),
    followTheme: () => undefined,
    fit: () => undefined,
    flag: (title) => {
      console.info(title);
    },
  };
}

const DELAY_MS = 30;

function answer(call: Call): Answer {
  const [path = "", query = ""] = call.path.split("?");
  for (const [method, pattern, handle] of routes) {
    const found = method === call.method ? pattern.exec(path) : null;
    if (found !== null) {
      const said = handle({ parts: found.slice(1).map(decodeURIComponent), query: new URLSearchParams(query), body: call.body });
      return { status: said.status ?? 200, text: said.body === undefined ? "" : JSON.stringify(said.body) };
    }
  }
  const error = { code: "not_found", message: `There is no address ${path} here.`, remedy: "Add it to src/host/dev." };
  return { status: 404, text: JSON.stringify({ error }) };
}
