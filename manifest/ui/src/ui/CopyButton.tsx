import Button from "@atlaskit/button/new";
import Copy from "@atlaskit/icon/core/copy";
import { useState } from "react";

/** Copies a text. A frame may be denied the clipboard, and then says so. */
export function CopyButton({ text, label = "Copy" }: { text: string; label?: string }) {
  const [said, setSaid] = useState("");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid("Copied");
    } catch {
      setSaid("Your browser does not let this page copy: select the text and copy it.");
    }
  };
  return (
    <span className="copy">
      <Button iconBefore={Copy} onClick={() => void copy()}>
        {label}
      </Button>
      <span role="status">{said}</span>
    </span>
  );
}
