/* SPDX-License-Identifier: MIT */
/* The index of photo hashes: those of reported photos, and those of lists. */
#pragma once

#include "base/bytes.h"
#include "desk/reports/file.h"
#include "phash/phash.h"

struct cs_desk;

/* A row of hashes, and how far it is from what was looked for. */
struct desk_neighbour {
	uint64_t row;
	unsigned distance;
};
#define DESK_NEIGHBOURS_MAX                                                    \
	50 /* of one photo; more of them say nothing new                       \
	    */
struct desk_neighbours {
	struct desk_neighbour found[DESK_NEIGHBOURS_MAX];
	size_t n;
};

/* Forget what is in memory. */
void desk_index_forget(struct cs_desk *d);
/* Take all hashes into the index, as they are stored now; until it is
 * ${until_ms}, then ${*more} of them are left: after a start there may be
 * millions. */
CS_CHECKED enum cs_err desk_index_refresh(
    struct cs_desk *d, uint64_t until_ms, bool *more);
/* Find the rows nearest to a photo of these hashes, each once; after
 * desk_index_refresh() has left none. */
CS_CHECKED enum cs_err desk_index_find(struct desk_neighbours *out,
    const struct cs_desk *d, const uint8_t hashes[][CS_PDQ_LEN], size_t n);
/* Store the hashes of a photo that was looked at; in a transaction. */
CS_CHECKED enum cs_err desk_index_add(struct cs_desk *d, uint64_t media,
    const uint8_t hashes[static CS_PDQ_TURNS][CS_PDQ_LEN]);
/* What a neighbour of the photo ${media} is.  CS_ERR_NOT_FOUND: the photo
 * itself, or gone. */
CS_CHECKED enum cs_err desk_index_describe(struct desk_match *out,
    struct cs_desk *d, const struct desk_neighbour *m, uint64_t media);
/* Append to ${now} what ${matches} of a photo's row are now: cases are merged
 * and split, and photos destroyed.  ${*acted}: something was done about a case
 * that has a copy. */
CS_CHECKED enum cs_err desk_index_matches_now(struct desk_match_list *now,
    bool *acted, struct cs_desk *d, const struct desk_match_list *matches);
/* Match photos that came before a list did with it, too: some of them in each
 * call; ${*more}: there are others. */
CS_CHECKED enum cs_err desk_index_look_back(struct cs_desk *d, bool *more);
