/* SPDX-License-Identifier: MIT */
/*
 * Implementation notes.
 *
 * Every member has two ratchets, whose first secrets are leaves of a binary
 * tree of secrets.  A node of it holds a secret or, once that was used, its two
 * children; so before anybody has spoken there is one node, and a leaf costs
 * memory from its first message on.
 *
 * Looking a key up makes a pending key: the subtree that would take the place
 * of a node, the keys that would be skipped, and the key itself.  The tree is
 * not changed.  Taking it, which cannot fail, puts the new parts in place and
 * wipes the old ones (RFC 9420, section 9.2); dropping it leaves everything as
 * it was.  Skipped keys are kept for messages that arrive out of order, a
 * bounded number of each ratchet, the oldest going first.
 */
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

static struct cs_mls_secret_node *
node_new(void)
{
	return cs_calloc(1, sizeof(struct cs_mls_secret_node));
}

static void
ratchets_free(struct cs_mls_ratchets *r)
{
	for (int k = 0; r != NULL && k < 2; k++)
		cs_free(r->v[k].kept, r->v[k].cap_kept * sizeof *r->v[k].kept);
	cs_free(r, sizeof *r);
}

static void
node_free(struct cs_mls_secret_node *n)
{
	if (n == NULL)
		return;
	node_free(n->child[0]);
	node_free(n->child[1]);
	ratchets_free(n->ratchets);
	cs_free(n, sizeof *n);
}

enum cs_err
cs_mls_secret_tree_init(struct cs_mls_secret_tree *out,
    const struct cs_suite *suite, uint32_t n_leaves,
    const struct cs_mls_encryption_secret *root)
{
	*out = (struct cs_mls_secret_tree){ suite, n_leaves, node_new() };
	if (out->root == NULL)
		return CS_ERR_NOMEM;
	out->root->present = true;
	memcpy(out->root->b, root->b, suite->hash_len);
	return CS_OK;
}

void
cs_mls_secret_tree_clear(struct cs_mls_secret_tree *t)
{
	node_free(t->root);
	*t = (struct cs_mls_secret_tree){ 0 };
}

void
cs_mls_pending_key_clear(struct cs_mls_pending_key *p)
{
	node_free(p->fresh);
	cs_free(p->skipped, p->n_skipped * sizeof *p->skipped);
	cs_wipe(p, sizeof *p);
}

/* The last node on the way to ${leaf}, whose place in the tree is ${*x}. */
static struct cs_mls_secret_node *
last_node(const struct cs_mls_secret_tree *t, uint32_t leaf, uint32_t *x)
{
	struct cs_mls_secret_node *n = t->root;

	*x = cs_mls_node_root(t->n_leaves);
	while (!cs_mls_node_is_leaf(*x)) {
		bool right = cs_mls_leaf_to_node(leaf) > *x;

		if (n->child[right] == NULL)
			break;
		n = n->child[right];
		*x = right ? cs_mls_node_right(*x) : cs_mls_node_left(*x);
	}
	return n;
}

/* Both children of a node that stood at ${x}, with their secrets. */
static enum cs_err
split(struct cs_mls_secret_node *n, const struct cs_suite *suite)
{
	static const char *const sides[] = { "left", "right" };
	enum cs_err err;

	for (int k = 0; k < 2; k++) {
		n->child[k] = node_new();
		if (n->child[k] == NULL)
			return CS_ERR_NOMEM;
		n->child[k]->present = true;
		if ((err = cs_expand_with_label(n->child[k]->b, suite->hash_len,
			 suite, secret(suite, n->b), cs_view_str("tree"),
			 cs_view_str(sides[k]))))
			return err;
	}
	n->present = false;
	cs_wipe(n->b, sizeof n->b);
	return CS_OK;
}

/*
 * What takes the place of ${source}, at ${x}, when the secret of ${leaf} below
 * it is used: that secret is in ${*out}, in the new subtree.
 */
static enum cs_err
descend(struct cs_mls_secret_node **fresh, struct cs_mls_secret_node **out,
    const struct cs_suite *suite, const struct cs_mls_secret_node *source,
    uint32_t x, uint32_t leaf)
{
	struct cs_mls_secret_node *n = *fresh = node_new();
	enum cs_err err;

	if (n == NULL)
		return CS_ERR_NOMEM;
	n->present = true;
	memcpy(n->b, source->b, suite->hash_len);
	while (!cs_mls_node_is_leaf(x)) {
		bool right = cs_mls_leaf_to_node(leaf) > x;

		if ((err = split(n, suite)))
			return err;
		n = n->child[right];
		x = right ? cs_mls_node_right(x) : cs_mls_node_left(x);
	}
	*out = n;
	return CS_OK;
}

