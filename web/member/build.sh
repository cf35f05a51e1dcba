#!/bin/bash
# SPDX-License-Identifier: MIT
# build.sh OUT WORK DEPFILE [--must]: the member's page, as the C file OUT.
#
# WORK is a folder of its own for each build; DEPFILE says what OUT is made
# from.  What npm cannot fetch becomes a page that says so, unless --must is
# given; a mistake in the sources always ends the build.
set -eu

out=$(realpath -m "$1") work=$(realpath -m "$2") deps=$(realpath -m "$3") must=${4-}
cd "$(dirname "$0")"
none=$(realpath ../../src/programs/countersign/page_none.c)

{
	printf '%s: ' "$1"
	find "$PWD"/{src,index.html,package-lock.json,tsconfig.json,vite.config.ts} \
	    "$(realpath ../shared)" "$(realpath ../../scripts/embed)" "$none" -type f |
	    sed 's/[ #]/\\&/g' | sort | tr '\n' ' '
} >"$deps"

none() {
	echo "page: $1" >&2
	[ "$must" != --must ] || exit 1
	echo "page: the program gets a page that says so" >&2
	cp "$none" "$out"
	exit 0
}

. ./install.sh || none "npm could not fetch what the page is built with"

node node_modules/typescript/bin/tsc --noEmit >&2
mkdir -p "$work"
node node_modules/vite/bin/vite.js build --logLevel warn \
    --outDir "$work/dist" --emptyOutDir >&2
python3 ../../scripts/embed "$work/dist" "$out" \
    programs/countersign/page_files.h page_files
