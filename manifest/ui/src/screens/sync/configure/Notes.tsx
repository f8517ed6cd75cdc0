import SectionMessage from "@atlaskit/section-message";
import { useMemo } from "react";
import type { Finding, Tab } from "../../../core/generated";
import { useConfig, useWork } from "../../../draft/context";
import { Sentence } from "../../../ui/Sentence";

/** What `check` says of one tab, at the place where it can be mended. */
export function Notes({ tab, only }: { tab: Tab; only?: (finding: Finding) => boolean }) {
  const { judge } = useWork();
  const config = useConfig();
  const findings = useMemo(() => judge(config), [judge, config]);
  const here = findings.filter((finding) => finding.place.tab === tab && (only?.(finding) ?? true));
  const errors = here.filter(({ severity }) => severity === "error");
  const warnings = here.filter(({ severity }) => severity === "warning");
  const infos = here.filter(({ severity }) => severity === "info");
  return (
    <div className="notes">
      {errors.length > 0 && <Said appearance="error" title="This must be mended before it can be published" findings={errors} />}
      {warnings.length > 0 && <Said appearance="warning" title="Mind this" findings={warnings} />}
      {infos.length > 0 && <Said appearance="information" title="Good to know" findings={infos} />}
    </div>
  );
}

function Said(props: { appearance: "error" | "warning" | "information"; title: string; findings: Finding[] }) {
  return (
    <SectionMessage appearance={props.appearance} title={props.title}>
      <ul>
        {props.findings.map((finding) => (
          <li key={finding.sentence}>
            <Sentence text={finding.sentence} /> <span className="subtle"><Sentence text={finding.remedy} /></span>
          </li>
        ))}
      </ul>
    </SectionMessage>
  );
}
