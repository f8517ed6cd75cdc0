#!/usr/bin/env bash
# Builds the admin page into manifest/ui/dist/, where the server takes it from, unless nothing changed since.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
"$here/apt.sh" npm nodejs npm
cd "$here/../../manifest/ui"
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  npm ci --no-audit --no-fund --loglevel=error
  touch node_modules/.package-lock.json
fi
built=dist/panel.html
if [ ! -e "$built" ] || [ -n "$(find . -newer "$built" -type f -not -path './node_modules/*' -not -path './dist*' -print -quit)" ]; then
  npm run --silent build -- --logLevel=warn
fi
