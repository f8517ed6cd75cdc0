import Checkbox from "@atlaskit/checkbox";
import { useState } from "react";
import type { Direction } from "../../../draft/pairs";
import { Dialog } from "../../../ui/Dialog";
import { Field } from "../../../ui/Field";
import { count } from "../../../words/plural";
import { Way } from "./Way";

export interface Offer<T> {
  key: string;
  value: T;
  /** Its box is checked beforehand. */
  sure: boolean;
  reason: string;
  a: string;
  b: string;
}

interface Props<T> {
  open: boolean;
  close: () => void;
  title: string;
  /** `issue types` */
  what: string;
  offers: Offer<T>[];
  take: (values: T[], way: Direction) => void;
}

/** What pairs up, with check boxes and one direction for all. */
export function Suggest<T>(props: Props<T>) {
  // A dialog that opens begins anew.
  return <Opened key={String(props.open)} {...props} />;
}

function Opened<T>({ open, close, title, what, offers, take }: Props<T>) {
  const [way, setWay] = useState<Direction>("both");
  const [checked, setChecked] = useState(() => new Set(offers.filter(({ sure }) => sure).map(({ key }) => key)));
  const chosen = offers.filter(({ key }) => checked.has(key));
  const mark = (keys: string[], on: boolean) => {
    setChecked((before) => {
      const after = new Set(before);
      for (const key of keys) if (on) after.add(key); else after.delete(key);
      return after;
    });
  };
  const act = () => {
    take(chosen.map(({ value }) => value), way);
    return Promise.resolve();
  };
  return (
    <Dialog open={open} close={close} title={title} verb="Map" ready={chosen.length > 0} act={act}>
      {offers.length === 0 ? (
        <p>Nothing more pairs up by itself. What else there is, you can map by hand.</p>
      ) : (
        <>
          <Field id="simple-way" label="Direction">
            <Way id="simple-way" label="Direction" value={way} pick={setWay} />
          </Field>
          <Checkbox
            label={`All ${what}`}
            isChecked={chosen.length === offers.length}
            isIndeterminate={chosen.length > 0 && chosen.length < offers.length}
            onChange={(event) => { mark(offers.map(({ key }) => key), event.currentTarget.checked); }}
          />
          <ul className="offers">
            {offers.map((offer) => (
              <li key={offer.key}>
                <Checkbox
                  label={offer.a === offer.b ? offer.a : `${offer.a} and ${offer.b}`}
                  isChecked={checked.has(offer.key)}
                  onChange={(event) => { mark([offer.key], event.currentTarget.checked); }}
                />
                <span className="help">{offer.reason}</span>
              </li>
            ))}
          </ul>
          <p className="help" role="status">{count(chosen.length, "mapping")} chosen</p>
        </>
      )}
    </Dialog>
  );
}
