import Button from "@atlaskit/button/new";
import { useState } from "react";
import { useApi } from "../../api/context";
import type { InvitationRow, ProjectRow } from "../../api/rows";
import { useGet } from "../../api/use-get";
import { Dialog } from "../../ui/Dialog";
import { Failed } from "../../ui/Failed";
import { When } from "../../ui/When";

const REFRESH_MS = 10_000;

/** The invitations of this site that nobody has accepted yet, each to be withdrawn. */
export function OpenInvitations() {
  const api = useApi();
  const open = useGet<InvitationRow[]>("/invitations", REFRESH_MS);
  const some = open.data !== undefined && open.data.length > 0;
  const projects = useGet<ProjectRow[]>(some ? "/projects" : null);
  const [asks, setAsks] = useState<InvitationRow | null>(null);
  if (open.failure !== undefined) return <Failed failure={open.failure} again={open.reload} />;
  if (open.data === undefined || !some) return null;
  return (
    <section aria-labelledby="open-invitations">
      <h2 id="open-invitations">Open invitations</h2>
      <ul className="plain">
        {open.data.map((row) => (
          <li key={row.id} className="head-row">
            <div>
              <b>{row.name}</b>
              <p className="help">
                {projects.data?.find((project) => project.id === row.project)?.key ?? `Project ${row.project}`}, made{" "}
                <When at={row.created} />
                {row.author_name !== null && ` by ${row.author_name}`}, runs out <When at={row.expires} />
              </p>
            </div>
            <Button aria-label={`Withdraw ${row.name}`} onClick={() => { setAsks(row); }}>
              Withdraw
            </Button>
          </li>
        ))}
      </ul>
      {asks !== null && (
        <Dialog
          open
          close={() => { setAsks(null); }}
          title={`Withdraw ${asks.name}?`}
          verb="Withdraw"
          danger
          ready
          act={async () => {
            await api.delete(`/invitations/${encodeURIComponent(asks.id)}`);
            open.reload();
          }}
        >
          <p>Its token opens nothing any more, also where it was sent already. You can invite again at any time.</p>
        </Dialog>
      )}
    </section>
  );
}
