#!/usr/bin/env bash
# Shrinks a wasm file in place, by the pinned binaryen of npm, which stays in the cache. Usage: wasm-opt.sh FILE
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${DUPLEX_CACHE:-$HOME/.cache/duplex}
tool=$cache/wasm-opt-$(sha256sum "$here/wasm-opt/package-lock.json" | cut -c1-12)
if [ ! -e "$tool/complete" ]; then
  rm -rf "$tool"
  mkdir -p "$tool"
  cp "$here"/wasm-opt/package*.json "$here/wasm-opt/.npmrc" "$tool/"
  (cd "$tool" && npm ci --silent --ignore-scripts)
  touch "$tool/complete"
fi
node "$tool/node_modules/binaryen/bin/wasm-opt" --flatten --rereloop -Oz -Oz --converge --reorder-functions-by-name --strip-debug --strip-producers --output "$1.smaller" "$1"
mv "$1.smaller" "$1"
