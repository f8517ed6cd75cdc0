#!/usr/bin/env bash
# Builds the core for the page: manifest/ui/src/core/pkg. What was built from the same sources before is taken from the
# cache. Fails when the module is larger than the page can afford.
set -euo pipefail
budget=$((348 * 1024)) # bytes, gzipped: with the rest of the page some 600 kB; compilers differ by a few
here=$(cd "$(dirname "$0")" && pwd)
cache=${DUPLEX_CACHE:-$HOME/.cache/duplex}
cd "$here/../.."
out=manifest/ui/src/core/pkg

sources() { find core/src core/Cargo.toml wasm/src wasm/Cargo.toml Cargo.toml Cargo.lock "$here"/wasm*.sh "$here/wasm-opt" -type f | LC_ALL=C sort; }
print=$({ sources | xargs sha256sum; rustc --version; } | sha256sum | cut -c1-32)
built=$cache/wasm-pkg/$print

# One build at a time.
mkdir -p "$cache/wasm-pkg"
exec 9>"$cache/wasm-pkg/lock"
flock 9

if [ ! -e "$built" ]; then
  bindgen=$(sed -n '/^name = "wasm-bindgen"$/{n;s/version = "\(.*\)"/\1/p}' Cargo.lock)
  "$here/cargo-tool.sh" wasm-bindgen "$bindgen" wasm-bindgen-cli
  "$here/cargo-tool.sh" wasm-pack 0.15
  export PATH=$cache/tools/bin:$PATH
  new=$cache/wasm-pkg/new
  rm -rf "$new"
  "$here/wasm.sh" wasm-pack --log-level warn build wasm --mode no-install --target web --profile wasm \
    --no-pack --no-gitignore --out-dir "$new" --out-name duplex
  "$here/wasm-opt.sh" "$new/duplex_bg.wasm"
  # The newest few are kept.
  ls -dt "$cache"/wasm-pkg/*/ | tail -n +8 | xargs -r rm -rf
  mv "$new" "$built"
fi
touch "$built"

if [ "$(cat "$out/.print" 2>/dev/null)" != "$print" ]; then
  rm -rf "$out"
  mkdir -p "$out"
  cp "$built"/duplex* "$out/"
  echo "$print" >"$out/.print"
fi
size=$(gzip -9 --to-stdout "$out/duplex_bg.wasm" | wc -c)
echo "wasm: $(stat --format %s "$out/duplex_bg.wasm") bytes, gzipped $size of at most $budget"
[ "$size" -le "$budget" ] || { echo 'the core has become too large for the page'; exit 1; }
