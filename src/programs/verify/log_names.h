/* SPDX-License-Identifier: MIT */
/* The map of names (decision 0049), made anew of a log's entries, and compared
 * with each root that the log has. */
#pragma once

#include "franking/tlog_entry.h"
#include "tlog/map_tree.h"

struct log_names {
	struct cs_tlog_map_tree *tree;
	struct cs_buf
	    leaves; /* of struct, in order: what a restored one loses */
	uint8_t key[CS_KEY_LEN];
	bool has_key;
	uint64_t roots; /* that were compared */
};

/* Memory of ${n}, all zero; CS_ERR_NOMEM. */
CS_CHECKED enum cs_err log_names_open(struct log_names *n);
void log_names_close(struct log_names *n);

/*
 * The entry ${number}, of any kind; each is given, in order.
 * CS_ERR_EXISTS: it gives a name a second account.
 * CS_ERR_MISMATCH: its root is not that of the names before it.
 * CS_ERR_KEY: labels are by another key than before.
 * CS_ERR_FORMAT: it says that entries were lost that do not precede it.
 * CS_ERR_LIMIT: two labels agree as those of a VRF never do.
 */
CS_CHECKED enum cs_err log_names_add(
    struct log_names *n, uint64_t number, struct cs_view entry);
