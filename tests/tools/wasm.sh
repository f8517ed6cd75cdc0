#!/usr/bin/env bash
# Runs a cargo or wasm-pack command for wasm32-unknown-unknown. Where rustup cannot add the target, Debian's compiler
# stands in and builds std itself. Usage: wasm.sh cargo check -p PACKAGE; wasm.sh wasm-pack build ... --
set -euo pipefail
here=$(dirname "$0")
target=wasm32-unknown-unknown
cache=${DUPLEX_CACHE:-$HOME/.cache/duplex}
# The hash of stamps as a loop: unrolled it is ten times as large, and incompressible.
export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS='--cfg=sha2_backend_soft="compact"'
# wasm-pack names the target itself and hands on what follows its `--`.
case $1 in wasm-pack) ours=() std=(-Zbuild-std=std,panic_abort) ;; *) ours=(--target $target) std=(-Zbuild-std=std,panic_abort) ;; esac

if rustc --print target-libdir --target $target 2>/dev/null | xargs -r ls >/dev/null 2>&1 \
  || timeout 20 rustup target add $target >/dev/null 2>&1; then
  export CARGO_TARGET_DIR=$cache/target-wasm
  exec "$@" "${ours[@]}"
fi
"$here/apt.sh" /usr/share/doc/rust-web-src rustc-web rust-web-src lld
# A folder of its own, so that two compilers do not throw away each other's work.
export CARGO_TARGET_DIR=$cache/target-wasm-debian
export RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld
exec "$@" "${ours[@]}" "${std[@]}"
