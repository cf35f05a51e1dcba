/* SPDX-License-Identifier: MIT */
/* Photos and files of reports: fetched and kept encrypted, opened only when
 * somebody asks to see one; and what is known of each. */
#pragma once

#include "base/bytes.h"
#include "phash/phash.h"

struct cs_desk;
struct cs_desk_actor;
struct cs_desk_report_opened;
struct cs_evidence;
struct desk_record;

#define CS_DESK_LIST_TEXT_MAX 200 /* bytes of a list's name, of a label */

/* Something that a photo is a copy of: a line of a list, or another photo. */
enum desk_match_kind { DESK_MATCH_LIST = 0, DESK_MATCH_CASE = 1 };
struct desk_match {
	enum desk_match_kind kind;
	uint32_t distance; /* of their hashes, in bits */
	uint64_t list;     /* of a line */
	char list_name[CS_DESK_LIST_TEXT_MAX + 1];
	char label[CS_DESK_LIST_TEXT_MAX + 1];
	uint64_t case_id, media; /* of a photo; its case when it was matched */
};
struct desk_match_list {
	struct desk_match *at;
	size_t n;
};
extern const struct desk_record desk_match_record;

/* What is sealed in a row of media. */
struct desk_media_facts {
	bool photo;       /* by its type; false: another file */
	uint32_t quality; /* of its hash, in percent; 0: it has none */
	uint64_t copies;  /* copies in cases, when it was looked at */
	struct desk_match_list matches;
};
extern const struct desk_record desk_media_record;

/* Fetch the files that a verified report names; those that are gone stay so. */
CS_CHECKED enum cs_err desk_files_fetch(
    struct cs_desk *d, const struct cs_evidence *e);
/* Append the photo or file of part ${part} of message ${item}, decrypted and
 * checked against what the sender committed to.  CS_ERR_NOT_FOUND: the hub did
 * not have it.  The caller writes down that it was opened. */
CS_CHECKED enum cs_err desk_file_open(struct cs_buf *out, struct cs_desk *d,
    const struct cs_desk_report_opened *c, size_t item, size_t part);
/* Which file: part ${part} of message ${item}, both from 0. */
struct desk_part {
	size_t item, part;
};
/* The same for ${actor}, written down in the custody record and the log. */
CS_CHECKED enum cs_err cs_desk_report_file(struct cs_buf *out,
    struct cs_desk *d, const struct cs_desk_actor *actor,
    const struct cs_desk_report_opened *c, const struct desk_part *part);
