// Opens the frames of apps with Connect's own host, and answers what they ask of Jira.
(() => {
  const frames = [...document.querySelectorAll("[data-ac-key]")];
  const frameOf = (key) => frames.find((frame) => frame.dataset.acKey === key);
  // The host hands a frame's callback over as the last argument, with the frame that asks.
  const ask = (give) =>
    function () {
      const take = arguments[arguments.length - 1];
      give(frameOf(take._context.extension.key), take);
    };

  connectHost.defineModule("context", {
    getToken: ask(async (frame, take) => {
      const answer = await fetch(frame.dataset.acToken, { headers: { accept: "application/json" } });
      // Who is signed out meanwhile gets no token; the page stays as it is.
      if (answer.ok) take((await answer.json()).token);
    }),
    getContext: ask((frame, take) => take(JSON.parse(frame.dataset.acContext))),
  });
  // `AP.sizeToParent` stands beside the modules: the frame of a page takes what is left of the window.
  connectHost.defineModule({
    sizeToParent: ask((frame) => frame.classList.toggle("full", frame.dataset.acFull !== undefined)),
  });
  connectHost.defineModule("user", {
    getCurrentUser: ask((frame, take) => take({ atlassianAccountId: frame.dataset.acAccount })),
  });

  for (const frame of frames) {
    const { acApp, acKey, acUrl, acFull } = frame.dataset;
    const options = { isFullPage: acFull !== undefined, autoresize: acFull === undefined, widthinpx: true };
    const made = connectHost.create({ addon_key: acApp, key: acKey, url: acUrl, options, width: "100%" });
    const iframe = made.find("iframe").get(0);
    iframe.title = frame.dataset.acTitle;
    frame.append(made.get(0));
  }
})();
