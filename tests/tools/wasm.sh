#!/usr/bin/env bash
# Runs a cargo command for wasm32-unknown-unknown. Where rustup cannot add the target, Debian's compiler stands in
# and builds std itself. Usage: wasm.sh cargo check -p PACKAGE
set -euo pipefail
here=$(dirname "$0")
target=wasm32-unknown-unknown
export CARGO_TARGET_DIR=${DUPLEX_CACHE:-$HOME/.cache/duplex}/target-wasm
if rustc --print target-libdir --target $target 2>/dev/null | xargs -r ls >/dev/null 2>&1 \
  || timeout 20 rustup target add $target >/dev/null 2>&1; then
  exec "$@" --target $target
fi
"$here/apt.sh" /usr/share/doc/rust-web-src rustc-web rust-web-src lld
export RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld
exec "$@" --target $target -Zbuild-std=std,panic_abort
