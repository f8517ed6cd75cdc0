#!/usr/bin/env bash
# Runs a command with a throwaway PostgreSQL server: DUPLEX_TEST_POSTGRES_URL names it. Loopback only; gone afterwards.
# Without fsync: its processes are killed, the machine is not.
# Usage: postgres.sh COMMAND...
set -euo pipefail
here=$(dirname "$0")
bin() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1; }
if [ ! -x "$(bin)/initdb" ]; then "$here/apt.sh" /usr/lib/postgresql/none postgresql; fi
bin=$(bin)

dir=$(mktemp -d /tmp/duplex-postgres.XXXXXX)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
as=()
if [ "$(id -u)" = 0 ]; then chown postgres "$dir"; as=(runuser -u postgres --); fi
cd_dir() { (cd "$dir" && "$@"); }

cd_dir "${as[@]}" "$bin/initdb" -D "$dir/data" -U duplex --auth=trust --no-sync >/dev/null
cd_dir "${as[@]}" "$bin/pg_ctl" -D "$dir/data" -w -l "$dir/log" \
  -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$dir -c max_connections=200 -c fsync=off" start >/dev/null
stop() {
  cd_dir "${as[@]}" "$bin/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null || true
  rm -rf "$dir"
}
trap stop EXIT
export DUPLEX_TEST_POSTGRES_URL="postgres://duplex@127.0.0.1:$port/postgres"
"$@"
