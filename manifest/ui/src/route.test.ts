import { expect, test } from "vitest";
import { parse, syncHref } from "./route";

test.each([
  ["", { at: "syncs" }],
  ["#/", { at: "syncs" }],
  ["#/new", { at: "new" }],
  ["#/accept", { at: "accept" }],
  ["#/sync/", { at: "syncs" }],
  ["#/sync/s1", { at: "sync", sync: "s1", room: "configure", rest: "" }],
  ["#/sync/s1/nowhere", { at: "sync", sync: "s1", room: "configure", rest: "" }],
  ["#/sync/s1/activity", { at: "sync", sync: "s1", room: "activity", rest: "" }],
])("%s", (hash, route) => {
  expect(parse(hash)).toEqual(route);
});

test("what is written is read again", () => {
  expect(parse(syncHref("a/b", "preview", "HELP-1"))).toEqual({
    at: "sync",
    sync: "a/b",
    room: "preview",
    rest: "HELP-1",
  });
});
