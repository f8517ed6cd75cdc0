import Button from "@atlaskit/button/new";
import { useMemo, useState } from "react";
import { useApi, useGround } from "../../../../api/context";
import { useAct } from "../../../../api/use-act";
import { useStanding, useWork } from "../../../../draft/context";
import { go, syncHref } from "../../../../route";
import { Failed } from "../../../../ui/Failed";
import { Findings } from "./Findings";
import { Moved } from "./Moved";
import { More } from "./More";
import { Publish } from "./Publish";
import { Standing } from "./Standing";

/** The bar over all tabs: how the draft stands, what is to be said about it, and what can be done with it. */
export function DraftBar({ changed }: { changed: () => void }) {
  const { sync, judge, desk } = useWork();
  const standing = useStanding();
  const { host } = useGround();
  const api = useApi();
  const start = useAct();
  const [publishing, setPublishing] = useState(false);
  const findings = useMemo(() => judge(standing.config), [judge, standing.config]);
  const running = sync.state === "running";
  const press = () =>
    start.run(async () => {
      await api.post(`/syncs/${encodeURIComponent(sync.id)}/${running ? "stop" : "start"}`);
      host.flag(`${sync.name} is ${running ? "stopped" : "started"}`);
      changed();
    });
  return (
    <section className="bar" aria-label="Draft">
      <div className="bar-row">
        <Standing standing={standing} again={() => void desk.flush().catch(() => undefined)} version={sync.version} />
        <div className="buttons">
          <Button
            appearance={standing.version > 0 ? "primary" : "default"}
            onClick={() => { setPublishing(true); }}
            isDisabled={standing.version === 0 && standing.saving.is === "saved"}
          >
            Publish draft
          </Button>
          <Button
            appearance={!running && sync.version > 0 && standing.version === 0 ? "primary" : "default"}
            onClick={() => void press()}
            isLoading={start.busy}
            isDisabled={!running && sync.version === 0}
          >
            {running ? "Stop" : "Start"}
          </Button>
          <Button onClick={() => { go(syncHref(sync.id, "history")); }}>History</Button>
          <More changed={changed} />
        </div>
      </div>
      {standing.saving.is === "moved" && <Moved theirs={standing.saving.theirs} />}
      {start.failure !== undefined && <Failed failure={start.failure} again={start.again} />}
      <Findings findings={findings} />
      {publishing && <Publish close={() => { setPublishing(false); }} changed={changed} />}
    </section>
  );
}
