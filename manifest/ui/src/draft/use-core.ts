import { useEffect, useState } from "react";
import { failure, type Failure } from "../api/client";

/** A module of the core, which the page loads once by `load`; `again` after a failure. */
export function useCore<M>(load: () => Promise<M>): { core?: M; failure?: Failure; again: () => void } {
  const [state, setState] = useState<{ core?: M; failure?: Failure }>({});
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let gone = false;
    load().then(
      (core) => {
        if (!gone) setState({ core });
      },
      (error: unknown) => {
        if (!gone) setState({ failure: failure(error) });
      },
    );
    return () => {
      gone = true;
    };
  }, [load, turn]);
  const again = () => {
    setTurn((n) => n + 1);
  };
  return { ...state, again };
}
