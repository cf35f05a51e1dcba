/* SPDX-License-Identifier: MIT */
#include "mls/secret_tree.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "crypto/label.h"

static struct cs_view
secret(const struct cs_suite *suite, const uint8_t *b)
{
	return cs_view(b, suite->hash_len);
}

static enum cs_err
alloc_tree(struct cs_mls_secret_tree *out, const struct cs_suite *suite,
    uint32_t n_leaves)
{
	out->suite = suite;
	out->n_leaves = n_leaves;
	out->nodes = cs_calloc(cs_mls_node_width(n_leaves), sizeof *out->nodes);
	out->leaves = cs_calloc(n_leaves, sizeof *out->leaves);
	if (out->nodes != NULL && out->leaves != NULL)
		return CS_OK;
	cs_mls_secret_tree_clear(out);
	return CS_ERR_NOMEM;
}

enum cs_err
cs_mls_secret_tree_init(struct cs_mls_secret_tree *out,
    const struct cs_suite *suite, uint32_t n_leaves,
    const struct cs_mls_encryption_secret *root)
{
	struct cs_mls_secret_node *top;
	enum cs_err err;

	if ((err = alloc_tree(out, suite, n_leaves)))
		return err;
	top = &out->nodes[cs_mls_node_root(n_leaves)];
	top->present = true;
	memcpy(top->b, root->b, suite->hash_len);
	return CS_OK;
}

static void
ratchets_free(struct cs_mls_ratchets *r)
{
	for (int k = 0; r != NULL && k < 2; k++)
		cs_free(r->v[k].kept, r->v[k].cap_kept * sizeof *r->v[k].kept);
	cs_free(r, sizeof *r);
}

void
cs_mls_secret_tree_clear(struct cs_mls_secret_tree *t)
{
	for (uint32_t i = 0; t->leaves != NULL && i < t->n_leaves; i++)
		ratchets_free(t->leaves[i]);
	cs_free_plain(t->leaves);
	cs_free(t->nodes, cs_mls_node_width(t->n_leaves) * sizeof *t->nodes);
	*t = (struct cs_mls_secret_tree){ 0 };
}

void
cs_mls_pending_key_clear(struct cs_mls_pending_key *p)
{
	ratchets_free(p->fresh);
	cs_free(p->skipped, p->n_skipped * sizeof *p->skipped);
	cs_wipe(p, sizeof *p);
}

/* The lowest node above ${leaf} that still has its secret. */
static bool
find_source(const struct cs_mls_secret_tree *t, uint32_t leaf, uint32_t *out)
{
	uint32_t x = cs_mls_leaf_to_node(leaf);
	uint32_t root = cs_mls_node_root(t->n_leaves);

	while (!t->nodes[x].present) {
		if (x == root)
			return false;
		x = cs_mls_node_parent(x);
	}
	*out = x;
	return true;
}

/* One step down towards ${leaf}; what lies beside goes to ${p}. */
static enum cs_err
descend(struct cs_mls_pending_key *p, const struct cs_suite *suite,
    uint32_t *node, uint8_t *b)
{
	uint8_t left[CS_HASH_MAX], right[CS_HASH_MAX];
	uint32_t l = cs_mls_node_left(*node), r = cs_mls_node_right(*node);
	bool go_left = cs_mls_node_below(l, cs_mls_leaf_to_node(p->leaf));
	enum cs_err err;

	if ((err = cs_expand_with_label(left, suite->hash_len, suite,
		 secret(suite, b), cs_view_str("tree"), cs_view_str("left"))) ||
	    (err = cs_expand_with_label(right, suite->hash_len, suite,
		 secret(suite, b), cs_view_str("tree"), cs_view_str("right"))))
		goto out;
	p->off_path[p->n_off_path].node = go_left ? r : l;
	memcpy(p->off_path[p->n_off_path++].b, go_left ? right : left,
	    suite->hash_len);
	memcpy(b, go_left ? left : right, suite->hash_len);
	*node = go_left ? l : r;
out:
	cs_wipe(left, sizeof left);
	cs_wipe(right, sizeof right);
	return err;
}

