/** `1 issue`, `2 issues`, `no issues`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n === 0 ? "no" : n.toLocaleString("en")} ${n === 1 ? one : many}`;
}
