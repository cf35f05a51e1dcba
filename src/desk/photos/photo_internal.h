/* SPDX-License-Identifier: MIT */
/* What the files about photos share. */
#pragma once

#include "desk/decisions/decision_internal.h"
#include "desk/photos/photo.h"
#include "phash/index.h"

/* One row of media, with the report that it came in. */
struct desk_photo {
	uint64_t id, kase, item, part;
	uint8_t report[16];
	struct cs_desk_case r;
	json_t *doc;
};
/* CS_ERR_NOT_FOUND; clear it in any case. */
CS_CHECKED enum cs_err desk_photo_load(
    struct desk_photo *p, struct cs_desk *d, uint64_t id);
void desk_photo_clear(struct desk_photo *p);
CS_CHECKED enum cs_err desk_photo_save(
    struct cs_desk *d, const struct desk_photo *p, enum desk_media state);
/* Pages of its case hear of it; in a transaction. */
CS_CHECKED enum cs_err desk_photo_touch(
    struct cs_desk *d, const struct desk_photo *p);

/* ---- photo_index.c ------------------------------------------------------ */

/* A row of hashes, and how far it is from what was looked for. */
struct desk_match {
	uint64_t row;
	unsigned distance;
};
#define DESK_MATCHES_MAX 50 /* on one photo; more of them say nothing new */
struct desk_matches {
	struct desk_match found[DESK_MATCHES_MAX];
	size_t n;
};

/* All hashes, as they are stored now; until it is ${until_ms}, then ${*more} of
 * them are left: after a start there may be millions. */
CS_CHECKED enum cs_err desk_index_refresh(
    struct cs_desk *d, uint64_t until_ms, bool *more);
/* The rows nearest to a photo of these hashes, each once; after
 * desk_index_refresh() has left none. */
CS_CHECKED enum cs_err desk_index_find(struct desk_matches *out,
    const struct cs_desk *d, const uint8_t hashes[][CS_PDQ_LEN], size_t n);
/* Keep the hashes of a photo that was looked at; in a transaction. */
CS_CHECKED enum cs_err desk_index_add(struct cs_desk *d, uint64_t media,
    const uint8_t hashes[static CS_PDQ_TURNS][CS_PDQ_LEN]);
/* A match as the case shows it; NULL: it is the photo itself, or gone. */
CS_CHECKED enum cs_err desk_match_show(json_t **out, struct cs_desk *d,
    const struct desk_match *m, uint64_t media);
/* Was something done about the case ${kase}, and not taken back? */
CS_CHECKED enum cs_err desk_case_acted(
    bool *out, struct cs_desk *d, uint64_t kase);
/*
 * Photos that came before a list did are matched with it, too: some of them in
 * each call; ${*more}: there are others.
 */
CS_CHECKED enum cs_err desk_index_look_back(struct cs_desk *d, bool *more);
