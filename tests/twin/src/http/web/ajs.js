// What Connect's host takes from Atlassian's own pages: jQuery, and the short notices in the corner, which are called
// flags there.
window.AJS = {
  $: window.jQuery,
  escapeHtml: (text) => new Option(String(text ?? "")).innerHTML,

  // One notice, in words that were escaped before; the answer is its element, which can be closed.
  flag: ({ type, title, body, close }) => {
    const flag = document.createElement("div");
    flag.className = `flag ${type}`;
    const words = document.createElement("div");
    words.append(Object.assign(document.createElement("b"), { textContent: title ?? "" }));
    words.append(Object.assign(document.createElement("div"), { innerHTML: body ?? "" }));
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
    button.setAttribute("aria-label", "Dismiss");
    flag.close = () => {
      if (!flag.isConnected) return;
      AJS.$(flag).trigger("aui-flag-close");
      flag.remove();
    };
    button.addEventListener("click", flag.close);
    flag.append(words, button);
    AJS.flags().append(flag);
    if (close === "auto") setTimeout(flag.close, 5_000);
    return flag;
  },

  // The corner where they stand: there before the first, so that screen readers hear it come.
  flags: () => document.getElementById("flags"),
};
document.body.insertAdjacentHTML("beforeend", '<div id="flags" role="status"></div>');
