import { expect, test } from "vitest";
import type { Config, FieldRule } from "../core/generated";
import { emptyConfig } from "../host/dev/config";
import { direction, fieldRows, setFieldRow, setTypePair, typePairs, type Direction } from "./pairs";

const EMPTY = emptyConfig("x");
const types = (config: Config) =>
  typePairs(config).map(({ a, b, at }) => `${a}-${b} ${direction({ a: at.a !== null, b: at.b !== null })}`);

test.each<[Direction | null, string[]]>([
  ["both", ["1-2 both"]],
  ["a", ["1-2 a"]],
  ["b", ["1-2 b"]],
  [null, []],
])("a pair of types goes %s", (way, rows) => {
  const before = setTypePair(EMPTY, { a: "1", b: "2" }, "both");
  const after = setTypePair(before, { a: "1", b: "2" }, way);
  expect(types(after)).toEqual(rows);
  expect(setTypePair(after, { a: "1", b: "2" }, way)).toEqual(after);
});

test("many to one is several rows, and only one of them goes back", () => {
  const config = setTypePair(setTypePair(EMPTY, { a: "1", b: "9" }, "both"), { a: "2", b: "9" }, "a");
  expect(types(config)).toEqual(["1-9 both", "2-9 a"]);
});

const rule = (from: string, to: string): FieldRule => ({ from, to, kind: { as: "passthrough" }, issue_types: null });

test("rules of both sides are one row, wherever they stand", () => {
  const one = setFieldRow(EMPTY, { a: null, b: null }, { a: rule("x", "y"), b: null });
  const two = setFieldRow(one, { a: null, b: null }, { a: rule("s", "s"), b: rule("s", "s") });
  const all = setFieldRow(two, { a: null, b: null }, { a: null, b: rule("y", "x") });
  expect(fieldRows(all).map((row) => row.at)).toEqual([
    { a: 0, b: 1 },
    { a: 1, b: 0 },
  ]);
});

test("a changed row keeps its place, a removed one leaves none", () => {
  const both = { a: rule("s", "s"), b: rule("s", "s") };
  const config = setFieldRow(setFieldRow(EMPTY, { a: null, b: null }, both), { a: null, b: null }, { a: rule("t", "t"), b: null });
  const oneWay = setFieldRow(config, { a: 0, b: 0 }, { a: rule("s", "u"), b: null });
  expect(fieldRows(oneWay).map(({ a, b }) => `${a}-${b}`)).toEqual(["s-u", "t-t"]);
  expect(oneWay.sides.b.fields).toEqual([]);
});
