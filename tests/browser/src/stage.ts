import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { test } from "@playwright/test";

/** Where the stage's processes are. */
export interface Places {
  acme: string;
  globex: string;
  duplex: string;
  operations: string;
  log: string;
}

export const BINARIES = `${process.env.CARGO_TARGET_DIR ?? "../../target"}/${process.env.PROFILE ?? "debug"}`;
const START_MS = 60_000;

/** Two Jira sites and a server for the tests of one file; `mirrors` are configured and running from the start. */
export function stage(...mirrors: string[]): Places {
  const places: Places = { acme: "", globex: "", duplex: "", operations: "", log: "" };
  let process: ChildProcess | undefined;
  test.beforeAll(async () => {
    test.setTimeout(START_MS);
    const args = mirrors.flatMap((mirror) => ["--mirror", mirror]);
    process = spawn(`${BINARIES}/stage`, args, { stdio: ["pipe", "pipe", "inherit"] });
    Object.assign(places, await firstLine(process));
  });
  // The stage ends with its standard input.
  test.afterAll(() => {
    process?.stdin?.end();
  });
  return places;
}

async function firstLine(process: ChildProcess): Promise<Places> {
  if (process.stdout === null) throw new Error("the stage says nothing");
  for await (const line of createInterface({ input: process.stdout })) return JSON.parse(line) as Places;
  throw new Error("the stage ended at its start");
}
