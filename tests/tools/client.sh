#!/usr/bin/env bash
# Runs a published client, unchanged, against a twin on a loopback address. Its packages stay in the cache.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
pins=$here/../client/requirements.txt
cache=${DUPLEX_CACHE:-$HOME/.cache/duplex}
CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$here/../../target}
cd "$here/../.."

if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then "$here/apt.sh" /usr/share/doc/python3-venv/none python3-venv; fi
venv=$cache/venv-$({ python3 --version; cat "$pins"; } | sha256sum | cut -c1-12)
if [ ! -e "$venv/complete" ]; then
  echo "installing the client into $venv"
  python3 -m venv --clear "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --requirement "$pins"
  touch "$venv/complete"
fi

cargo build --quiet -p jira-twin --bin jira-twin
log=$(mktemp /tmp/duplex-client.XXXXXX)
"$CARGO_TARGET_DIR/debug/jira-twin" serve --site acme=127.0.0.1:0 --index-lag-ms 0 >"$log" 2>"$log.errors" &
twin=$!
stop() { kill "$twin" 2>/dev/null || true; wait "$twin" 2>/dev/null || true; rm -f "$log" "$log.errors"; }
trap stop EXIT

# The twin chooses a free port and says which.
for _ in $(seq 100); do
  address=$(sed -n 's/^acme: //p' "$log")
  [ -n "$address" ] && break
  kill -0 "$twin" 2>/dev/null || { cat "$log.errors"; exit 1; }
  sleep 0.1
done
[ -n "$address" ] || { echo 'the twin does not say where it listens'; exit 1; }
timeout 60 "$venv/bin/python" "$here/../client/journey.py" "$address"
