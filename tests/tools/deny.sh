#!/usr/bin/env bash
# Bans, licences and sources always; advisories where their database can be fetched.
set -euo pipefail
cargo deny --log-level error check bans licenses sources
cargo deny --log-level error --manifest-path tests/fuzz/Cargo.toml --config .deny.toml check bans licenses sources
if timeout 60 cargo deny --log-level error fetch db >/dev/null 2>&1; then
  cargo deny --log-level error check advisories
else
  echo 'advisories: the database is out of reach, not checked'
fi
