/* SPDX-License-Identifier: MIT */
/* Lists of hashes of known photos, which others keep: each has an owner and a
 * purpose. */
#pragma once

#include "base/bytes.h"
#include "base/units.h"
#include "desk/reports/file.h"
#include "phash/phash.h"

struct cs_desk;
struct cs_desk_actor;

struct desk_list {
	uint64_t id, hashes; /* how many */
	char name[CS_DESK_LIST_TEXT_MAX + 1];
	char owner[CS_DESK_LIST_TEXT_MAX + 1];
	char purpose[CS_DESK_LIST_TEXT_MAX + 1];
	uint64_t made_ms;
};
extern const struct desk_record desk_list_record;

/* One line of a list. */
struct desk_list_line {
	uint8_t hash[CS_PDQ_LEN];
	char label[CS_DESK_LIST_TEXT_MAX + 1];
	char source[CS_DESK_LIST_TEXT_MAX + 1];
	char date[16];
};
extern const struct desk_record desk_list_line_record;

/* hash.source: ref is the photo's row in media, the list, or the number of the
 * notice. */
enum desk_hash_source {
	DESK_HASH_PHOTO = 0,
	DESK_HASH_LIST = 1,
	DESK_HASH_NOTICE = 2,
};

/* "csv" is hash,label,source,date with a header line; "hma" is what
 * Hasher-Matcher-Actioner reads from a file: "pdq HASH". */
enum cs_desk_list_format { CS_DESK_LIST_CSV = 0, CS_DESK_LIST_HMA = 1 };
/* -1 for any other name. */
int cs_desk_list_format_find(const char *name);

/* What became of an import: bad lines are skipped and listed. */
#define CS_DESK_IMPORT_BAD_MAX 100
struct cs_desk_import {
	uint64_t added, skipped, n_bad;
	/* The first n_bad of them; others are only counted. */
	struct {
		uint64_t line;
		const char *why; /* static */
	} bad[CS_DESK_IMPORT_BAD_MAX];
};

CS_CHECKED enum cs_err cs_desk_list_add(struct cs_desk *d,
    const struct cs_desk_actor *actor, const char *name, const char *owner,
    const char *purpose, uint64_t *id);
CS_CHECKED enum cs_err cs_desk_list_remove(
    struct cs_desk *d, const struct cs_desk_actor *actor, uint64_t id);
CS_CHECKED enum cs_err cs_desk_list_import(struct cs_desk_import *out,
    struct cs_desk *d, const struct cs_desk_actor *actor, uint64_t id,
    enum cs_desk_list_format format, struct cs_view text);
CS_CHECKED enum cs_err cs_desk_list_export(struct cs_buf *out,
    struct cs_desk *d, const struct cs_desk_actor *actor, uint64_t id,
    enum cs_desk_list_format format);

/*
 * Lists of organisations that file hashes of photos of people at risk.  Such a
 * list belongs to the organisation's key; when a photo of a report fits, its
 * case is raised, and nobody outside is told.
 */
#define DESK_LIST_RISK "people at risk" /* its purpose */
struct desk_list_organisation {
	const char *name;
	uint8_t key[CS_KEY_LEN];
};
/* Add ${hashes} (content/filing_body.h) to the list of ${of}, which is made if
 * there is none; ${*added} says how many were new.  In a transaction. */
CS_CHECKED enum cs_err desk_list_take_risk(uint64_t *added, struct cs_desk *d,
    const struct desk_list_organisation *of, struct cs_view hashes);
/* Is one of ${matches} a line of such a list? */
CS_CHECKED enum cs_err desk_lists_risk(
    bool *out, struct cs_desk *d, const struct desk_match_list *matches);

/* Call ${each} for all lists, in order; stops at its first error. */
CS_CHECKED enum cs_err desk_lists(struct cs_desk *d,
    enum cs_err (*each)(void *arg, const struct desk_list *l), void *arg);
/* CS_ERR_NOT_FOUND if there is no such list. */
CS_CHECKED enum cs_err desk_list_load(
    struct desk_list *out, struct cs_desk *d, uint64_t id);
/* NULL if the line is good, else what is wrong with it. */
const char *desk_list_line_parse(struct desk_list_line *out,
    struct cs_view line, enum cs_desk_list_format format);
/* Open the line that is sealed in the row ${id} of hashes. */
CS_CHECKED enum cs_err desk_list_line_open(struct desk_list_line *out,
    struct cs_desk *d, uint64_t id, struct cs_view sealed);