/* ${n} takes over what is in ${fresh}, whose shell is freed. */
static void
replace(struct cs_mls_secret_node *n, struct cs_mls_secret_node *fresh)
{
	cs_wipe(n->b, sizeof n->b);
	*n = *fresh;
	cs_free(fresh, sizeof *fresh);
}

/* Make the ratchets of a leaf that has none yet, in ${p} only. */
static enum cs_err
start_ratchets(struct cs_mls_pending_key *p, const struct cs_mls_secret_tree *t,
    struct cs_mls_secret_node *source, uint32_t x)
{
	static const char *const labels[] = { "handshake", "application" };
	struct cs_mls_secret_node *leaf = NULL;
	enum cs_err err;

	if (!source->present)
		return CS_ERR_REPLAY;
	p->source = source;
	if ((err = descend(&p->fresh, &leaf, t->suite, source, x, p->leaf)))
		return err;
	leaf->ratchets = cs_calloc(1, sizeof *leaf->ratchets);
	if (leaf->ratchets == NULL)
		return CS_ERR_NOMEM;
	p->ratchets = leaf->ratchets;
	for (int k = 0; k < 2 && err == CS_OK; k++)
		err = cs_expand_with_label(leaf->ratchets->v[k].secret,
		    t->suite->hash_len, t->suite, secret(t->suite, leaf->b),
		    cs_view_str(labels[k]), cs_view(NULL, 0));
	leaf->present = false;
	cs_wipe(leaf->b, sizeof leaf->b);
	return err;
}

