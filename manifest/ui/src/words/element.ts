import type { Element, ProjectSchema, Sides } from "../core/generated";
import { fieldName } from "./names";

/** `the issue`, `comment 10210`, `Priority`; a field by its id where nobody said what the projects offer. */
export function elementWords(element: Element, schemas?: Sides<ProjectSchema>): string {
  if (element.element === "issue") return "the issue";
  if (element.element === "comment") return `comment ${element.id}`;
  return pairWords(element.pair, schemas);
}

/** The fields of a pair such as `summary=summary`. */
export function pairWords(pair: string, schemas?: Sides<ProjectSchema>): string {
  const [a = "", b = a] = pair.split("=");
  const [nameA, nameB] = schemas === undefined ? [a, b] : [fieldName(schemas.a, a), fieldName(schemas.b, b)];
  return nameA === nameB ? nameA : `${nameA} and ${nameB}`;
}
