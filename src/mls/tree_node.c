/* SPDX-License-Identifier: MIT */
#include "mls/tree_node.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "mls/leaf_node.h"

static struct cs_mls_node *
node_new(const struct cs_suite *suite, size_t extra)
{
	struct cs_mls_node *n =
	    cs_calloc(1, sizeof *n + suite->hash_len + extra);

	if (n == NULL)
		return NULL;
	n->refs = 1;
	n->hash_len = suite->hash_len;
	n->supports = CS_MLS_DOES_ALL;
	return n;
}

static void
adopt(
    struct cs_mls_node *n, struct cs_mls_node *left, struct cs_mls_node *right)
{
	n->child[0] = left;
	n->child[1] = right;
	cs_mls_node_sum(n);
}

struct cs_mls_node *
cs_mls_node_blank(const struct cs_suite *suite, struct cs_mls_node *left,
    struct cs_mls_node *right)
{
	struct cs_mls_node *n = node_new(suite, 0);

	if (n != NULL)
		adopt(n, left, right);
	return n;
}

/* The bit of a credential type; none for those that we do not know. */
static uint8_t
credential_bit(uint16_t type)
{
	return type == CS_MLS_CREDENTIAL_BASIC ? CS_MLS_DOES_BASIC
	    : type == CS_MLS_CREDENTIAL_X509   ? CS_MLS_DOES_X509
					       : 0;
}

static uint8_t
supported(const struct cs_mls_capabilities *c)
{
	uint8_t bits = 0;

	if (cs_mls_u16s_have(c->credentials, CS_MLS_CREDENTIAL_BASIC))
		bits |= CS_MLS_DOES_BASIC;
	if (cs_mls_u16s_have(c->credentials, CS_MLS_CREDENTIAL_X509))
		bits |= CS_MLS_DOES_X509;
	if (cs_mls_u16s_have(c->proposals, CS_MLS_PROPOSAL_SELF_REMOVE))
		bits |= CS_MLS_DOES_SELF_REMOVE;
	if (cs_mls_u16s_have(c->proposals, CS_MLS_PROPOSAL_APP_EPHEMERAL))
		bits |= CS_MLS_DOES_EPHEMERAL;
	return bits;
}

struct cs_mls_node *
cs_mls_node_leaf(const struct cs_suite *suite, struct cs_view raw)
{
	struct cs_mls_node *n = node_new(suite, raw.len);
	struct cs_reader r = cs_reader(raw);
	struct cs_mls_leaf leaf;

	if (n == NULL)
		return NULL;
	cs_mls_leaf_read(&r, &leaf);
	n->kind = CS_MLS_NODE_LEAF;
	n->members = 1;
	n->len = (uint32_t)raw.len;
	n->supports = supported(&leaf.capabilities);
	n->uses = credential_bit(leaf.credential.type);
	memcpy(n->b + n->hash_len, raw.data, raw.len);
	return n;
}

struct cs_mls_node *
cs_mls_node_parent_new(const struct cs_suite *suite,
    const struct cs_mls_parent *p, struct cs_mls_node *left,
    struct cs_mls_node *right)
{
	struct cs_mls_node *n =
	    node_new(suite, p->unmerged.len + p->key.len + p->parent_hash.len);
	uint8_t *to;

	assert(p->key.len <= UINT8_MAX && p->parent_hash.len <= UINT8_MAX);
	if (n == NULL)
		return NULL;
	n->kind = CS_MLS_NODE_PARENT;
	n->len = (uint32_t)(p->unmerged.len / 4);
	n->key_len = (uint8_t)p->key.len;
	n->parent_hash_len = (uint8_t)p->parent_hash.len;
	to = n->b + n->hash_len;
	if (p->unmerged.len != 0)
		memcpy(to, p->unmerged.data, p->unmerged.len);
	to += p->unmerged.len;
	if (p->key.len != 0)
		memcpy(to, p->key.data, p->key.len);
	if (p->parent_hash.len != 0)
		memcpy(
		    to + p->key.len, p->parent_hash.data, p->parent_hash.len);
	adopt(n, left, right);
	return n;
}

struct cs_mls_node *
cs_mls_node_hold(struct cs_mls_node *n)
{
	if (n != NULL)
		n->refs++;
	return n;
}

