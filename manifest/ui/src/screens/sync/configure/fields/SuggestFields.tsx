import { useMemo } from "react";
import type { FieldRule, Sides } from "../../../../core/generated";
import { useConfig, useWork } from "../../../../draft/context";
import { fieldRows, leaves, setFieldRow } from "../../../../draft/pairs";
import { fieldName } from "../../../../words/names";
import { Suggest } from "../Suggest";

const NOWHERE = { a: null, b: null };

/** The fields that pair up, to be mapped at once. */
export function SuggestFields({ open, close }: { open: boolean; close: () => void }) {
  const { core, schemas, desk } = useWork();
  const config = useConfig();
  const offers = useMemo(() => {
    const mapped = fieldRows(config);
    return core.suggestFields(schemas).flatMap(({ value: { rules }, sure, reason }) => {
      const a = rules.a?.from ?? rules.b?.to ?? "";
      const b = rules.b?.from ?? rules.a?.to ?? "";
      if (mapped.some((row) => row.a === a && row.b === b)) return [];
      const names = { a: fieldName(schemas.a, a), b: fieldName(schemas.b, b) };
      return [{ key: `${a} ${b}`, value: rules, sure, reason, ...names }];
    });
  }, [core, schemas, config]);
  return (
    <Suggest<Sides<FieldRule | null>>
      open={open}
      close={close}
      title="Simple mappings"
      what="fields"
      offers={offers}
      take={(values, way) => {
        desk.edit((now) =>
          values.reduce((done, rules) => {
            const taken = { a: leaves(way, "a") ? rules.a : null, b: leaves(way, "b") ? rules.b : null };
            return setFieldRow(done, NOWHERE, taken);
          }, now),
        );
      }}
    />
  );
}
