#!/bin/bash
# SPDX-License-Identifier: MIT
# install.sh: what the console is built and tested with, into node_modules.
#
# Two at once install one after the other, and neither takes away what the
# other one reads: whoever goes on with it holds descriptor 9.  Sourced by
# build.sh and scripts/check-console, which say what to do when it fails.
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