void
cs_mls_node_release(struct cs_mls_node *n)
{
	if (n == NULL || --n->refs > 0)
		return;
	cs_mls_node_release(n->child[0]);
	cs_mls_node_release(n->child[1]);
	cs_free_plain(n);
}

static size_t
content_len(const struct cs_mls_node *n)
{
	switch (n->kind) {
	case CS_MLS_NODE_LEAF:
		return n->len;
	case CS_MLS_NODE_PARENT:
		return (size_t)n->len * 4 + n->key_len + n->parent_hash_len;
	default:
		return 0;
	}
}

enum cs_err
cs_mls_node_own(struct cs_mls_node **at)
{
	struct cs_mls_node *old = *at, *n;
	size_t size = sizeof *n + old->hash_len + content_len(old);

	if (old->refs == 1)
		return CS_OK;
	n = cs_calloc(1, size);
	if (n == NULL)
		return CS_ERR_NOMEM;
	memcpy(n, old, size);
	n->refs = 1;
	cs_mls_node_hold(n->child[0]);
	cs_mls_node_hold(n->child[1]);
	old->refs--;
	*at = n;
	return CS_OK;
}

void
cs_mls_node_sum(struct cs_mls_node *n)
{
	const struct cs_mls_node *l = n->child[0], *r = n->child[1];

	if (l == NULL || r == NULL)
		return;
	n->members = l->members + r->members;
	n->supports = l->supports & r->supports;
	n->uses = l->uses | r->uses;
}

struct cs_view
cs_mls_node_raw(const struct cs_mls_node *n)
{
	assert(n->kind == CS_MLS_NODE_LEAF);
	return cs_view(n->b + n->hash_len, n->len);
}

struct cs_mls_parent
cs_mls_node_parent_view(const struct cs_mls_node *n)
{
	const uint8_t *at = n->b + n->hash_len;
	size_t unmerged = (size_t)n->len * 4;

	assert(n->kind == CS_MLS_NODE_PARENT);
	return (struct cs_mls_parent){
		.key = cs_view(at + unmerged, n->key_len),
		.parent_hash =
		    cs_view(at + unmerged + n->key_len, n->parent_hash_len),
		.unmerged = cs_view(at, unmerged),
	};
}

struct cs_view
cs_mls_node_key(const struct cs_mls_node *n)
{
	struct cs_reader r;

	assert(n->kind != CS_MLS_NODE_BLANK);
	if (n->kind == CS_MLS_NODE_PARENT)
		return cs_mls_node_parent_view(n).key;
	/* A LeafNode begins with its encryption key. */
	r = cs_reader(cs_mls_node_raw(n));
	return cs_read_vec(&r);
}

size_t
cs_mls_node_n_unmerged(const struct cs_mls_node *n)
{
	return n->kind == CS_MLS_NODE_PARENT ? n->len : 0;
}

uint32_t
cs_mls_node_unmerged(const struct cs_mls_node *n, size_t i)
{
	const uint8_t *at = n->b + n->hash_len + 4 * i;

	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
	    (uint32_t)at[2] << 8 | at[3];
}

/* How many unmerged leaves are below ${leaf}. */
static size_t
rank(const struct cs_mls_node *n, uint32_t leaf)
{
	size_t from = 0, to = cs_mls_node_n_unmerged(n);

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (cs_mls_node_unmerged(n, mid) < leaf)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

bool
cs_mls_node_is_unmerged(const struct cs_mls_node *n, uint32_t leaf)
{
	size_t i = rank(n, leaf);

	return i < cs_mls_node_n_unmerged(n) &&
	    cs_mls_node_unmerged(n, i) == leaf;
}

size_t
cs_mls_node_unmerged_within(
    const struct cs_mls_node *n, uint32_t from, uint32_t to)
{
	return rank(n, to + 1) - rank(n, from);
}

static struct cs_mls_node *
node_at(const struct cs_mls_tree *t, uint32_t x)
{
	struct cs_mls_node *n = t->root;

	for (uint32_t y = cs_mls_node_root(t->n_leaves); y != x;) {
		bool right = x > y;

		n = n->child[right];
		y = right ? cs_mls_node_right(y) : cs_mls_node_left(y);
	}
	return n;
}

const struct cs_mls_node *
cs_mls_tree_node(const struct cs_mls_tree *t, uint32_t x)
{
	assert(t->root != NULL && x < cs_mls_node_width(t->n_leaves));
	return node_at(t, x);
}
