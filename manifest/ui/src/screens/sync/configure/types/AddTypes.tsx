import { useState } from "react";
import { keyOf, useWork } from "../../../../draft/context";
import { setTypePair, type Direction } from "../../../../draft/pairs";
import { Dialog } from "../../../../ui/Dialog";
import { Field } from "../../../../ui/Field";
import { Pick } from "../../../../ui/Pick";
import { Way } from "../Way";

/** Two issue types of any names. */
export function AddTypes({ open, close }: { open: boolean; close: () => void }) {
  return <Opened key={String(open)} open={open} close={close} />;
}

function Opened({ open, close }: { open: boolean; close: () => void }) {
  const { schemas, desk } = useWork();
  const [a, setA] = useState<string | null>(null);
  const [b, setB] = useState<string | null>(null);
  const [way, setWay] = useState<Direction>("both");
  const types = (side: "a" | "b") => schemas[side].issue_types.map(({ id, name }) => ({ value: id, label: name }));
  const act = () => {
    if (a !== null && b !== null) desk.edit((now) => setTypePair(now, { a, b }, way));
    return Promise.resolve();
  };
  return (
    <Dialog open={open} close={close} title="Add issue type mapping" verb="Map" ready={a !== null && b !== null} act={act}>
      <Pick id="type-a" label={`Issue type in ${keyOf(schemas, "a")}`} options={types("a")} value={a} pick={setA} />
      <Field id="type-way" label="Direction">
        <Way id="type-way" label="Direction" value={way} pick={setWay} />
      </Field>
      <Pick id="type-b" label={`Issue type in ${keyOf(schemas, "b")}`} options={types("b")} value={b} pick={setB} />
    </Dialog>
  );
}
