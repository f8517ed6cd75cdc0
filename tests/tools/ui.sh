#!/usr/bin/env bash
# Builds the admin page into manifest/ui/dist/, where the server takes it from, unless nothing changed since.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../../manifest/ui"
"$here/npm.sh" "$PWD"
built=dist/panel.html
if [ ! -e "$built" ] || [ -n "$(find . -newer "$built" -type f -not -path './node_modules/*' -not -path './dist*' -print -quit)" ]; then
  npm run --silent build -- --logLevel=warn
  # Once, and as small as it gets: the server sends them as they are.
  find dist/assets -type f -size +1k -exec gzip --keep --best --no-name {} +
fi
