import { expect, test } from "vitest";
import { relative, span } from "./time";

test.each([
  [0, "just now"],
  [-59_999, "just now"],
  [-60_000, "1 minute ago"],
  [-3 * 3_600_000 - 5, "3 hours ago"],
  [-86_400_000, "yesterday"],
  [6 * 86_400_000, "in 6 days"],
])("%d ms away", (away, words) => {
  expect(relative(1_000_000 + away, 1_000_000)).toBe(words);
});

test.each([
  [0, "0 s"],
  [1, "1 s"],
  [59_000, "59 s"],
  [61_000, "2 min"],
  [3_600_000, "1 h"],
  [90_000_000, "2 d"],
])("a span of %d ms", (ms, words) => {
  expect(span(ms)).toBe(words);
});
