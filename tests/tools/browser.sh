#!/usr/bin/env bash
# Runs Playwright with Debian's Chromium. Usage: browser.sh test ...
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1
"$here/apt.sh" /usr/bin/chromium chromium
"$here/npm.sh" "$here/../browser"
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$here/../../target}
cd "$here/../browser"
npx tsc --noEmit
npx playwright "$@"
