import { stripVTControlCharacters } from "node:util";
import type { FullResult, Reporter, TestCase, TestResult } from "@playwright/test/reporter";

/** What went wrong, once more and last: the end of a log is what people see first. */
export default class Last implements Reporter {
  private readonly failed: string[] = [];

  onTestEnd(test: TestCase, { status, errors, duration }: TestResult): void {
    if (status === test.expectedStatus || status === "skipped") return;
    const words = errors.map(({ message, snippet, location }) =>
      [message, snippet, location && `${location.file}:${String(location.line)}`].filter(Boolean).join("\n"),
    );
    const story = test.titlePath().filter(Boolean).join(" > ");
    this.failed.push(`${story} (${status} after ${String(duration)} ms)\n${stripVTControlCharacters(words.join("\n"))}`);
  }

  onEnd(_: FullResult): void {
    if (this.failed.length > 0) console.log(`\nFailed:\n\n${this.failed.join("\n\n")}`);
  }

  printsToStdio(): boolean {
    return false;
  }
}
