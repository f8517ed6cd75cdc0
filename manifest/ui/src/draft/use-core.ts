import { useEffect, useState } from "react";
import { failure, type Failure } from "../api/client";
import { loadCore, type Core } from "../core";

/** The core, which the page loads once; `again` after a failure. */
export function useCore(): { core?: Core; failure?: Failure; again: () => void } {
  const [state, setState] = useState<{ core?: Core; failure?: Failure }>({});
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let gone = false;
    loadCore().then(
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
  }, [turn]);
  const again = () => {
    setTurn((n) => n + 1);
  };
  return { ...state, again };
}
