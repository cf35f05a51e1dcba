/* SPDX-License-Identifier: MIT */
#include "programs/verify/log_names.h"

#include <string.h>

/* A leaf, and where the log has it. */
struct placed {
	uint64_t number;
	struct cs_tlog_map_leaf leaf;
};

enum cs_err
log_names_open(struct log_names *n)
{
	return cs_tlog_map_tree_new(&n->tree);
}

void
log_names_close(struct log_names *n)
{
	cs_tlog_map_tree_free(n->tree);
	cs_buf_free(&n->leaves);
	memset(n, 0, sizeof *n);
}

static enum cs_err
add_leaf(struct log_names *n, uint64_t number, struct cs_view entry)
{
	struct placed p = { .number = number };
	enum cs_err err;

	memcpy(p.leaf.label, entry.data + 2, sizeof p.leaf.label);
	memcpy(p.leaf.value, entry.data + 2 + sizeof p.leaf.label,
	    sizeof p.leaf.value);
	if ((err = cs_tlog_map_tree_add(n->tree, &p.leaf)))
		return err;
	return cs_buf_add(&n->leaves, cs_view(&p, sizeof p));
}

static enum cs_err
compare_root(struct log_names *n, struct cs_view entry)
{
	struct cs_tlog_names said;
	struct cs_tlog_hash root;
	enum cs_err err = cs_tlog_names_parse(&said, entry);

	if (err)
		return err;
	if (n->has_key && memcmp(n->key, said.key, sizeof n->key) != 0)
		return CS_ERR_KEY;
	memcpy(n->key, said.key, sizeof n->key);
	n->has_key = true;
	n->roots++;
	cs_tlog_map_tree_root(&root, n->tree);
	return said.n == cs_tlog_map_tree_size(n->tree) &&
		cs_tlog_hash_equal(&root, &said.root)
	    ? CS_OK
	    : CS_ERR_MISMATCH;
}

/* The database was put back: names between ${from} and ${to} are unknown to
 * it, and what it adds, it adds to the others. */
static enum cs_err
lose(struct log_names *n, uint64_t number, struct cs_view entry)
{
	size_t kept = 0, count = n->leaves.len / sizeof(struct placed);
	uint64_t from, to;
	enum cs_err err = cs_tlog_restored_parse(&from, &to, entry);

	if (err)
		return err;
	if (from > to || to > number)
		return CS_ERR_FORMAT;
	cs_tlog_map_tree_free(n->tree);
	n->tree = NULL;
	if ((err = cs_tlog_map_tree_new(&n->tree)))
		return err;
	for (size_t i = 0; err == CS_OK && i < count; i++) {
		uint8_t *at = n->leaves.data + i * sizeof(struct placed);
		struct placed p;

		memcpy(&p, at, sizeof p);
		if (p.number >= from && p.number < to)
			continue;
		memmove(n->leaves.data + kept++ * sizeof p, at, sizeof p);
		err = cs_tlog_map_tree_add(n->tree, &p.leaf);
	}
	n->leaves.len = kept * sizeof(struct placed);
	return err;
}

enum cs_err
log_names_add(struct log_names *n, uint64_t number, struct cs_view entry)
{
	switch (cs_tlog_entry_kind(entry)) {
	case CS_TLOG_NAME:
		return add_leaf(n, number, entry);
	case CS_TLOG_NAMES:
		return compare_root(n, entry);
	case CS_TLOG_RESTORED:
		return lose(n, number, entry);
	default:
		return CS_OK;
	}
}
