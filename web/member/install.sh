#!/bin/bash
# SPDX-License-Identifier: MIT
# install.sh: what the page is built and tested with, into node_modules.
# As web/desk/install.sh, which says more; sourced by build.sh and
# scripts/check-console.
exec 9>.lock
flock 9
if [ ! -f node_modules/.package-lock.json ] ||
    [ node_modules/.package-lock.json -ot package-lock.json ]; then
	npm ci --ignore-scripts --no-audit --no-fund --prefer-offline \
	    --fetch-retries=1 --loglevel=error >&2 9>&- &&
	    touch node_modules/.package-lock.json || {
		flock -u 9
		return 1
	}
fi
flock -s 9
