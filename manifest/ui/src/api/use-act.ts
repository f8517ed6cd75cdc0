import { useCallback, useEffect, useRef, useState } from "react";
import { failure, type Failure } from "./client";

/** Something that a button does, watched: it runs once at a time, and a failure can be tried again. */
export interface Act {
  run: (act: () => Promise<void>) => Promise<void>;
  busy: boolean;
  failure: Failure | undefined;
  again: () => void;
  forget: () => void;
}

export function useAct(): Act {
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<{ why: Failure; act: () => Promise<void> }>();
  const here = useRef(true);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
    };
  }, []);

  const run = useCallback(async (act: () => Promise<void>) => {
    setBusy(true);
    setFailed(undefined);
    try {
      await act();
    } catch (error) {
      if (here.current) setFailed({ why: failure(error), act });
    } finally {
      if (here.current) setBusy(false);
    }
  }, []);
  const again = () => {
    if (failed !== undefined) void run(failed.act);
  };
  const forget = () => {
    setFailed(undefined);
  };
  return { run, busy, failure: failed?.why, again, forget };
}
