#!/usr/bin/env bash
# Installs the npm packages that a folder's lock file names, unless they are there already. Usage: npm.sh FOLDER
set -euo pipefail
"$(dirname "$0")/apt.sh" npm nodejs npm
cd "$1"
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  npm ci --no-audit --no-fund --loglevel=error
  touch node_modules/.package-lock.json
fi
