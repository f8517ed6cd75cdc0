import type { Config, FieldRule, Side, SideConfig, Sides, Wins } from "../core/generated";

/** The configuration is kept per sending side; people see pairs with arrows. */
export type Direction = "both" | "a" | "b";

export function direction(leaves: Sides<boolean>): Direction {
  if (leaves.a && leaves.b) return "both";
  return leaves.a ? "a" : "b";
}

export function leaves(direction: Direction, side: Side): boolean {
  return direction === "both" || direction === side;
}

export function other(side: Side): Side {
  return side === "a" ? "b" : "a";
}

export const SIDES: Side[] = ["a", "b"];

/** The same configuration with another part on one side. */
export function withSide(config: Config, side: Side, change: Partial<SideConfig>): Config {
  return { ...config, sides: { ...config.sides, [side]: { ...config.sides[side], ...change } } };
}

/** A pair of issue types: the rule on either side, by its place in that side's list. */
export interface TypePair {
  a: string;
  b: string;
  at: Sides<number | null>;
}

export function typePairs(config: Config): TypePair[] {
  const pairs: TypePair[] = config.sides.a.issue_types.map(({ from, to }, n) => ({ a: from, b: to, at: { a: n, b: null } }));
  config.sides.b.issue_types.forEach(({ from, to }, n) => {
    const back = pairs.find((pair) => pair.a === to && pair.b === from && pair.at.b === null);
    if (back === undefined) pairs.push({ a: to, b: from, at: { a: null, b: n } });
    else back.at.b = n;
  });
  return pairs;
}

/** The pair goes this way; `null` takes it out. */
export function setTypePair(config: Config, pair: { a: string; b: string }, way: Direction | null): Config {
  return SIDES.reduce((done, side) => {
    const rule = { from: pair[side], to: pair[other(side)] };
    const rules = done.sides[side].issue_types;
    const there = rules.some(({ from, to }) => from === rule.from && to === rule.to);
    const wanted = way !== null && leaves(way, side);
    if (there === wanted) return done;
    const next = wanted ? [...rules, rule] : rules.filter(({ from, to }) => from !== rule.from || to !== rule.to);
    return withSide(done, side, { issue_types: next });
  }, config);
}

/** A pair of fields: the rule that leaves either side, and its place in that side's list. */
export interface FieldRow {
  a: string;
  b: string;
  rules: Sides<FieldRule | null>;
  at: Sides<number | null>;
}

export function fieldRows(config: Config): FieldRow[] {
  const rows: FieldRow[] = config.sides.a.fields.map((rule, n) => ({
    a: rule.from,
    b: rule.to,
    rules: { a: rule, b: null },
    at: { a: n, b: null },
  }));
  config.sides.b.fields.forEach((rule, n) => {
    const back = rows.find((row) => row.a === rule.to && row.b === rule.from && row.at.b === null);
    if (back === undefined) {
      rows.push({ a: rule.to, b: rule.from, rules: { a: null, b: rule }, at: { a: null, b: n } });
    } else {
      back.rules.b = rule;
      back.at.b = n;
    }
  });
  return rows;
}

/** Puts the rules where the row's old ones stood; new ones come last, `null` takes one out. */
export function setFieldRow(config: Config, at: Sides<number | null>, rules: Sides<FieldRule | null>): Config {
  return SIDES.reduce((done, side) => {
    const fields = [...done.sides[side].fields];
    const place = at[side];
    const rule = rules[side];
    if (place === null) {
      if (rule === null) return done;
      fields.push(rule);
    } else {
      fields.splice(place, 1, ...(rule === null ? [] : [rule]));
    }
    return withSide(done, side, { fields });
  }, config);
}

export function winsOf(config: Config, a: string, b: string): Wins {
  return config.conflicts.find((one) => one.a === a && one.b === b)?.wins ?? "newest";
}

/** The newest wins where nothing is said. */
export function setWins(config: Config, a: string, b: string, wins: Wins): Config {
  if (winsOf(config, a, b) === wins) return config;
  const others = config.conflicts.filter((one) => one.a !== a || one.b !== b);
  return { ...config, conflicts: wins === "newest" ? others : [...others, { a, b, wins }] };
}
