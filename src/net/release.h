/* SPDX-License-Identifier: MIT */
/*
 * A release of the page that members use in a browser: its files, and a
 * manifest that names each by its hash.  One file holds all of it, so that it
 * is there whole or not at all, and no path that is asked for is ever a path of
 * the file system:
 *
 *	countersign-page 1
 *	version 1.2.0
 *	HASH SIZE /index.html		sorted by path; HASH: SHA-256 in hex
 *	...
 *	(an empty line)
 *	— NAME SIGNATURE			if it is signed (crypto/note.h)
 *	(an empty line, and behind it the bytes of the files in this order)
 *
 * The manifest is what stands before the first empty line, and a release is
 * known by its SHA-256.  With its signatures it is a signed note.
 */
#pragma once

#include "base/bytes.h"
#include "base/units.h"

#define CS_RELEASE_FILES_MAX 512
#define CS_RELEASE_FILE_MAX ((size_t)8 << 20)
#define CS_RELEASE_PACK_MAX ((size_t)32 << 20)
#define CS_RELEASE_MANIFEST_MAX ((size_t)128 << 10)
#define CS_RELEASE_PATH_MAX 200
#define CS_RELEASE_VERSION_MAX 32

/* Who may sign releases that follow, as text of crypto/note.h: a file of the
 * release itself. */
#define CS_RELEASE_KEY_PATH "/release-key.txt"

/* Views into the release. */
struct cs_release_file {
	struct cs_view path, bytes;
	uint8_t hash[CS_HASH_LEN];
};

struct cs_release {
	struct cs_buf pack;
	struct cs_view manifest;
	struct cs_view note; /* the manifest, and what signs it, if anything */
	struct cs_view version;
	uint8_t hash[CS_HASH_LEN];
	struct cs_release_file *files;
	size_t n_files;
	unsigned users;
};

/*
 * Take ${pack}, which is empty afterwards, as a release with one user.
 * CS_ERR_FORMAT: it is none; CS_ERR_LIMIT: too many or too long files;
 * CS_ERR_DIGEST: a file is not what the manifest says; CS_ERR_NOMEM.
 */
CS_CHECKED enum cs_err cs_release_open(
    struct cs_release **out, struct cs_buf *pack);
/* One more user of it, and one less: the last one frees it. */
struct cs_release *cs_release_use(struct cs_release *r);
void cs_release_drop(struct cs_release *r);

/*
 * Append the manifest of ${n} files, which are sorted by path, with an empty
 * line below it; their hashes are computed here.  CS_ERR_FORMAT: a path or the
 * version is not one, paths are not in order, or there is no /index.html;
 * CS_ERR_LIMIT.
 */
CS_CHECKED enum cs_err cs_release_manifest(struct cs_buf *out,
    struct cs_view version, const struct cs_release_file *files, size_t n);

/* May a file of a release be served as ${path}?  "/" and parts of letters,
 * digits, ".", "_" and "-", of which none begins with a dot; not one of the
 * paths that the hub has for itself. */
bool cs_release_path_valid(struct cs_view path);

/* The file at ${path}, or with the hash; NULL: none. */
const struct cs_release_file *cs_release_at(
    const struct cs_release *r, struct cs_view path);
const struct cs_release_file *cs_release_hashed(
    const struct cs_release *r, const uint8_t hash[static CS_HASH_LEN]);
/* The media type of a file by the end of its path. */
const char *cs_release_type(struct cs_view path);
