/* SPDX-License-Identifier: MIT */
/* Photos and files of reports: fetched and kept encrypted, opened only when
 * somebody asks to see one; and what is known of each. */
#pragma once

#include "base/units.h"
#include "phash/phash.h"

struct cs_desk;
struct cs_desk_actor;
struct cs_desk_report_opened;
struct cs_evidence;
struct cs_mimi_external;
struct desk_record;

#define CS_DESK_LIST_TEXT_MAX 200 /* bytes of a list's name, of a label */

/* Something that a photo is a copy of: a line of a list, another photo, or a
 * photo of a notice. */
enum desk_match_kind {
	DESK_MATCH_LIST = 0,
	DESK_MATCH_CASE = 1,
	DESK_MATCH_NOTICE = 2,
};
struct desk_match {
	enum desk_match_kind kind;
	uint32_t distance; /* of their hashes, in bits */
	uint64_t list;     /* of a line */
	char list_name[CS_DESK_LIST_TEXT_MAX + 1];
	char label[CS_DESK_LIST_TEXT_MAX + 1];
	uint64_t case_id, media; /* of a photo; its case when it was matched; of
				  * a notice, its number in the place of media
				  */
};
struct desk_match_list {
	struct desk_match *at;
	size_t n;
};
extern const struct desk_record desk_match_record;

enum desk_media_state {
	DESK_MEDIA_UNREAD = 0, /* a photo that waits to be looked at */
	DESK_MEDIA_PRESENT = 1,
	DESK_MEDIA_MISSING = 2, /* the hub no longer had it */
	DESK_MEDIA_REFUSED = 3,
	DESK_MEDIA_CRASHED = 4, /* it breaks decoders */
	DESK_MEDIA_WRONG = 5,   /* what the hub has is not what was sent */
	DESK_MEDIA_AT_HUB = 6,  /* fetched when somebody asks for it */
	DESK_MEDIA_WANTED = 7,  /* somebody has */
};
#define DESK_MEDIA_STATES (DESK_MEDIA_WANTED + 1)

/* What is sealed in a row of media. */
struct desk_media_facts {
	bool photo;       /* by its type; false: another file */
	uint32_t quality; /* of its hash, in percent; 0: it has none */
	uint64_t copies;  /* copies in cases, when it was looked at */
	struct desk_match_list matches;
};
extern const struct desk_record desk_media_record;

/* How much is fetched before somebody asks to see it. */
#define DESK_FETCH_REPORT ((uint64_t)256 << 20) /* of one report */
#define DESK_FETCH_DAY ((uint64_t)1 << 30)      /* of one reporter in a day */

/* Whether somebody asked for it: then the bounds do not count. */
enum desk_fetch { DESK_FETCH_UNASKED, DESK_FETCH_ASKED };
/*
 * Fetch the file of part ${part} of message ${item} from the hub, unless it is
 * here; the desk has to be connected.  Its bytes are hashed as they come, and
 * kept under their hash only if that is the one that the message names: so what
 * one message names wrongly hides no file of another.  Each blob is fetched
 * once a report.  CS_ERR_NOT_FOUND: the hub does not have it; CS_ERR_DIGEST: it
 * is not what the message names; CS_ERR_BUSY: more than is fetched unasked.
 */
CS_CHECKED enum cs_err desk_file_fetch(struct cs_desk *d,
    const struct cs_desk_report_opened *c, size_t item, size_t part,
    enum desk_fetch asked);
/* Forget that files of a report were fetched; in a transaction. */
CS_CHECKED enum cs_err desk_files_forget(
    struct cs_desk *d, const uint8_t report[static CS_ID_LEN]);
bool desk_file_is_photo(const struct cs_mimi_external *part);
/* Append the blobs that the messages of a proved report name, as a list of
 * cs_wire_blob_get; 50 at most, photos first. */
CS_CHECKED enum cs_err desk_files_pins(
    struct cs_buf *list, uint32_t *n, const struct cs_evidence *e);
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
