/* SPDX-License-Identifier: MIT */
/*
 * Releases of the page that members use in a browser, in the hub's folder:
 *
 *	page/HASH	each release that is installed (net/release.h)
 *	page/now	what is shown, a copy
 *	page/before	what was shown before, whose files are still given
 *
 * Each is one file that is replaced by rename, so a hub that runs shows one
 * release or another, and never a mixture.
 */
#pragma once

#include <stddef.h>

#include "hub/page_key.h"
#include "net/release.h"

#define HUB_PAGE "page"
#define HUB_PAGE_NOW "now"
#define HUB_PAGE_BEFORE "before"
/* The manifest in a folder with the files of a release. */
#define CS_HUB_PAGE_MANIFEST "release.txt"

struct cs_hub_page {
	char hash[2 * CS_HASH_LEN + 1];
	char version[CS_RELEASE_VERSION_MAX + 1];
	uint64_t bytes;
	size_t files;
	char signer[CS_NOTE_NAME_MAX + 1]; /* "": its key is not in it */
	bool now;                          /* it is shown */
};

/* Write FOLDER/release.txt for the files that lie in ${folder} and below it;
 * with ${key}, unless it is NULL, signed, and FOLDER/release-key.txt, too.
 * CS_ERR_FORMAT: ${version}, or a path, is none of a release, or there is no
 * index.html; CS_ERR_LIMIT; CS_ERR_TYPE: there is something that is neither
 * file nor folder. */
CS_CHECKED enum cs_err cs_hub_page_manifest(
    const char *folder, const char *version, const struct cs_hub_page_key *key);

/* Copy the release in ${folder} to the hub in ${dir}; ${out} says what it is.
 * CS_ERR_NOT_FOUND: there is no release.txt, or no hub; CS_ERR_DIGEST: the
 * files are not those that it names; CS_ERR_SIGNATURE: it has a release key,
 * which did not sign it; and as above. */
CS_CHECKED enum cs_err cs_hub_page_install(
    struct cs_hub_page *out, const char *dir, const char *folder);

/* The next installed release behind the hash in ${out}, in the order of hashes;
 * an empty one asks for the first.  CS_ERR_NOT_FOUND: no more. */
CS_CHECKED enum cs_err cs_hub_page_next(
    struct cs_hub_page *out, const char *dir);

/* Show the release with this hash, or the one whose hash alone begins so.  A
 * hub that runs does at once.  CS_ERR_NOT_FOUND: there is none, or more than
 * one; CS_ERR_DIGEST, CS_ERR_FORMAT: it is damaged. */
CS_CHECKED enum cs_err cs_hub_page_show(
    struct cs_hub_page *out, const char *dir, const char *hash);
