// The synchronizations that the viewer may administer, as the server lists them.

AP.context.getToken(async (token) => {
  const note = document.getElementById("note");
  try {
    const answer = await fetch("../api/v1/syncs", { headers: { Authorization: `JWT ${token}` } });
    const body = await answer.json();
    if (!answer.ok) {
      note.textContent = `${body.error.message} ${body.error.remedy}`;
      return;
    }
    note.textContent = body.length === 0 ? "There is none that you may administer." : "";
    show(body);
  } catch (failure) {
    note.textContent = `The server did not answer: ${failure.message}`;
  }
});

function show(syncs) {
  const table = document.getElementById("syncs");
  table.hidden = syncs.length === 0;
  table.tBodies[0].replaceChildren(...syncs.map(row));
}

function row(sync) {
  const { waiting, lag_ms: lag, parked } = sync.health;
  const cells = [sync.name, sync.state, sync.version, waiting, `${Math.ceil(lag / 1000)} s`, parked, draft(sync)];
  const line = document.createElement("tr");
  for (const text of cells) {
    line.insertCell().textContent = text;
  }
  return line;
}

function draft(sync) {
  if (sync.awaits === null) {
    return "";
  }
  return sync.mine.includes(sync.awaits) ? "received" : "sent";
}
