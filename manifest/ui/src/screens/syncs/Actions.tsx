import { IconButton } from "@atlaskit/button/new";
import DropdownMenu, { DropdownItem, DropdownItemGroup } from "@atlaskit/dropdown-menu";
import More from "@atlaskit/icon/core/show-more-horizontal";
import { useGround } from "../../api/context";
import type { SyncRow } from "../../api/rows";
import type { Act } from "../../api/use-act";
import { go, syncHref } from "../../route";

/** The `...` of a row. */
export function Actions(props: {
  row: SyncRow;
  act: Act;
  changed: () => void;
  ask: (what: "rename" | "delete") => void;
}) {
  const { row, act, changed, ask } = props;
  const { api, host } = useGround();
  const running = row.state === "running";
  const say = (verb: "start" | "stop", done: string) => () =>
    act.run(async () => {
      await api.post(`/syncs/${row.id}/${verb}`);
      host.flag(`${row.name} is ${done}`);
      changed();
    });
  return (
    <DropdownMenu<HTMLButtonElement>
      placement="bottom-end"
      label={`Actions of ${row.name}`}
      trigger={({ triggerRef, isSelected, testId, ...rest }) => (
        <IconButton
          {...rest}
          ref={triggerRef}
          isSelected={isSelected ?? false}
          appearance="subtle"
          icon={More}
          label={`Actions of ${row.name}`}
          {...(testId === undefined ? {} : { testId })}
          isDisabled={act.busy}
        />
      )}
    >
      <DropdownItemGroup>
        <DropdownItem onClick={() => { go(syncHref(row.id, "configure")); }}>Configure</DropdownItem>
        {running ? (
          <DropdownItem onClick={say("stop", "stopped")}>Stop</DropdownItem>
        ) : (
          <DropdownItem
            isDisabled={row.version === 0}
            onClick={say("start", "started")}
            {...(row.version === 0 ? { description: "Publish a draft first" } : {})}
          >
            Start
          </DropdownItem>
        )}
        <DropdownItem onClick={() => { go(syncHref(row.id, "troubleshooting")); }}>Troubleshoot</DropdownItem>
        <DropdownItem onClick={() => { ask("rename"); }}>Rename</DropdownItem>
        <DropdownItem onClick={() => { ask("delete"); }}>Delete</DropdownItem>
      </DropdownItemGroup>
    </DropdownMenu>
  );
}
