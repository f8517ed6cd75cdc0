import Spinner from "@atlaskit/spinner";
import type { ReactNode } from "react";
import type { Got } from "../api/use-get";
import { Failed } from "./Failed";

/** What was asked for; a spinner before it is there, and the reason when it is not. */
export function Loaded<T>({ got, what, children }: { got: Got<T>; what: string; children: (data: T) => ReactNode }) {
  return (
    <>
      {got.failure !== undefined && <Failed failure={got.failure} again={got.reload} />}
      {got.data !== undefined && children(got.data)}
      {got.data === undefined && got.failure === undefined && <Busy what={what} />}
    </>
  );
}

export function Busy({ what }: { what: string }) {
  return (
    <p className="busy" role="status">
      <Spinner size="small" label="" /> Loading {what}
    </p>
  );
}
