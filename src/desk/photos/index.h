/* SPDX-License-Identifier: MIT */
/* The index of photo hashes: those of reported photos, and those of lists. */
#pragma once

#include <jansson.h>

#include "base/bytes.h"
#include "phash/phash.h"

struct cs_desk;

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

/* Append to ${items} what ${matches} of a photo's row are now: cases are merged
 * and split, and photos destroyed.  ${*acted}: something was done about a case
 * that has a copy. */
CS_CHECKED enum cs_err desk_index_matches_now(
    json_t *items, bool *acted, struct cs_desk *d, const json_t *matches);
void desk_index_forget(struct cs_desk *d);
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
CS_CHECKED enum cs_err desk_index_match_show(json_t **out, struct cs_desk *d,
    const struct desk_match *m, uint64_t media);
/*
 * Photos that came before a list did are matched with it, too: some of them in
 * each call; ${*more}: there are others.
 */
CS_CHECKED enum cs_err desk_index_look_back(struct cs_desk *d, bool *more);
