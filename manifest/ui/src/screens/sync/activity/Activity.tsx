import Button from "@atlaskit/button/new";
import TextField from "@atlaskit/textfield";
import { useState } from "react";
import type { ActivityKind, ActivityLine } from "../../../api/rows";
import { useGet } from "../../../api/use-get";
import type { ProjectSchema, Sides } from "../../../core";
import { syncHref } from "../../../route";
import { Empty } from "../../../ui/Empty";
import { Failed } from "../../../ui/Failed";
import { Field } from "../../../ui/Field";
import { Busy } from "../../../ui/Loaded";
import { projectKey } from "../../../words/site";
import type { RoomProps } from "../Sync";
import { Lines } from "./Lines";
import { usePages } from "./use-pages";

/** The kinds of the log, in words; the empty one is all. */
const KINDS: Record<ActivityKind | "", string> = {
  "": "Everything",
  wrote: "Written",
  skipped: "Left alone",
  parked: "Stopped",
  unparked: "Going again",
  conflict: "Conflicts",
  admin: "Decisions of admins",
};

/** *Activity*: what was done, left or stopped, and why; newest first. The rest of the address names one pair. */
export default function Activity({ sync, rest: link }: RoomProps) {
  const [kind, setKind] = useState("");
  const [issue, setIssue] = useState("");
  const [asked, setAsked] = useState("");
  const at = `/syncs/${encodeURIComponent(sync.id)}`;
  const schemas = useGet<Sides<ProjectSchema>>(`${at}/schemas`).data;
  const pages = usePages<ActivityLine>(`${at}/activity?${query({ kind, link, issue: asked })}`);
  return (
    <>
      <form
        className="ask"
        onSubmit={(event) => {
          event.preventDefault();
          setAsked(issue.trim());
          pages.reload();
        }}
      >
        <Field id="activity-kind" label="Show">
          <select id="activity-kind" className="select" value={kind} onChange={(event) => { setKind(event.currentTarget.value); }}>
            {Object.entries(KINDS).map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        </Field>
        <Field id="activity-issue" label="Issue key">
          <TextField
            id="activity-issue"
            value={issue}
            placeholder={`${projectKey(sync.sides.a)}-1`}
            autoComplete="off"
            onChange={(event) => { setIssue(event.currentTarget.value); }}
          />
        </Field>
        <Button type="submit">Refresh</Button>
      </form>
      {link !== "" && (
        <p>
          Only one pair of issues is shown. <a href={syncHref(sync.id, "activity")}>Show all</a>
        </p>
      )}
      {pages.failure !== null && <Failed failure={pages.failure} again={pages.reload} />}
      {pages.rows === null && pages.failure === null && <Busy what="the activity" />}
      {pages.rows?.length === 0 && (
        <Empty title={kind === "" && asked === "" ? "Nothing happened yet" : "Nothing of that kind"}>
          <p>What is written to either side, left alone or stopped stands here with its reason.</p>
        </Empty>
      )}
      {pages.rows !== null && pages.rows.length > 0 && <Lines lines={pages.rows} sync={sync} schemas={schemas} />}
      {pages.older !== null && <Button onClick={pages.older}>Older</Button>}
    </>
  );
}

function query(parts: Record<string, string>): string {
  return new URLSearchParams(Object.entries(parts).filter(([, value]) => value !== "")).toString();
}
