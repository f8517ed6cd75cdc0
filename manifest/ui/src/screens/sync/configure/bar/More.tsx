import { IconButton } from "@atlaskit/button/new";
import DropdownMenu, { DropdownItem, DropdownItemGroup } from "@atlaskit/dropdown-menu";
import Icon from "@atlaskit/icon/core/show-more-horizontal";
import { useState } from "react";
import { useApi } from "../../../../api/context";
import type { DraftRow } from "../../../../api/rows";
import { useStanding, useWork } from "../../../../draft/context";
import { Dialog } from "../../../../ui/Dialog";
import { Export } from "./Export";
import { Import } from "./Import";

/** What is done more seldom: export, import, discard. */
export function More({ changed }: { changed: () => void }) {
  const { sync, desk } = useWork();
  const { version } = useStanding();
  const api = useApi();
  const [asks, setAsks] = useState<"export" | "import" | "discard" | null>(null);
  const close = () => { setAsks(null); };
  const at = `/syncs/${encodeURIComponent(sync.id)}/draft`;
  const discard = async () => {
    await api.delete(at);
    desk.take(await api.get<DraftRow>(at));
    changed();
  };
  return (
    <>
      <DropdownMenu<HTMLButtonElement>
        placement="bottom-end"
        label="More of the configuration"
        trigger={({ triggerRef, isSelected, testId, ...rest }) => (
          <IconButton
            {...rest}
            ref={triggerRef}
            isSelected={isSelected ?? false}
            icon={Icon}
            label="More"
            {...(testId === undefined ? {} : { testId })}
          />
        )}
      >
        <DropdownItemGroup>
          <DropdownItem isDisabled={sync.version === 0} onClick={() => { setAsks("export"); }}>
            Export configuration
          </DropdownItem>
          <DropdownItem onClick={() => { setAsks("import"); }}>Import configuration</DropdownItem>
          <DropdownItem isDisabled={version === 0} onClick={() => { setAsks("discard"); }}>
            Discard draft
          </DropdownItem>
        </DropdownItemGroup>
      </DropdownMenu>
      {asks === "export" && <Export close={close} />}
      {asks === "import" && <Import close={close} />}
      <Dialog open={asks === "discard"} close={close} title="Discard the draft?" verb="Discard" danger ready act={discard}>
        <p>
          {sync.version === 0
            ? "Everything that was configured so far is lost: nothing is published yet."
            : `The draft is lost. What is published (version ${sync.version}) stays as it is.`}
        </p>
      </Dialog>
    </>
  );
}
