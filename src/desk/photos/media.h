/* SPDX-License-Identifier: MIT */
/* The rows of photos and files. */
#pragma once

#include "base/bytes.h"
#include "base/units.h"
#include "desk/reports/file.h"
#include "desk/reports/report.h"

struct cs_desk;
struct cs_mimi_content;

/* One row, with the report that it came in. */
struct desk_media {
	uint64_t id, case_id, item, part;
	uint8_t report[CS_ID_LEN];
	struct cs_desk_report_opened opened;
	struct desk_media_facts facts;
};

const char *desk_media_state_name(enum desk_media_state state);
/* CS_ERR_NOT_FOUND.  The caller clears ${out}, also after an error. */
CS_CHECKED enum cs_err desk_media_load(
    struct desk_media *out, struct cs_desk *d, uint64_t id);
void desk_media_clear(struct desk_media *m);
CS_CHECKED enum cs_err desk_media_save(
    struct cs_desk *d, const struct desk_media *m, enum desk_media_state state);
/* Raise its case if it is of a person at risk (lists.h), and tell open pages;
 * in a transaction. */
CS_CHECKED enum cs_err desk_media_touch(
    struct cs_desk *d, const struct desk_media *m);

/* What is shown of a row without opening its report. */
struct desk_media_row {
	uint64_t id, place;
	enum desk_media_state state;
	struct desk_media_facts facts;
};
/* Call ${each} for the rows of an item, in order; stops at its first error. */
CS_CHECKED enum cs_err desk_media_of_item(struct cs_desk *d, uint64_t item,
    enum cs_err (*each)(void *arg, const struct desk_media_row *m), void *arg);