/* Make the ratchets of a leaf that has none yet, in ${p} only. */
static enum cs_err
start_ratchets(struct cs_mls_pending_key *p, const struct cs_mls_secret_tree *t)
{
	static const char *const labels[] = { "handshake", "application" };
	uint8_t b[CS_HASH_MAX];
	uint32_t x;
	enum cs_err err = CS_OK;

	if (!find_source(t, p->leaf, &x))
		return CS_ERR_REPLAY;
	memcpy(b, t->nodes[x].b, t->suite->hash_len);
	while (!cs_mls_node_is_leaf(x))
		if ((err = descend(p, t->suite, &x, b)))
			goto out;
	p->fresh = cs_calloc(1, sizeof *p->fresh);
	if (p->fresh == NULL)
		err = CS_ERR_NOMEM;
	for (int k = 0; k < 2 && err == CS_OK; k++)
		err = cs_expand_with_label(p->fresh->v[k].secret,
		    t->suite->hash_len, t->suite, secret(t->suite, b),
		    cs_view_str(labels[k]), cs_view(NULL, 0));
out:
	cs_wipe(b, sizeof b);
	return err;
}

/* Key and nonce of generation ${g}, whose secret ${b} is. */
static enum cs_err
message_key(struct cs_mls_message_key *out, const struct cs_suite *suite,
    const uint8_t *b, uint32_t g)
{
	enum cs_err err;

	if ((err = cs_derive_tree_secret(out->key, suite->aead_key_len, suite,
		 secret(suite, b), cs_view_str("key"), g)))
		return err;
	return cs_derive_tree_secret(out->nonce, suite->aead_nonce_len, suite,
	    secret(suite, b), cs_view_str("nonce"), g);
}

/* Walk on from ${r} to ${p->generation} and one further. */
static enum cs_err
walk(struct cs_mls_pending_key *p, const struct cs_suite *suite,
    const struct cs_mls_ratchet *r)
{
	uint32_t n = p->generation - r->next;
	enum cs_err err;

	if (n != 0) {
		p->skipped = cs_calloc(n, sizeof *p->skipped);
		if (p->skipped == NULL)
			return CS_ERR_NOMEM;
		p->n_skipped = n;
	}
	memcpy(p->secret, r->secret, suite->hash_len);
	for (uint32_t i = 0; i <= n; i++) {
		uint32_t g = r->next + i;
		struct cs_mls_message_key *to =
		    i < n ? &p->skipped[i].key : &p->key;

		if (i < n)
			p->skipped[i].generation = g;
		if ((err = message_key(to, suite, p->secret, g)) ||
		    (err = cs_derive_tree_secret(p->secret, suite->hash_len,
			 suite, secret(suite, p->secret), cs_view_str("secret"),
			 g)))
			return err;
	}
	return CS_OK;
}

/* Have room, so that taking cannot fail. */
static enum cs_err
make_room(struct cs_mls_ratchet *r, size_t more)
{
	struct cs_mls_kept_key *grown;

	if (r->cap_kept - r->n_kept >= more)
		return CS_OK;
	grown = cs_grow(r->kept, r->cap_kept, r->n_kept + more, sizeof *grown);
	if (grown == NULL)
		return CS_ERR_NOMEM;
	r->kept = grown;
	r->cap_kept = r->n_kept + more;
	return CS_OK;
}

static enum cs_err
find_kept(struct cs_mls_pending_key *p, const struct cs_mls_ratchet *r)
{
	for (size_t i = 0; i < r->n_kept; i++) {
		if (r->kept[i].generation != p->generation)
			continue;
		p->key = r->kept[i].key;
		p->was_kept = true;
		return CS_OK;
	}
	return CS_ERR_REPLAY;
}

static struct cs_mls_ratchet *
ratchet_of(struct cs_mls_pending_key *p, struct cs_mls_secret_tree *t)
{
	struct cs_mls_ratchets *both =
	    p->fresh != NULL ? p->fresh : t->leaves[p->leaf];

	return &both->v[p->kind];
}

