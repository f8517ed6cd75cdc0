const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];
const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** `3 minutes ago`, `in 6 days`; below a minute `just now`. */
export function relative(at: number, now: number): string {
  const away = at - now;
  for (const [unit, ms] of UNITS) {
    if (Math.abs(away) >= ms) return RELATIVE.format(Math.trunc(away / ms), unit);
  }
  return "just now";
}

/** The time to the minute, in the reader's own zone. */
export function absolute(at: number): string {
  return new Date(at).toLocaleString("en", { dateStyle: "medium", timeStyle: "short" });
}

/** `2 s`, `4 min`, `3 h`, `2 d`: how long, rounded up. */
export function span(ms: number): string {
  if (ms < 60_000) return `${Math.ceil(ms / 1000)} s`;
  if (ms < 3_600_000) return `${Math.ceil(ms / 60_000)} min`;
  if (ms < 86_400_000) return `${Math.ceil(ms / 3_600_000)} h`;
  return `${Math.ceil(ms / 86_400_000)} d`;
}
