/* SPDX-License-Identifier: MIT */
#include "mls/key_index.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "crypto/random.h"
#include "mls/ratchet_tree.h"
#include "mls/tree_leaf.h"
#include "mls/tree_node.h"
#include "mls/tree_save.h"

/* A key for encryption may be spelt like one for signatures. */
enum purpose { ENCRYPTION, SIGNATURE };

void
cs_mls_key_index_clear(struct cs_mls_key_index *index)
{
	cs_free_plain(index->slots);
	*index = (struct cs_mls_key_index){ 0 };
}

void
cs_mls_key_change_clear(struct cs_mls_key_change *c)
{
	cs_free_plain(c->gone);
	cs_free_plain(c->come);
	*c = (struct cs_mls_key_change){ 0 };
}

static uint64_t
fingerprint(const struct cs_mls_key_index *index, enum purpose purpose,
    struct cs_view key)
{
	uint8_t k[CS_SHORT_HASH_KEY_LEN];
	uint64_t x;

	memcpy(k, index->key, sizeof k);
	k[0] ^= (uint8_t)purpose;
	x = cs_short_hash(k, key);
	return x == 0 ? 1 : x;
}

/* Where ${x} is, or where it would be put. */
static size_t
slot_of(const struct cs_mls_key_index *index, uint64_t x)
{
	size_t i = x & (index->cap - 1);

	while (index->slots[i] != 0 && index->slots[i] != x)
		i = (i + 1) & (index->cap - 1);
	return i;
}

static bool
has(const struct cs_mls_key_index *index, uint64_t x)
{
	return index->cap != 0 && index->slots[slot_of(index, x)] == x;
}

enum cs_err
cs_mls_key_index_reserve(struct cs_mls_key_index *index, size_t more)
{
	struct cs_mls_key_index grown = *index;

	if (index->n + more <= index->cap / 2)
		return CS_OK;
	grown.cap = index->cap == 0 ? 16 : index->cap;
	while (grown.cap / 2 < index->n + more)
		grown.cap *= 2;
	grown.slots = cs_calloc(grown.cap, sizeof *grown.slots);
	if (grown.slots == NULL)
		return CS_ERR_NOMEM;
	for (size_t i = 0; i < index->cap; i++)
		if (index->slots[i] != 0)
			grown.slots[slot_of(&grown, index->slots[i])] =
			    index->slots[i];
	cs_free_plain(index->slots);
	*index = grown;
	return CS_OK;
}

static void
insert(struct cs_mls_key_index *index, uint64_t x)
{
	index->slots[slot_of(index, x)] = x;
	index->n++;
}

/* Take ${x} out and close the gap: nothing may stand behind a free slot. */
static void
erase(struct cs_mls_key_index *index, uint64_t x)
{
	size_t mask = index->cap - 1, gap = slot_of(index, x), i = gap;

	if (index->slots[gap] != x)
		return;
	index->n--;
	for (;;) {
		i = (i + 1) & mask;
		if (index->slots[i] == 0)
			break;
		/* Does it belong at or before the gap, going round? */
		if (((i - (index->slots[i] & mask)) & mask) >=
		    ((i - gap) & mask)) {
			index->slots[gap] = index->slots[i];
			gap = i;
		}
	}
	index->slots[gap] = 0;
}

/* ---- keys of nodes ------------------------------------------------------ */

/* One or two keys of a node: of a leaf the signature key, too. */
static size_t
keys_of(uint64_t out[static 2], const struct cs_mls_key_index *index,
    const struct cs_mls_node *n)
{
	struct cs_reader r;

	if (n == NULL || n->kind == CS_MLS_NODE_BLANK)
		return 0;
	out[0] = fingerprint(index, ENCRYPTION, cs_mls_node_key(n));
	if (n->kind != CS_MLS_NODE_LEAF)
		return 1;
	/* A LeafNode begins with these two. */
	r = cs_reader(cs_mls_node_raw(n));
	cs_read_vec(&r);
	out[1] = fingerprint(index, SIGNATURE, cs_read_vec(&r));
	return 2;
}

