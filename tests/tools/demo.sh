#!/usr/bin/env bash
# Plays the demo to its end, then once for each way of tampering with a copy, which must make it fail.
set -euo pipefail
demo="$CARGO_TARGET_DIR/debug/demo"
"$demo" --once
for broken in visibility author request-type count; do
  if "$demo" --once --broken "$broken" >/tmp/duplex-demo.$$ 2>&1; then
    echo "the demo does not notice a broken $broken:"; cat /tmp/duplex-demo.$$; exit 1
  fi
  grep -q '^  FAILS' /tmp/duplex-demo.$$ || { cat /tmp/duplex-demo.$$; exit 1; }
  echo "noticed: $(grep -m1 '^  FAILS' /tmp/duplex-demo.$$)"
done
rm -f /tmp/duplex-demo.$$
