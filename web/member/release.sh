#!/bin/bash
# SPDX-License-Identifier: MIT
# release.sh OUT WORK: a release of the page for a hub, as the folder OUT, of
# what scripts/page-engine made in WORK.
#
# Exit status: 0, 77 it cannot be built here, 1 something went wrong.
set -eu

[ $# = 2 ] || { sed -n '3,6s/^# \{0,1\}//p' "$0"; exit 2; }
out=$(realpath -m "$1") work=$(realpath -m "$2")
cd "$(dirname "$0")"
[ -s "$work/engine.wasm" ] || {
	echo "release: there is no engine" >&2
	exit 77
}
. ./install.sh || {
	echo "release: npm could not fetch what the page is built with" >&2
	exit 77
}
node node_modules/typescript/bin/tsc --noEmit >&2
node node_modules/vite/bin/vite.js build --logLevel warn --base ./ \
    --outDir "$work/dist" --emptyOutDir >&2
node release.mjs "$out.new" "$work/dist" "$work"
rm -rf "$out"
mv "$out.new" "$out"
