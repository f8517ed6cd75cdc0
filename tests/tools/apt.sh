#!/usr/bin/env bash
# Installs Debian packages where a command of theirs is missing. Usage: apt.sh COMMAND PACKAGE...
set -euo pipefail
command=$1; shift
if [ -x "$command" ] || command -v "$command" >/dev/null 2>&1; then exit 0; fi
sudo=; [ "$(id -u)" = 0 ] || sudo=sudo
echo "installing $*"
$sudo apt-get update -qq
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "$@" >/dev/null
