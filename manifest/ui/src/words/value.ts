import type { Value } from "../core/generated";
import { absolute } from "./time";

/** A value as people read it; rich text as its words. */
export function valueWords(value: Value): string {
  switch (value.type) {
    case "empty":
      return "empty";
    case "rich":
      return docWords(value.value);
    case "choice":
      return value.value.name;
    case "choices":
      return value.value.map(({ name }) => name).join(", ");
    case "labels":
      return value.value.join(", ");
    case "person":
      return value.value.name;
    case "people":
      return value.value.map(({ name }) => name).join(", ");
    case "date_time":
      return absolute(value.value);
    case "number":
      return String(value.value);
    case "text":
    case "wiki":
    case "date":
    case "other":
      return value.value;
  }
}

/** The words of a document, in their order. */
export function docWords(node: unknown): string {
  if (typeof node !== "object" || node === null) return "";
  const { text, content } = node as { text?: unknown; content?: unknown };
  if (typeof text === "string") return text;
  return Array.isArray(content) ? content.map(docWords).filter((words) => words !== "").join(" ") : "";
}