enum cs_err
cs_mls_secret_tree_find(struct cs_mls_pending_key *out,
    struct cs_mls_secret_tree *t, uint32_t leaf, enum cs_mls_ratchet_kind kind,
    uint32_t generation, uint32_t max_skip)
{
	struct cs_mls_ratchet *r;
	enum cs_err err = CS_OK;

	assert(leaf < t->n_leaves);
	memset(out, 0, sizeof *out);
	out->leaf = leaf;
	out->kind = kind;
	out->generation = generation;
	out->max_kept = max_skip;
	if (t->leaves[leaf] == NULL && (err = start_ratchets(out, t)))
		goto out;
	r = ratchet_of(out, t);
	if (generation < r->next) {
		err = find_kept(out, r);
		goto out;
	}
	/* Section 15.3: how far a message may push a ratchet; the last
	 * generation has no next. */
	if (generation - r->next > max_skip || generation == UINT32_MAX) {
		err = CS_ERR_LIMIT;
		goto out;
	}
	if ((err = walk(out, t->suite, r)) == CS_OK)
		err = make_room(r, out->n_skipped);
out:
	if (err != CS_OK)
		cs_mls_pending_key_clear(out);
	return err;
}

enum cs_err
cs_mls_secret_tree_next(struct cs_mls_pending_key *out,
    struct cs_mls_secret_tree *t, uint32_t leaf, enum cs_mls_ratchet_kind kind)
{
	const struct cs_mls_ratchets *both = t->leaves[leaf];

	return cs_mls_secret_tree_find(
	    out, t, leaf, kind, both == NULL ? 0 : both->v[kind].next, 0);
}

/* Take over the secrets beside the path and wipe those on it. */
static void
settle(struct cs_mls_secret_tree *t, struct cs_mls_pending_key *p)
{
	uint32_t root = cs_mls_node_root(t->n_leaves);
	uint32_t x = cs_mls_leaf_to_node(p->leaf);

	for (;; x = cs_mls_node_parent(x)) {
		cs_wipe(&t->nodes[x], sizeof t->nodes[x]);
		if (x == root)
			break;
	}
	for (size_t i = 0; i < p->n_off_path; i++) {
		struct cs_mls_secret_node *n = &t->nodes[p->off_path[i].node];

		n->present = true;
		memcpy(n->b, p->off_path[i].b, t->suite->hash_len);
	}
	t->leaves[p->leaf] = p->fresh;
	p->fresh = NULL;
}

/* Drop ${n} entries at ${from}. */
static void
forget(struct cs_mls_ratchet *r, size_t from, size_t n)
{
	memmove(r->kept + from, r->kept + from + n,
	    (r->n_kept - from - n) * sizeof *r->kept);
	r->n_kept -= n;
	cs_wipe(r->kept + r->n_kept, n * sizeof *r->kept);
}

void
cs_mls_secret_tree_take(
    struct cs_mls_secret_tree *t, struct cs_mls_pending_key *p)
{
	struct cs_mls_ratchet *r;

	if (p->fresh != NULL)
		settle(t, p);
	r = ratchet_of(p, t);
	for (size_t i = 0; p->was_kept && i < r->n_kept; i++)
		if (r->kept[i].generation == p->generation)
			forget(r, i--, 1);
	if (!p->was_kept) {
		if (p->n_skipped != 0)
			memcpy(r->kept + r->n_kept, p->skipped,
			    p->n_skipped * sizeof *r->kept);
		r->n_kept += p->n_skipped;
		memcpy(r->secret, p->secret, t->suite->hash_len);
		r->next = p->generation + 1;
		/* The oldest go first. */
		if (r->n_kept > p->max_kept && p->n_skipped != 0)
			forget(r, 0, r->n_kept - p->max_kept);
	}
	cs_mls_pending_key_clear(p);
}

static void
write_ratchet(struct cs_writer *w, const struct cs_suite *suite,
    const struct cs_mls_ratchet *r)
{
	size_t mark;

	cs_write_bytes(w, secret(suite, r->secret));
	cs_write_u32(w, r->next);
	mark = cs_write_open(w);
	for (size_t i = 0; i < r->n_kept; i++) {
		const struct cs_mls_kept_key *k = &r->kept[i];

		cs_write_u32(w, k->generation);
		cs_write_bytes(w, cs_view(k->key.key, suite->aead_key_len));
		cs_write_bytes(w, cs_view(k->key.nonce, suite->aead_nonce_len));
	}
	cs_write_close(w, mark);
}

