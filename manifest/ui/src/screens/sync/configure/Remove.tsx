import { IconButton } from "@atlaskit/button/new";
import Delete from "@atlaskit/icon/core/delete";

export function Remove({ label, press }: { label: string; press: () => void }) {
  return <IconButton appearance="subtle" icon={Delete} label={label} onClick={press} />;
}
