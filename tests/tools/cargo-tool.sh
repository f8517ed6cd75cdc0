#!/usr/bin/env bash
# Installs a cargo tool into the cache, unless a version that begins with the given one is there.
# Usage: cargo-tool.sh NAME VERSION
set -euo pipefail
name=$1 version=$2
root=${DUPLEX_CACHE:-$HOME/.cache/duplex}/tools
if "$root/bin/$name" --version 2>/dev/null | grep -q " $version"; then exit 0; fi
echo "installing $name $version into $root"
cargo install "$name" --locked --version "^$version" --root "$root" --target-dir "$root/build" --quiet
rm -rf "$root/build"
