/* SPDX-License-Identifier: MIT */
/*
 * Photos that were reported: recognised as copies of one
 * another and of photos on lists, and shown with care.
 *
 * Matching runs over photos that a recipient reported and over nothing else:
 * no function here takes a photo or a hash from outside and says what it fits.
 */
#pragma once

#include "desk/cases/case.h"
#include "phash/phash.h"

/* "blur", "small" or "full"; -1 for a name that is none. */
int cs_desk_level_find(const char *name);

/*
 * The picture of the photo ${media}, decoded in the sandbox; appended to
 * ${out}, whose type ${*media_type} is static.  What is more than blurred is
 * counted for ${who}; all of it is written down.  CS_ERR_LIMIT: the person's
 * own limit; CS_ERR_NOT_FOUND: the file is gone; CS_ERR_TYPE: it cannot be
 * shown.
 */
CS_CHECKED enum cs_err cs_desk_picture(struct cs_buf *out,
    const char **media_type, struct cs_desk *d, const struct cs_desk_who *who,
    uint64_t media, int level);
/* Copies of it in cases and on lists: an array. */
CS_CHECKED enum cs_err cs_desk_copies(
    json_t *items, struct cs_desk *d, uint64_t media);

/* ---- lists of hashes ---------------------------------------------------- */

#define CS_DESK_LIST_TEXT_MAX 200

CS_CHECKED enum cs_err cs_desk_list_add(struct cs_desk *d,
    const struct cs_desk_who *who, const char *name, const char *owner,
    const char *purpose, uint64_t *id);
CS_CHECKED enum cs_err cs_desk_list_remove(
    struct cs_desk *d, const struct cs_desk_who *who, uint64_t id);
CS_CHECKED enum cs_err cs_desk_lists(json_t *items, struct cs_desk *d);
/*
 * Import lines: "csv" is hash,label,source,date with a header line; "hma" is
 * what Hasher-Matcher-Actioner reads from a file: "pdq HASH".  What is bad is
 * left out and said: ${out} is {added, skipped, bad: [{line, why}]}.
 */
CS_CHECKED enum cs_err cs_desk_list_import(json_t *out, struct cs_desk *d,
    const struct cs_desk_who *who, uint64_t id, const char *format,
    struct cs_view text);
CS_CHECKED enum cs_err cs_desk_list_export(struct cs_buf *out,
    struct cs_desk *d, const struct cs_desk_who *who, uint64_t id,
    const char *format);

/* One line of a list. */
struct desk_list_line {
	uint8_t hash[CS_PDQ_LEN];
	char label[CS_DESK_LIST_TEXT_MAX + 1];
	char source[CS_DESK_LIST_TEXT_MAX + 1];
	char date[16];
};
/* NULL: it is good; else what is wrong with it. */
const char *desk_list_line_parse(
    struct desk_list_line *out, struct cs_view line, bool csv);

/* ---- for the desk ------------------------------------------------------- */

/* What is known of a photo or file. */
enum desk_media {
	DESK_MEDIA_UNREAD = 0,
	DESK_MEDIA_PRESENT = 1,
	DESK_MEDIA_MISSING = 2, /* the hub did not have it any more */
	DESK_MEDIA_REFUSED = 3,
	DESK_MEDIA_CRASHED = 4, /* it breaks decoders */
};
const char *desk_media_name(unsigned state);
/* Append to ${items} what ${matches} of a photo's row are now: cases are merged
 * and split, and photos destroyed.  ${*acted}: something was done about a case
 * that has a copy. */
CS_CHECKED enum cs_err desk_matches_now(
    json_t *items, bool *acted, struct cs_desk *d, const json_t *matches);

/*
 * Look at photos that came and were not looked at yet, at one at least, until
 * it is ${until_ms}; ${*more}: there is something left.  A decoder that breaks
 * is a finding on the case.  CS_ERR_UNSUPPORTED: there is none; they wait.
 */
CS_CHECKED enum cs_err desk_photos_look(
    struct cs_desk *d, uint64_t until_ms, bool *more);
void desk_photos_forget(struct cs_desk *d);
