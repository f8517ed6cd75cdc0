import Button from "@atlaskit/button/new";
import { useState } from "react";
import { useApi } from "../../../api/context";
import type { Verified } from "../../../api/rows";
import { useAct } from "../../../api/use-act";
import type { Side } from "../../../core/generated";
import { useWork } from "../../../draft/context";
import { Failed } from "../../../ui/Failed";
import { count } from "../../../words/plural";

/** *Verify*: how many issues a JQL finds, and which, as the site says now. */
export function Verify({ side, jql }: { side: Side; jql: string | null }) {
  const api = useApi();
  const { sync } = useWork();
  const { run, busy, failure } = useAct();
  const [asked, setAsked] = useState<string | null>(null);
  const [found, setFound] = useState<(Verified & { jql: string | null }) | null>(null);
  const verify = () =>
    run(async () => {
      setAsked(jql);
      setFound({ ...(await api.post<Verified>(`/syncs/${encodeURIComponent(sync.id)}/scope/verify`, { side, jql })), jql });
    });
  const shown = found !== null && found.jql === jql ? found : null;
  return (
    <div className="verify">
      <Button onClick={() => void verify()} isLoading={busy}>
        Verify
      </Button>
      {failure !== undefined && asked === jql && <Failed failure={failure} again={() => void verify()} />}
      <div role="status">
        {shown !== null && (
          <>
            <p>
              <b>{count(shown.count, "issue")}</b> in scope now{shown.examples.length > 0 ? ", among them:" : "."}
            </p>
            <ul>
              {shown.examples.map(({ key, summary }) => (
                <li key={key}>
                  {key} <span className="subtle">{summary}</span>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </div>
  );
}
