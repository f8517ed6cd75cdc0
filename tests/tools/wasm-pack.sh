#!/usr/bin/env bash
# Builds the core for the page: manifest/ui/src/core/pkg, one module per feature of wasm/. What was built from the same
# sources before is taken from the cache. Fails when a module is larger than the page can afford.
set -euo pipefail
# Bytes, gzipped, of each module. A configuration waits for the first; who opens *Preview* waits for the second.
# Compilers differ by a few hundred.
budget=200000
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
  # One is made smaller while the next one is compiled.
  smaller=()
  for module in preview configuration; do
    "$here/wasm.sh" wasm-pack --log-level warn build wasm --mode no-install --target web --profile wasm \
      --no-pack --no-gitignore --out-dir "$new" --out-name "$module" -- --no-default-features --features "$module"
    "$here/wasm-opt.sh" "$new/${module}_bg.wasm" &
    smaller+=($!)
  done
  for one in "${smaller[@]}"; do wait "$one"; done
  # The newest few are kept.
  ls -dt "$cache"/wasm-pkg/*/ | tail -n +8 | xargs -r rm -rf
  mv "$new" "$built"
fi
touch "$built"

if [ "$(cat "$out/.print" 2>/dev/null)" != "$print" ]; then
  rm -rf "$out"
  mkdir -p "$out"
  cp "$built"/{configuration,preview}* "$out/"
  echo "$print" >"$out/.print"
fi
for module in configuration preview; do
  size=$(gzip -9 --to-stdout "$out/${module}_bg.wasm" | wc -c)
  echo "wasm: $module: $(stat --format %s "$out/${module}_bg.wasm") bytes, gzipped $size of at most $budget"
  [ "$size" -le "$budget" ] || { echo "$module has become too large for the page"; exit 1; }
done