static enum cs_err
build(struct cs_mls_key_index *index, const struct cs_mls_node *n)
{
	uint64_t x[2];
	size_t k = keys_of(x, index, n);
	enum cs_err err;

	for (size_t i = 0; i < k; i++) {
		if (has(index, x[i]))
			return CS_ERR_TREE;
		insert(index, x[i]);
	}
	if (n->child[0] == NULL)
		return CS_OK;
	if ((err = build(index, n->child[0])))
		return err;
	return build(index, n->child[1]);
}

enum cs_err
cs_mls_key_index_build(
    struct cs_mls_key_index *out, const struct cs_mls_tree *t)
{
	enum cs_err err;

	*out = (struct cs_mls_key_index){ 0 };
	cs_random(out->key, sizeof out->key);
	/* At most two keys a member and one a parent. */
	if ((err = cs_mls_key_index_reserve(
		 out, 3 * (size_t)cs_mls_tree_members(t) + 2)) == CS_OK)
		err = build(out, t->root);
	if (err != CS_OK)
		cs_mls_key_index_clear(out);
	return err;
}

static enum cs_err
append(uint64_t **list, size_t *n, size_t *cap, uint64_t x)
{
	if (*n == *cap) {
		size_t more = *cap == 0 ? 32 : 2 * *cap;
		uint64_t *grown = cs_grow(*list, *n, more, sizeof **list);

		if (grown == NULL)
			return CS_ERR_NOMEM;
		*list = grown;
		*cap = more;
	}
	(*list)[(*n)++] = x;
	return CS_OK;
}

struct finding {
	struct cs_mls_key_change *out;
	const struct cs_mls_key_index *index;
};

static enum cs_err
find(void *arg, uint32_t x, const struct cs_mls_node *was,
    const struct cs_mls_node *is)
{
	struct finding *f = arg;
	struct cs_mls_key_change *c = f->out;
	uint64_t keys[2];
	size_t n;
	enum cs_err err;

	(void)x;
	n = keys_of(keys, f->index, was);
	for (size_t i = 0; i < n; i++)
		if ((err = append(&c->gone, &c->n_gone, &c->cap_gone, keys[i])))
			return err;
	n = keys_of(keys, f->index, is);
	for (size_t i = 0; i < n; i++)
		if ((err = append(&c->come, &c->n_come, &c->cap_come, keys[i])))
			return err;
	return CS_OK;
}

enum cs_err
cs_mls_key_change_find(struct cs_mls_key_change *out,
    const struct cs_mls_key_index *index, const struct cs_mls_tree *was,
    const struct cs_mls_tree *is)
{
	struct finding f = { out, index };

	return cs_mls_tree_diff(was, is, find, &f);
}

static int
compare(const void *a, const void *b)
{
	uint64_t x, y;

	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	return x < y ? -1 : x > y;
}

enum cs_err
cs_mls_key_change_check(
    struct cs_mls_key_change *c, const struct cs_mls_key_index *index)
{
	if (c->n_gone != 0)
		qsort(c->gone, c->n_gone, sizeof *c->gone, compare);
	if (c->n_come != 0)
		qsort(c->come, c->n_come, sizeof *c->come, compare);
	for (size_t i = 0; i < c->n_come; i++) {
		uint64_t x = c->come[i];

		if (i > 0 && c->come[i - 1] == x)
			return CS_ERR_TREE;
		if (has(index, x) &&
		    (c->n_gone == 0 ||
			bsearch(&x, c->gone, c->n_gone, sizeof x, compare) ==
			    NULL))
			return CS_ERR_TREE;
	}
	return CS_OK;
}

void
cs_mls_key_index_apply(
    struct cs_mls_key_index *index, const struct cs_mls_key_change *c)
{
	for (size_t i = 0; i < c->n_gone; i++)
		erase(index, c->gone[i]);
	for (size_t i = 0; i < c->n_come; i++)
		insert(index, c->come[i]);
}

bool
cs_mls_key_index_has_key(
    const struct cs_mls_key_index *index, struct cs_view encryption_key)
{
	return has(index, fingerprint(index, ENCRYPTION, encryption_key));
}

bool
cs_mls_key_index_has_signer(
    const struct cs_mls_key_index *index, struct cs_view signature_key)
{
	return has(index, fingerprint(index, SIGNATURE, signature_key));
}
