import { LinkButton } from "@atlaskit/button/new";
import { useGet } from "../../api/use-get";
import type { SyncRow } from "../../api/rows";
import { Empty } from "../../ui/Empty";
import { Head } from "../../ui/Head";
import { Loaded } from "../../ui/Loaded";
import { OpenInvitations } from "../join/OpenInvitations";
import { Received } from "./Received";
import { Row } from "./Row";

const REFRESH_MS = 10_000;

/** *Synchronizations*: what runs, how it does, and what can be done about it. */
export function Syncs() {
  const syncs = useGet<SyncRow[]>("/syncs", REFRESH_MS);
  return (
    <>
      <Head title="Synchronizations">
        <Ways />
      </Head>
      <Loaded got={syncs} what="synchronizations">
        {(rows) => (rows.length === 0 ? <Nothing /> : <Table rows={rows} changed={syncs.reload} />)}
      </Loaded>
      <OpenInvitations />
    </>
  );
}

function Ways() {
  return (
    <>
      <LinkButton href="#/new" appearance="primary">
        New synchronization
      </LinkButton>
      <LinkButton href="#/accept">Accept invitation</LinkButton>
    </>
  );
}

function Nothing() {
  return (
    <Empty title="No project is mirrored yet" actions={<Ways />}>
      <p>
        A synchronization joins two projects: issues, fields and comments of one appear in the other. Press{" "}
        <b>New synchronization</b> to join two projects of this site, or to invite another site.
      </p>
      <p>
        Did an admin of another site send you an invitation? Press <b>Accept invitation</b>.
      </p>
    </Empty>
  );
}

function Table({ rows, changed }: { rows: SyncRow[]; changed: () => void }) {
  return (
    <>
      {rows.filter((row) => row.awaits !== null && row.mine.includes(row.awaits)).map((row) => (
        <Received key={row.id} row={row} />
      ))}
      <table className="table">
        <caption className="hidden">Synchronizations</caption>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">State</th>
            <th scope="col">Projects</th>
            <th scope="col">Lag</th>
            <th scope="col">Waiting</th>
            <th scope="col">Errors</th>
            <th scope="col">
              <span className="hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.id} row={row} changed={changed} />
          ))}
        </tbody>
      </table>
    </>
  );
}
