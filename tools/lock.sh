#!/usr/bin/env bash
# Makes constraints.txt and poetry.lock anew from pyproject.toml, with the newest versions it allows.
#
#   INDEX=https://…/simple/ tools/lock.sh
#
# Needs uv and poetry on PATH. INDEX is the simple index to ask; neither file names it. Poetry would:
# it writes a named index into every entry, and asks a nameless one for more than the simple API. So
# the lock is made in a copy that names the index, and the name is taken out afterwards.
set -euo pipefail
cd "$(dirname "$0")/.."
: "${INDEX:?give the address of a simple index}"
export POETRY_VIRTUALENVS_CREATE=false

uv pip compile --quiet --upgrade --universal --python-version 3.11 --all-extras --no-header \
  --no-annotate --no-emit-index-url --default-index "$INDEX" \
  pyproject.toml --output-file constraints.txt

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp pyproject.toml README.md "$copy"
cat >>"$copy/pyproject.toml" <<SOURCE

[[tool.poetry.source]]
name = "index"
url = "$INDEX"
priority = "primary"
SOURCE
poetry lock --directory "$copy" --regenerate

# Poetry knows by a hash whether a lock fits its project; the copy's differs by the index.
python=$(head -1 "$(command -v poetry)" | cut -c3-)
hash=$("$python" - <<'PYTHON'
import tomllib
from pathlib import Path

from poetry.packages.locker import Locker

project = tomllib.loads(Path("pyproject.toml").read_text())
print(Locker(Path("poetry.lock"), project)._get_content_hash())
PYTHON
)
sed -e '/^\[package\.source\]$/,/^$/d' -e "s/^content-hash = .*/content-hash = \"$hash\"/" \
  "$copy/poetry.lock" >poetry.lock
poetry check --lock
