import "@atlaskit/css-reset";
import { setGlobalTheme } from "@atlaskit/tokens/set-global-theme";
import type { ReactNode } from "react";
import { createRoot } from "react-dom/client";
import { failure } from "./api/client";
import { openHost } from "./host";
import { App } from "./ui/App";
import { Failed } from "./ui/Failed";
import "./ui/page.css";

/** Light and dark are both there; the site's own choice decides, and without one the reader's system. */
function theme() {
  return setGlobalTheme({ colorMode: "auto", light: "light", dark: "dark", spacing: "spacing", typography: "typography" });
}

export async function start(as: "page" | "panel", page: ReactNode): Promise<void> {
  const place = document.getElementById("page");
  if (place === null) return;
  place.dataset.as = as;
  const root = createRoot(place);
  try {
    const [host] = await Promise.all([openHost(), theme()]);
    host.followTheme();
    keepTheme();
    host.fit(as);
    // Not in strict mode: Atlaskit's portals, rendered twice, stay empty (menus and dialogs would not open).
    root.render(<App host={host}>{page}</App>);
  } catch (error) {
    root.render(<Failed failure={failure(error)} />);
  }
}

/** Sizes and letters by the names of our own tokens; a site knows older ones, which we have not. */
const OURS = ["spacing:spacing", "typography:typography"];

/** The site's colours are taken over. One that says nothing of themes takes the attribute away, with all that is ours. */
function keepTheme() {
  const html = document.documentElement;
  new MutationObserver(() => {
    const said = html.dataset.theme?.split(" ");
    if (said === undefined) void theme();
    else if (!OURS.every((part) => said.includes(part))) {
      html.dataset.theme = [...said.filter((part) => !/^(spacing|typography):/.test(part)), ...OURS].join(" ");
    }
  }).observe(html, { attributeFilter: ["data-theme"] });
}