enum cs_err
cs_mls_secret_tree_take_leaf(
    uint8_t *out, struct cs_mls_secret_tree *t, uint32_t leaf)
{
	struct cs_mls_secret_node *source, *fresh = NULL, *at = NULL;
	uint32_t x;
	enum cs_err err;

	source = last_node(t, leaf, &x);
	if (!source->present)
		return CS_ERR_REPLAY;
	if ((err = descend(&fresh, &at, t->suite, source, x, leaf))) {
		node_free(fresh);
		return err;
	}
	memcpy(out, at->b, t->suite->hash_len);
	at->present = false;
	cs_wipe(at->b, sizeof at->b);
	replace(source, fresh);
	return CS_OK;
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

enum cs_err
cs_mls_secret_tree_find(struct cs_mls_pending_key *out,
    struct cs_mls_secret_tree *t, uint32_t leaf, enum cs_mls_ratchet_kind kind,
    uint32_t generation, uint32_t max_skip)
{
	struct cs_mls_secret_node *n;
	struct cs_mls_ratchet *r;
	enum cs_err err = CS_OK;
	uint32_t x;

	assert(leaf < t->n_leaves);
	memset(out, 0, sizeof *out);
	out->leaf = leaf;
	out->kind = kind;
	out->generation = generation;
	out->max_kept = max_skip;
	n = last_node(t, leaf, &x);
	out->ratchets = n->ratchets;
	if (out->ratchets == NULL && (err = start_ratchets(out, t, n, x)))
		goto out;
	r = &out->ratchets->v[kind];
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
	uint32_t x;
	const struct cs_mls_ratchets *both = last_node(t, leaf, &x)->ratchets;

	return cs_mls_secret_tree_find(
	    out, t, leaf, kind, both == NULL ? 0 : both->v[kind].next, 0);
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
	struct cs_mls_ratchet *r = &p->ratchets->v[p->kind];

	/* Secrets on the way are wiped, those beside it are taken over. */
	if (p->fresh != NULL)
		replace(p->source, p->fresh);
	p->fresh = NULL;
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

/* Secrets of nodes that have one, or ratchets of leaves that have them. */
static void
write_nodes(struct cs_writer *w, const struct cs_suite *suite,
    const struct cs_mls_secret_node *n, uint32_t x, bool ratchets)
{
	if (n == NULL)
		return;
	if (ratchets && n->ratchets != NULL) {
		cs_write_u32(w, cs_mls_node_to_leaf(x));
		write_ratchet(w, suite, &n->ratchets->v[0]);
		write_ratchet(w, suite, &n->ratchets->v[1]);
	} else if (!ratchets && n->present) {
		cs_write_u32(w, x);
		cs_write_bytes(w, secret(suite, n->b));
	}
	if (cs_mls_node_is_leaf(x))
		return;
	write_nodes(w, suite, n->child[0], cs_mls_node_left(x), ratchets);
	write_nodes(w, suite, n->child[1], cs_mls_node_right(x), ratchets);
}

void
cs_mls_secret_tree_write(
    struct cs_writer *w, const struct cs_mls_secret_tree *t)
{
	uint32_t root = cs_mls_node_root(t->n_leaves);
	size_t mark;

	cs_write_u32(w, t->n_leaves);
	mark = cs_write_open(w);
	write_nodes(w, t->suite, t->root, root, false);
	cs_write_close(w, mark);
	mark = cs_write_open(w);
	write_nodes(w, t->suite, t->root, root, true);
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

/* The node at ${x}, made with those on the way; none of them has a secret. */
static struct cs_mls_secret_node *
make_node(struct cs_reader *r, struct cs_mls_secret_tree *t, uint32_t x)
{
	uint32_t y = cs_mls_node_root(t->n_leaves);
	struct cs_mls_secret_node *n = t->root;

	while (y != x) {
		bool right = x > y;

		if (n->present)
			return NULL;
		if (n->child[right] == NULL)
			n->child[right] = node_new();
		n = n->child[right];
		if (n == NULL) {
			cs_reader_fail(r, CS_ERR_NOMEM);
			return NULL;
		}
		y = right ? cs_mls_node_right(y) : cs_mls_node_left(y);
	}
	return n;
}

static bool
vacant(const struct cs_mls_secret_node *n)
{
	return n != NULL && !n->present && n->ratchets == NULL &&
	    n->child[0] == NULL && n->child[1] == NULL;
}

static void
read_secrets(struct cs_reader *r, struct cs_mls_secret_tree *t)
{
	while (cs_reader_more(r)) {
		uint32_t x = cs_read_u32(r);
		struct cs_mls_secret_node *n = NULL;

		if (r->err == CS_OK && x < cs_mls_node_width(t->n_leaves))
			n = make_node(r, t, x);
		if (!vacant(n)) {
			cs_reader_fail(r, CS_ERR_CORRUPT);
			return;
		}
		n->present = true;
		cs_read_copy(r, n->b, t->suite->hash_len);
	}
}

static void
read_leaves(struct cs_reader *r, struct cs_mls_secret_tree *t)
{
	while (cs_reader_more(r)) {
		uint32_t i = cs_read_u32(r);
		struct cs_mls_secret_node *n = NULL;

		if (r->err == CS_OK && i < t->n_leaves)
			n = make_node(r, t, cs_mls_leaf_to_node(i));
		if (!vacant(n)) {
			cs_reader_fail(r, CS_ERR_CORRUPT);
			return;
		}
		n->ratchets = cs_calloc(1, sizeof *n->ratchets);
		if (n->ratchets == NULL) {
			cs_reader_fail(r, CS_ERR_NOMEM);
			return;
		}
		read_ratchet(r, t->suite, &n->ratchets->v[0]);
		read_ratchet(r, t->suite, &n->ratchets->v[1]);
	}
}

enum cs_err
cs_mls_secret_tree_read(struct cs_reader *r, struct cs_mls_secret_tree *out,
    const struct cs_suite *suite)
{
	uint32_t n = cs_read_u32(r);
	struct cs_reader sub = cs_read_sub(r);

	*out = (struct cs_mls_secret_tree){ 0 };
	if (r->err != CS_OK)
		return r->err;
	if (n == 0 || n > 1u << 16 || (n & (n - 1)) != 0)
		return CS_ERR_CORRUPT;
	*out = (struct cs_mls_secret_tree){ suite, n, node_new() };
	if (out->root == NULL)
		return CS_ERR_NOMEM;
	read_secrets(&sub, out);
	cs_read_sub_end(r, &sub);
	sub = cs_read_sub(r);
	read_leaves(&sub, out);
	cs_read_sub_end(r, &sub);
	if (r->err != CS_OK)
		cs_mls_secret_tree_clear(out);
	return r->err;
}
