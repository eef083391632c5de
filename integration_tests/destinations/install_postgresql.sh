#!/bin/sh
# Makes sure that PostgreSQL's programs are here; as root on Debian it installs them.
set -eu

if ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || command -v postgres >/dev/null; then
    exit 0
fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "PostgreSQL is needed for these tests. Install it (on Debian: apt-get install postgresql)," \
        "or run this as root on Debian." >&2
    exit 1
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends postgresql >/dev/null
