import Tabs_, { Tab, TabList, TabPanel } from "@atlaskit/tabs";
import { useMemo, type ComponentType } from "react";
import type { Finding, Tab as Place } from "../../../core/generated";
import { useConfig, useWork } from "../../../draft/context";
import { go, syncHref } from "../../../route";
import { later } from "../../../ui/later";

interface Leaf {
  at: Place;
  name: string;
  Body: ComponentType;
}

const FIELDS: Leaf[] = [
  { at: "field_mappings", name: "Field Mappings", Body: later("Field Mappings", () => import("./fields/Mappings")) },
  { at: "default_values", name: "Default Values", Body: later("Default Values", () => import("./defaults/Defaults")) },
];
const LEAVES: (Leaf | { name: string; leaves: Leaf[] })[] = [
  { at: "issue_types", name: "Issue Types", Body: later("Issue Types", () => import("./types/IssueTypes")) },
  { name: "Fields", leaves: FIELDS },
  { at: "comments", name: "Comments", Body: later("Comments", () => import("./comments/Comments")) },
  { at: "users", name: "Users", Body: later("Users", () => import("./users/Users")) },
  { at: "scope", name: "Scope", Body: later("Scope", () => import("./Scope")) },
];

const leavesOf = (entry: (typeof LEAVES)[number]) => ("leaves" in entry ? entry.leaves : [entry]);
const first = (entry: (typeof LEAVES)[number]) => leavesOf(entry)[0]?.at ?? "issue_types";

/** The tabs of a configuration. The address says which one is open, so that a finding can lead there. */
export function Tabs({ tab }: { tab: string }) {
  const { sync, judge } = useWork();
  const config = useConfig();
  const findings = useMemo(() => judge(config), [judge, config]);
  const open = (at: Place) => {
    go(syncHref(sync.id, "configure", at));
  };
  const selected = Math.max(0, LEAVES.findIndex((entry) => leavesOf(entry).some(({ at }) => at === tab)));
  return (
    <Tabs_ id="configuration" selected={selected} onChange={(n) => { open(LEAVES[n] === undefined ? "issue_types" : first(LEAVES[n])); }}>
      <TabList>
        {LEAVES.map((entry) => (
          <Tab key={entry.name}>
            {entry.name}
            <Marks findings={findings} of={leavesOf(entry)} />
          </Tab>
        ))}
      </TabList>
      {LEAVES.map((entry) => (
        <TabPanel key={entry.name}>
          <div className="tab">
            {"leaves" in entry ? <Inner leaves={entry.leaves} tab={tab} open={open} findings={findings} /> : <entry.Body />}
          </div>
        </TabPanel>
      ))}
    </Tabs_>
  );
}

function Inner(props: { leaves: Leaf[]; tab: string; open: (at: Place) => void; findings: Finding[] }) {
  const selected = Math.max(0, props.leaves.findIndex(({ at }) => at === props.tab));
  return (
    <Tabs_
      id="fields"
      selected={selected}
      onChange={(n) => {
        const leaf = props.leaves[n];
        if (leaf !== undefined) props.open(leaf.at);
      }}
    >
      <TabList>
        {props.leaves.map((leaf) => (
          <Tab key={leaf.at}>
            {leaf.name}
            <Marks findings={props.findings} of={[leaf]} />
          </Tab>
        ))}
      </TabList>
      {props.leaves.map((leaf) => (
        <TabPanel key={leaf.at}>
          <div className="tab">
            <leaf.Body />
          </div>
        </TabPanel>
      ))}
    </Tabs_>
  );
}

/** How many errors and warnings a tab has; the draft bar says it to those who don't see it. */
function Marks({ findings, of }: { findings: Finding[]; of: Leaf[] }) {
  const here = findings.filter(({ place }) => of.some(({ at }) => at === place.tab));
  const errors = here.filter(({ severity }) => severity === "error").length;
  const warnings = here.filter(({ severity }) => severity === "warning").length;
  return (
    <span aria-hidden="true">
      {errors > 0 && <span className="badge badge-error">{errors}</span>}
      {warnings > 0 && <span className="badge badge-warning">{warnings}</span>}
    </span>
  );
}
