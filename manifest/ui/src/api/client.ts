import type { Call, Host } from "../host";
import type { Finding } from "../core/generated";

/** Why a call did nothing, in words for an admin. */
export class Failure extends Error {
  constructor(
    /** A stable name: `moved`, `findings`, `not_found`; `unreachable` where no answer came. */
    readonly code: string,
    message: string,
    readonly remedy: string,
    readonly findings: Finding[] = [],
  ) {
    super(message);
    this.name = "Failure";
  }
}

/** So often is a call made that the server had no time for; it did nothing then. */
const TRIES_MAX = 3;
const PAUSE_MS = 400;

/** The API, in the name of whoever looks at the page. Every failure is a [`Failure`]. */
export class Client {
  constructor(private readonly host: Host) {}

  get<T>(path: string): Promise<T> {
    return this.call({ method: "GET", path });
  }

  post<T = undefined>(path: string, body: unknown = {}): Promise<T> {
    return this.call({ method: "POST", path, body });
  }

  put<T>(path: string, body: unknown): Promise<T> {
    return this.call({ method: "PUT", path, body });
  }

  patch<T>(path: string, body: unknown): Promise<T> {
    return this.call({ method: "PATCH", path, body });
  }

  delete(path: string): Promise<undefined> {
    return this.call({ method: "DELETE", path });
  }

  /** The configuration file, which is TOML. */
  async text(path: string): Promise<string> {
    return (await this.answer({ method: "GET", path })).text;
  }

  private async call<T>(call: Call): Promise<T> {
    const { text } = await this.answer(call);
    return (text === "" ? undefined : JSON.parse(text)) as T;
  }

  private async answer(call: Call) {
    for (let tries = 1; ; tries += 1) {
      const answer = await this.host.send(call).catch(unreachable);
      if (answer.status < 300) return answer;
      if (answer.status !== 503 || tries === TRIES_MAX) throw refusal(answer.status, answer.text);
      await new Promise((go) => setTimeout(go, PAUSE_MS * tries));
    }
  }
}

function unreachable(error: unknown): never {
  const why = error instanceof Error ? error.message : String(error);
  throw new Failure("unreachable", `The server did not answer: ${why}.`, "See whether you are online, and try again.");
}

/** The server's own words; of an answer that is none of its own, the status. */
function refusal(status: number, text: string): Failure {
  try {
    const { error } = JSON.parse(text) as {
      error: { code: string; message: string; remedy: string; findings?: Finding[] };
    };
    return new Failure(error.code, error.message, error.remedy, error.findings);
  } catch {
    return new Failure(`http_${status}`, `The server answered with status ${status}.`, "Try again in a moment.");
  }
}

/** Whatever was thrown, as words for the page. */
export function failure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new Failure("page", `The page failed: ${why}.`, "Load it again; nothing that was saved is lost.");
}
