#!/usr/bin/env bash
# Installs a cargo tool into the cache, unless a version that begins with the given one is there.
# Usage: cargo-tool.sh NAME VERSION [CRATE]   (CRATE where the package is not called like its command)
set -euo pipefail
name=$1 version=$2 crate=${3:-$1}
root=${DUPLEX_CACHE:-$HOME/.cache/duplex}/tools
if "$root/bin/$name" --version 2>/dev/null | grep -q " $version"; then exit 0; fi
# The lock file of this one does not resolve everywhere.
locked=--locked; [ "$crate" = wasm-bindgen-cli ] && locked=
echo "installing $crate $version into $root"
cargo install "$crate" $locked --version "^$version" --root "$root" --target-dir "$root/build-$crate" --quiet --force
rm -rf "$root/build-$crate"
