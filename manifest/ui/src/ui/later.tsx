import { useEffect, useState, type ComponentType } from "react";
import { Failure } from "../api/client";
import { Failed } from "./Failed";
import { Busy } from "./Loaded";

/**
 * A part of the page that is fetched when it is first shown. Where that fails, its place says so and offers to try
 * again, and everything around it stays; React's own `lazy` would keep the failure for good.
 */
export function later<P extends object>(what: string, load: () => Promise<{ default: ComponentType<P> }>): ComponentType<P> {
  let fetched: { Part?: ComponentType<P> } = {};
  return function Later(props: P) {
    const [{ Part, failure }, put] = useState<{ Part?: ComponentType<P>; failure?: Failure }>(fetched);
    const [turn, setTurn] = useState(0);
    useEffect(() => {
      if (fetched.Part !== undefined) return;
      let gone = false;
      void load().then(
        ({ default: Part }) => {
          fetched = { Part };
          if (!gone) put(fetched);
        },
        () => {
          if (!gone) put({ failure: lost(what) });
        },
      );
      return () => {
        gone = true;
      };
    }, [turn]);
    if (Part !== undefined) return <Part {...props} />;
    if (failure === undefined) return <Busy what={what} />;
    const again = () => {
      put({});
      setTurn((n) => n + 1);
    };
    return <Failed failure={failure} again={again} />;
  };
}

function lost(what: string): Failure {
  return new Failure(
    "unreachable",
    `Loading ${what} failed.`,
    "See whether you are online, and try again. If that does not help, Duplex was renewed meanwhile: load Jira's page again.",
  );
}
