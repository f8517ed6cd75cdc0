/** One call of the API, relative to `/api/v1`: `{ method: "GET", path: "/syncs" }`. */
export interface Call {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  body?: unknown;
}

export interface Answer {
  status: number;
  text: string;
}

/** What stands around the page. The page does not know which one it is. */
export interface Host {
  /** Sends a call with a proof of who looks at the page; throws where no answer came. */
  send(call: Call): Promise<Answer>;
  /** The id of the issue that the panel stands on. */
  issue(): Promise<string | null>;
  /** Asks for light or dark as the site has it, now and later. */
  followTheme(): void;
  /** The page takes the place it has; the panel's frame grows and shrinks with what it holds. */
  fit(as: "page" | "panel"): void;
  /** A short notice of the site itself. */
  flag(title: string): void;
}
