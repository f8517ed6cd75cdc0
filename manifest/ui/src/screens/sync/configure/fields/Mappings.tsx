import Button from "@atlaskit/button/new";
import { useState } from "react";
import { useAct } from "../../../../api/use-act";
import { useConfig, useWork } from "../../../../draft/context";
import { fieldRows, type FieldRow } from "../../../../draft/pairs";
import { Empty } from "../../../../ui/Empty";
import { Failed } from "../../../../ui/Failed";
import { Notes } from "../Notes";
import { PairHead } from "../PairHead";
import { EditMapping, NEW_ROW } from "./EditMapping";
import { Mapping } from "./Mapping";
import { SuggestFields } from "./SuggestFields";

/** *Fields > Field Mappings*. */
export default function Mappings() {
  const { refresh } = useWork();
  const reading = useAct();
  const rows = fieldRows(useConfig());
  const [simple, setSimple] = useState(false);
  const [edited, setEdited] = useState<FieldRow | null>(null);
  const buttons = (
    <>
      <Button appearance={rows.length === 0 ? "primary" : "default"} onClick={() => { setSimple(true); }}>
        Suggestions
      </Button>
      <Button onClick={() => { setEdited(NEW_ROW); }}>Add mapping</Button>
    </>
  );
  return (
    <>
      <Notes tab="field_mappings" />
      {rows.length === 0 ? (
        <Empty title="No field is mapped" actions={buttons}>
          <p>
            A copy has only the fields that are mapped. Press <b>Suggestions</b> and choose at least <b>Summary</b> and{" "}
            <b>Description</b>.
          </p>
        </Empty>
      ) : (
        <>
          <div className="buttons">
            {buttons}
            <Button appearance="subtle" isLoading={reading.busy} onClick={() => void reading.run(refresh)}>
              Read fields anew
            </Button>
          </div>
          {reading.failure !== undefined && <Failed failure={reading.failure} again={reading.again} />}
          <table className="table">
            <caption className="hidden">Mapped fields</caption>
            <PairHead more={["How", "Issue types"]} />
            <tbody>
              {rows.map((row) => (
                <Mapping key={`${row.at.a} ${row.at.b}`} row={row} edit={() => { setEdited(row); }} />
              ))}
            </tbody>
          </table>
        </>
      )}
      <SuggestFields open={simple} close={() => { setSimple(false); }} />
      {edited !== null && <EditMapping row={edited} close={() => { setEdited(null); }} />}
    </>
  );
}
