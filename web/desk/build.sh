#!/bin/bash
# SPDX-License-Identifier: MIT
# build.sh OUT WORK DEPFILE [--must]: the pages of the console, as the C file OUT.
#
# WORK is a folder of its own for each build; DEPFILE says what OUT is made from.  What npm cannot fetch becomes a
# page that says so, unless --must is given; a mistake in the sources always
# ends the build.
set -eu

out=$(realpath -m "$1") work=$(realpath -m "$2") deps=$(realpath -m "$3") must=${4-}
cd "$(dirname "$0")"

{
	printf '%s: ' "$1"
	find "$PWD"/{src,index.html,package-lock.json,tsconfig.json,vite.config.ts} \
	    "$(realpath ../shared)" "$(realpath ../../scripts/embed)" \
	    "$(realpath ../../src/desk/console/console_none.c)" -type f |
	    sed 's/[ #]/\\&/g' | sort | tr '\n' ' '
} >"$deps"

none() {
	echo "console: $1" >&2
	[ "$must" != --must ] || exit 1
	echo "console: the program gets a page that says so" >&2
	cp ../../src/desk/console/console_none.c "$out"
	exit 0
}

. ./install.sh || none "npm could not fetch what the pages are built with"

node node_modules/typescript/bin/tsc --noEmit >&2
mkdir -p "$work"
node node_modules/vite/bin/vite.js build --logLevel warn \
    --outDir "$work/dist" --emptyOutDir >&2
python3 ../../scripts/embed "$work/dist" "$out" \
    desk/console/console_files.h cs_console_files
