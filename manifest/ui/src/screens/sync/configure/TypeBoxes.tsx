import Checkbox from "@atlaskit/checkbox";
import type { Side } from "../../../core/generated";
import { useWork } from "../../../draft/context";

/** *All Issue Types*, or some of one side's. */
export function TypeBoxes(props: { id: string; side: Side; value: string[] | null; change: (value: string[] | null) => void }) {
  const { schemas } = useWork();
  const types = schemas[props.side].issue_types;
  const chosen = props.value;
  return (
    <div className="boxes">
      <Checkbox
        id={props.id}
        label="All Issue Types"
        isChecked={chosen === null}
        onChange={(event) => { props.change(event.currentTarget.checked ? null : types.map(({ id }) => id)); }}
      />
      {chosen !== null && (
        <div className="boxes indented">
          {types.map(({ id, name }) => (
            <Checkbox
              key={id}
              label={name}
              isChecked={chosen.includes(id)}
              onChange={(event) => {
                props.change(event.currentTarget.checked ? [...chosen, id] : chosen.filter((one) => one !== id));
              }}
            />
          ))}
        </div>
      )}
    </div>
  );
}
