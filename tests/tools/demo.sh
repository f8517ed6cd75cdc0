#!/usr/bin/env bash
# Plays the demo to its end, then once for each way of tampering with a copy, which must make it fail.
set -euo pipefail
demo="$CARGO_TARGET_DIR/debug/demo"
transcript=$(mktemp /tmp/duplex-demo.XXXXXX)
trap 'rm -f "$transcript"' EXIT

"$demo" --once
for broken in visibility author request-type count; do
  if "$demo" --once --broken "$broken" >"$transcript" 2>&1; then
    cat "$transcript"
    echo "the demo does not notice a broken $broken"
    exit 1
  fi
  if ! grep -q '^  FAILS' "$transcript"; then
    cat "$transcript"
    echo "the demo broke down instead of noticing a broken $broken"
    exit 1
  fi
  echo "broken $broken, noticed: $(grep -m1 '^  FAILS' "$transcript" | sed 's/^  FAILS *//')"
done
