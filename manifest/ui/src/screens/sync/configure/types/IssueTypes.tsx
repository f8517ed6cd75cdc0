import Button from "@atlaskit/button/new";
import { useState } from "react";
import { useConfig, useWork } from "../../../../draft/context";
import { direction, setTypePair, typePairs } from "../../../../draft/pairs";
import { Empty } from "../../../../ui/Empty";
import { typeName } from "../../../../words/names";
import { Way } from "../Way";
import { Notes } from "../Notes";
import { PairHead } from "../PairHead";
import { Remove } from "../Remove";
import { AddTypes } from "./AddTypes";
import { SimpleMappings } from "./SimpleMappings";

/** *Issue Types*: which types are mirrored, as what, and which way. */
export default function IssueTypes() {
  const { schemas, desk } = useWork();
  const config = useConfig();
  const [asks, setAsks] = useState<"simple" | "add" | null>(null);
  const pairs = typePairs(config);
  const buttons = (
    <>
      <Button appearance={pairs.length === 0 ? "primary" : "default"} onClick={() => { setAsks("simple"); }}>
        Suggestions
      </Button>
      <Button onClick={() => { setAsks("add"); }}>Add mapping</Button>
    </>
  );
  return (
    <>
      <Notes tab="issue_types" />
      {pairs.length === 0 ? (
        <Empty title="No issue type is mapped" actions={buttons}>
          <p>
            An issue is mirrored when its type is mapped. Press <b>Suggestions</b> to see which types pair up.
          </p>
        </Empty>
      ) : (
        <>
          <div className="buttons">{buttons}</div>
          <table className="table">
            <caption className="hidden">Mapped issue types</caption>
            <PairHead />
            <tbody>
              {pairs.map((pair) => {
                const [a, b] = [typeName(schemas.a, pair.a), typeName(schemas.b, pair.b)];
                return (
                  <tr key={`${pair.a} ${pair.b}`}>
                    <th scope="row">{a}</th>
                    <td data-label="Direction">
                      <Way
                        label={`Direction of ${a} and ${b}`}
                        value={direction({ a: pair.at.a !== null, b: pair.at.b !== null })}
                        pick={(way) => { desk.edit((now) => setTypePair(now, pair, way)); }}
                      />
                    </td>
                    <td data-label={schemas.b.key}>{b}</td>
                    <td className="actions">
                      <Remove
                        label={`Remove ${a} and ${b}`}
                        press={() => { desk.edit((now) => setTypePair(now, pair, null)); }}
                      />
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </>
      )}
      <SimpleMappings open={asks === "simple"} close={() => { setAsks(null); }} />
      <AddTypes open={asks === "add"} close={() => { setAsks(null); }} />
    </>
  );
}
