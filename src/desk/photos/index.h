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
/* Of one photo; more of them say nothing new. */
#define DESK_NEIGHBOURS_MAX 50
struct desk_neighbours {
	struct desk_neighbour found[DESK_NEIGHBOURS_MAX];
	size_t n;
};

/* Forget what is in memory. */
void desk_index_forget(struct cs_desk *d);
/* Bring the index up to date with the stored hashes, until ${until_ms} at
 * most; ${*more} says that some are left.  After a start there may be
 * millions. */
CS_CHECKED enum cs_err desk_index_refresh(
    struct cs_desk *d, uint64_t until_ms, bool *more);
/* Find the rows nearest to a photo with these hashes, each once; after
 * desk_index_refresh() has left none. */
CS_CHECKED enum cs_err desk_index_find(struct desk_neighbours *out,
    const struct cs_desk *d, const uint8_t hashes[][CS_PDQ_LEN], size_t n);
/* Store the hashes of a photo that was looked at; in a transaction. */
CS_CHECKED enum cs_err desk_index_add(struct cs_desk *d, uint64_t media,
    const uint8_t hashes[static CS_PDQ_TURNS][CS_PDQ_LEN]);
/* The same of one hash of a notice; in a transaction. */
CS_CHECKED enum cs_err desk_index_add_notice(
    struct cs_desk *d, uint64_t number, const uint8_t hash[static CS_PDQ_LEN]);
/* Say what ${m}, a neighbour of the photo ${media}, is.  CS_ERR_NOT_FOUND if
 * it is the photo itself, or gone. */
CS_CHECKED enum cs_err desk_index_describe(struct desk_match *out,
    struct cs_desk *d, const struct desk_neighbour *m, uint64_t media);
/* Append to ${now} what became of ${matches}, as a photo's row has them:
 * cases are merged and split, and photos destroyed.  ${*acted} says that
 * something was done about a case that has a copy. */
CS_CHECKED enum cs_err desk_index_matches_now(struct desk_match_list *now,
    bool *acted, struct cs_desk *d, const struct desk_match_list *matches);
/* Match photos with lists that were imported after them, some in each call;
 * ${*more} says that there are others. */
CS_CHECKED enum cs_err desk_index_look_back(struct cs_desk *d, bool *more);