void
cs_mls_secret_tree_write(
    struct cs_writer *w, const struct cs_mls_secret_tree *t)
{
	size_t mark;

	cs_write_u32(w, t->n_leaves);
	mark = cs_write_open(w);
	for (uint32_t x = 0; x < cs_mls_node_width(t->n_leaves); x++) {
		if (!t->nodes[x].present)
			continue;
		cs_write_u32(w, x);
		cs_write_bytes(w, secret(t->suite, t->nodes[x].b));
	}
	cs_write_close(w, mark);
	mark = cs_write_open(w);
	for (uint32_t i = 0; i < t->n_leaves; i++) {
		if (t->leaves[i] == NULL)
			continue;
		cs_write_u32(w, i);
		write_ratchet(w, t->suite, &t->leaves[i]->v[0]);
		write_ratchet(w, t->suite, &t->leaves[i]->v[1]);
	}
	cs_write_close(w, mark);
}

static void
read_ratchet(struct cs_reader *r, const struct cs_suite *suite,
    struct cs_mls_ratchet *out)
{
	size_t each = 4u + suite->aead_key_len + suite->aead_nonce_len;
	struct cs_reader list;

	cs_read_copy(r, out->secret, suite->hash_len);
	out->next = cs_read_u32(r);
	list = cs_read_sub(r);
	if (list.err == CS_OK && list.left != 0) {
		out->cap_kept = list.left / each;
		out->kept = cs_calloc(out->cap_kept, sizeof *out->kept);
		if (out->kept == NULL) {
			out->cap_kept = 0;
			cs_reader_fail(&list, CS_ERR_NOMEM);
		}
	}
	while (cs_reader_more(&list) && out->n_kept < out->cap_kept) {
		struct cs_mls_kept_key *k = &out->kept[out->n_kept++];

		k->generation = cs_read_u32(&list);
		cs_read_copy(&list, k->key.key, suite->aead_key_len);
		cs_read_copy(&list, k->key.nonce, suite->aead_nonce_len);
	}
	cs_read_sub_end(r, &list);
}

static void
read_leaves(struct cs_reader *r, struct cs_mls_secret_tree *t)
{
	while (cs_reader_more(r)) {
		uint32_t i = cs_read_u32(r);

		if (r->err != CS_OK || i >= t->n_leaves ||
		    t->leaves[i] != NULL) {
			cs_reader_fail(r, CS_ERR_CORRUPT);
			return;
		}
		t->leaves[i] = cs_calloc(1, sizeof *t->leaves[i]);
		if (t->leaves[i] == NULL) {
			cs_reader_fail(r, CS_ERR_NOMEM);
			return;
		}
		read_ratchet(r, t->suite, &t->leaves[i]->v[0]);
		read_ratchet(r, t->suite, &t->leaves[i]->v[1]);
	}
}

enum cs_err
cs_mls_secret_tree_read(struct cs_reader *r, struct cs_mls_secret_tree *out,
    const struct cs_suite *suite)
{
	uint32_t n = cs_read_u32(r);
	struct cs_reader sub = cs_read_sub(r);
	enum cs_err err;

	*out = (struct cs_mls_secret_tree){ 0 };
	if (r->err != CS_OK)
		return r->err;
	if (n == 0 || n > 1u << 20 || (n & (n - 1)) != 0)
		return CS_ERR_CORRUPT;
	if ((err = alloc_tree(out, suite, n)))
		return err;
	while (cs_reader_more(&sub)) {
		uint32_t x = cs_read_u32(&sub);

		if (sub.err != CS_OK || x >= cs_mls_node_width(n)) {
			cs_reader_fail(&sub, CS_ERR_CORRUPT);
			break;
		}
		out->nodes[x].present = true;
		cs_read_copy(&sub, out->nodes[x].b, suite->hash_len);
	}
	cs_read_sub_end(r, &sub);
	sub = cs_read_sub(r);
	read_leaves(&sub, out);
	cs_read_sub_end(r, &sub);
	if (r->err != CS_OK)
		cs_mls_secret_tree_clear(out);
	return r->err;
}
