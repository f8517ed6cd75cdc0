#!/usr/bin/env bash
# Shrinks a wasm file in place, by the pinned binaryen of npm, which stays in the cache. Usage: wasm-opt.sh FILE
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${DUPLEX_CACHE:-$HOME/.cache/duplex}
tool=$cache/wasm-opt-$(sha256sum "$here/wasm-opt/package-lock.json" | cut -c1-12)
# Two files may be made smaller at once, and the tool is installed once.
mkdir -p "$cache"
exec 8>"$tool.lock"
flock 8
if [ ! -e "$tool/complete" ]; then
  rm -rf "$tool"
  mkdir -p "$tool"
  cp "$here"/wasm-opt/package*.json "$here/wasm-opt/.npmrc" "$tool/"
  (cd "$tool" && npm ci --silent --ignore-scripts)
  touch "$tool/complete"
fi
exec 8>&-
# What counts is its size once it is compressed: equal code that stands apart compresses better than code that was woven
# into others or shared by locals, so hardly anything is inlined.
options=(--low-memory-unused --always-inline-max-function-size 1 --flexible-inline-max-function-size 1
  --one-caller-inline-max-function-size 20 --skip-pass=local-cse --flatten --rereloop -Os -Os --converge
  --reorder-functions-by-name --strip-debug --strip-producers)
node "$tool/node_modules/binaryen/bin/wasm-opt" "${options[@]}" --output "$1.smaller" "$1"
mv "$1.smaller" "$1"
