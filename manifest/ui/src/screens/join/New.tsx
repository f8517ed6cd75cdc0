import { RadioGroup } from "@atlaskit/radio";
import { useState } from "react";
import { Head } from "../../ui/Head";
import { Here } from "./Here";
import { Invite } from "./Invite";

/** *New synchronization*: within this site, or with another one by invitation. */
export default function New() {
  const [where, setWhere] = useState<"here" | "there">("here");
  return (
    <>
      <Head trail={{ href: "#/", name: "Synchronizations" }} title="New synchronization" />
      <div className="form">
        <fieldset className="field">
          <legend>Where is the other project?</legend>
          <RadioGroup
            name="where"
            value={where}
            options={[
              { name: "where", value: "here", label: "On this site" },
              { name: "where", value: "there", label: "On another site, by invitation" },
            ]}
            onChange={(event) => {
              setWhere(event.currentTarget.value === "there" ? "there" : "here");
            }}
          />
        </fieldset>
        {where === "here" ? <Here /> : <Invite />}
      </div>
    </>
  );
}
