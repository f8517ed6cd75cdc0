import { useMemo } from "react";
import { useConfig, useWork } from "../../../../draft/context";
import { setTypePair, typePairs } from "../../../../draft/pairs";
import { typeName } from "../../../../words/names";
import { Suggest } from "../Suggest";

/** *Simple mappings*: the issue types that pair up, to be mapped at once. */
export function SimpleMappings({ open, close }: { open: boolean; close: () => void }) {
  const { core, schemas, desk } = useWork();
  const config = useConfig();
  const offers = useMemo(() => {
    const mapped = typePairs(config);
    return core
      .suggestIssueTypes(schemas)
      .filter(({ value }) => !mapped.some((pair) => pair.a === value.a && pair.b === value.b))
      .map(({ value, sure, reason }) => ({
        key: `${value.a} ${value.b}`,
        value,
        sure,
        reason,
        a: typeName(schemas.a, value.a),
        b: typeName(schemas.b, value.b),
      }));
  }, [core, schemas, config]);
  return (
    <Suggest
      open={open}
      close={close}
      title="Simple mappings"
      what="issue types"
      offers={offers}
      take={(values, way) => { desk.edit((now) => values.reduce((done, pair) => setTypePair(done, pair, way), now)); }}
    />
  );
}
