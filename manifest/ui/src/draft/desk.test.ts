import { expect, test } from "vitest";
import { Failure } from "../api/client";
import type { DraftRow } from "../api/rows";
import { emptyConfig } from "../host/dev/config";
import type { Config } from "../core/generated";
import { Desk, type Shelf } from "./desk";

/** A shelf that others use, too, and that can be out of reach. */
class Kept implements Shelf {
  row: DraftRow = { version: 0, author: null, author_name: null, at: null, config: emptyConfig("start") };
  saves = 0;
  broken = false;

  load() {
    return Promise.resolve(this.row);
  }

  save(version: number, config: Config) {
    this.saves += 1;
    if (this.broken) return Promise.reject(new Failure("unreachable", "no answer", "try again"));
    if (version !== this.row.version) return Promise.reject(new Failure("moved", "moved", "load"));
    this.row = { version: version + 1, author: "me", author_name: "Me", at: 1, config };
    return Promise.resolve(this.row);
  }

  other(name: string) {
    this.row = { version: this.row.version + 1, author: "other", author_name: "Other", at: 2, config: emptyConfig(name) };
  }
}

function desk() {
  const shelf = new Kept();
  const edited = new Desk(shelf, shelf.row, 60_000);
  const type = (name: string) => {
    edited.edit((config) => ({ ...config, name }));
  };
  return { shelf, edited, type };
}

test("several edits are one save", async () => {
  const { shelf, edited, type } = desk();
  type("one");
  type("two");
  expect(edited.now().saving.is).toBe("unsaved");
  await edited.flush();
  expect([shelf.saves, shelf.row.config.name, edited.now().saving.is, edited.now().version]).toEqual([1, "two", "saved", 1]);
});

test("what is typed while a save is under way is saved after it", async () => {
  const { shelf, edited, type } = desk();
  type("one");
  const flight = edited.flush();
  type("two");
  await flight;
  expect([shelf.saves, shelf.row.config.name, edited.now().version]).toEqual([2, "two", 2]);
});

test("nothing typed is lost on a failed call, and it can be tried again", async () => {
  const { shelf, edited, type } = desk();
  shelf.broken = true;
  type("one");
  await expect(edited.flush()).rejects.toThrow("no answer");
  expect([edited.now().saving.is, edited.now().config.name]).toEqual(["failed", "one"]);
  shelf.broken = false;
  await edited.flush();
  expect(shelf.row.config.name).toBe("one");
});

test("another one's draft is not overwritten unasked", async () => {
  const { shelf, edited, type } = desk();
  shelf.other("theirs");
  type("mine");
  await expect(edited.flush()).rejects.toThrow("moved");
  type("mine, further");
  await expect(edited.flush()).rejects.toThrow("Somebody else");
  expect([shelf.row.config.name, edited.now().config.name]).toEqual(["theirs", "mine, further"]);
  await edited.keepMine();
  expect([shelf.row.config.name, edited.now().saving.is]).toEqual(["mine, further", "saved"]);
});

test("what others keep is taken only where nothing of ours is unsaved", async () => {
  const { shelf, edited, type } = desk();
  shelf.other("theirs");
  await edited.look();
  expect([edited.now().config.name, edited.now().taken]).toEqual(["theirs", true]);
  shelf.other("theirs again");
  type("mine");
  await edited.look();
  expect(edited.now().config.name).toBe("mine");
});
