import Spinner from "@atlaskit/spinner";
import { useEffect, useState } from "react";
import { failure as failed, type Failure } from "../../../../api/client";
import { useApi, useGround } from "../../../../api/context";
import type { Checked, DraftRow, Effects, PublishRow } from "../../../../api/rows";
import { useStanding, useWork } from "../../../../draft/context";
import { Dialog } from "../../../../ui/Dialog";
import { Failed } from "../../../../ui/Failed";
import { Changes } from "./Changes";
import { EffectList } from "./EffectList";
import { Findings } from "./Findings";
import { Widens } from "./Widens";

interface Looked {
  checked: Checked;
  effects: Effects | Failure;
}

/** *Publish draft*: what it changes and what it does, and then it counts, or waits for the partner. */
export function Publish({ close, changed }: { close: () => void; changed: () => void }) {
  const { sync, desk } = useWork();
  const { host } = useGround();
  const api = useApi();
  const { version } = useStanding();
  const at = `/syncs/${encodeURIComponent(sync.id)}`;
  const [turn, setTurn] = useState(0);
  const [looked, setLooked] = useState<Looked | null>(null);
  const [why, setWhy] = useState<Failure | null>(null);

  useEffect(() => {
    let gone = false;
    const look = async () => {
      await desk.flush();
      const effects = api.post<Effects>(`${at}/draft/effects`).catch(failed);
      const checked = await api.post<Checked>(`${at}/draft/check`);
      return { checked, effects: await effects };
    };
    look().then(
      (said) => {
        if (!gone) setLooked(said);
      },
      (error: unknown) => {
        if (!gone) setWhy(failed(error));
      },
    );
    return () => {
      gone = true;
    };
  }, [api, at, desk, turn]);

  const publish = async () => {
    const row = await api.post<PublishRow>(`${at}/draft/publish`, { version });
    host.flag(row.is === "published" ? `Version ${row.version} is published` : "Draft sent");
    desk.take(await api.get<DraftRow>(`${at}/draft`));
    changed();
  };
  const again = () => {
    setWhy(null);
    setTurn((n) => n + 1);
  };
  const foreign = (["a", "b"] as const).filter((side) => !sync.mine.includes(side));
  const sends = looked !== null && foreign.some((side) => looked.checked.widens[side].length > 0);
  return (
    <Dialog
      open
      close={close}
      title="Publish draft"
      verb={sends ? "Send draft" : "Publish"}
      ready={looked !== null && !looked.checked.refused}
      act={publish}
      width="large"
    >
      {why !== null && <Failed failure={why} again={again} />}
      {looked === null && why === null && (
        <p className="busy" role="status">
          <Spinner size="small" label="" /> Asking both sites what it would do
        </p>
      )}
      {looked !== null && <Shown looked={looked} first={sync.version === 0} again={again} />}
    </Dialog>
  );
}

function Shown({ looked: { checked, effects }, first, again }: { looked: Looked; first: boolean; again: () => void }) {
  return (
    <>
      {checked.refused && <p className="bad">It has errors and can’t be published. Mend them first.</p>}
      <Findings findings={checked.findings} />
      <Widens widens={checked.widens} />
      <h2>What changes</h2>
      {first && <p>It is the first version: nothing was mirrored before it.</p>}
      {!first && checked.changes.length === 0 && <p>Nothing differs from what is published.</p>}
      <Changes changes={checked.changes} />
      <h2>What it does</h2>
      {"remedy" in effects ? <Failed failure={effects} again={again} /> : <EffectList effects={effects} />}
    </>
  );
}
