/* SPDX-License-Identifier: MIT */
/* The rows of photos and files. */
#pragma once

#include <jansson.h>

#include "base/bytes.h"
#include "desk/reports/report.h"

struct cs_desk;

/* What is known of a photo or file. */
enum desk_media_state {
	DESK_MEDIA_UNREAD = 0,
	DESK_MEDIA_PRESENT = 1,
	DESK_MEDIA_MISSING = 2, /* the hub did not have it any more */
	DESK_MEDIA_REFUSED = 3,
	DESK_MEDIA_CRASHED = 4, /* it breaks decoders */
};

/* One row of media, with the report that it came in. */
struct desk_media {
	uint64_t id, case_id, item, part;
	uint8_t report[16];
	struct cs_desk_report_opened r;
	json_t *doc;
};

const char *desk_media_state_name(unsigned state);
/* CS_ERR_NOT_FOUND; clear it in any case. */
CS_CHECKED enum cs_err desk_media_load(
    struct desk_media *p, struct cs_desk *d, uint64_t id);
void desk_media_clear(struct desk_media *p);
CS_CHECKED enum cs_err desk_media_save(
    struct cs_desk *d, const struct desk_media *p, enum desk_media_state state);
/* Pages of its case hear of it; in a transaction. */
CS_CHECKED enum cs_err desk_media_touch(
    struct cs_desk *d, const struct desk_media *p);
