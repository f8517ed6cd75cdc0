import { createElement, Fragment, type ReactNode } from "react";

interface Node {
  type?: string;
  text?: string;
  content?: Node[];
  marks?: { type?: string }[];
  attrs?: Record<string, unknown>;
}

const BLOCKS: Record<string, string> = {
  paragraph: "p",
  heading: "h4",
  bulletList: "ul",
  orderedList: "ol",
  listItem: "li",
  blockquote: "blockquote",
  codeBlock: "pre",
  panel: "div",
  rule: "hr",
  hardBreak: "br",
};
const MARKS: Record<string, string> = { strong: "b", em: "i", code: "code", strike: "s", underline: "u" };

/** A document of Jira, as plainly as it can be shown: links are not followed, pictures are not fetched. */
export function Adf({ doc }: { doc: unknown }) {
  return <div className="adf">{shown(doc as Node, "0")}</div>;
}

function shown(node: Node, key: string): ReactNode {
  if (node.type === "text") return marked(node, key);
  const inner = node.content?.map((child, n) => shown(child, `${key}.${n}`));
  const tag = BLOCKS[node.type ?? ""];
  if (tag === "hr" || tag === "br") return createElement(tag, { key });
  if (tag !== undefined) return createElement(tag, { key }, inner);
  const words = node.attrs?.text;
  return <Fragment key={key}>{inner ?? (typeof words === "string" ? words : null)}</Fragment>;
}

function marked(node: Node, key: string): ReactNode {
  return (node.marks ?? []).reduce<ReactNode>((inside, mark) => {
    const tag = MARKS[mark.type ?? ""];
    return tag === undefined ? inside : createElement(tag, { key }, inside);
  }, <Fragment key={key}>{node.text}</Fragment>);
}
