/* SPDX-License-Identifier: MIT */
#include "mls/tree_node.h"

#include <string.h>

#include "base/alloc.h"

void
cs_mls_leaf_node_release(struct cs_mls_leaf_node *node)
{
	if (node == NULL || --node->refs > 0)
		return;
	cs_buf_free(&node->raw);
	cs_free_plain(node);
}

static void
parent_release(struct cs_mls_parent_node *node)
{
	if (node == NULL || --node->refs > 0)
		return;
	cs_free_plain(node->unmerged);
	cs_free_plain(node);
}

enum cs_err
cs_mls_leaf_node_new(struct cs_mls_leaf_node **out, struct cs_view raw)
{
	struct cs_mls_leaf_node *node = cs_calloc(1, sizeof *node);
	struct cs_reader r;
	enum cs_err err;

	*out = NULL;
	if (node == NULL)
		return CS_ERR_NOMEM;
	node->refs = 1;
	if ((err = cs_buf_set(&node->raw, raw)))
		goto out;
	r = cs_reader(cs_buf_view(&node->raw));
	cs_mls_leaf_read(&r, &node->leaf);
	if ((err = cs_reader_end(&r)))
		goto out;
	*out = node;
	node = NULL;
out:
	cs_mls_leaf_node_release(node);
	return err;
}

void
cs_mls_slot_hold(struct cs_mls_slot *s)
{
	if (s->leaf != NULL)
		s->leaf->refs++;
	if (s->parent != NULL)
		s->parent->refs++;
}

void
cs_mls_slot_blank(struct cs_mls_slot *s)
{
	cs_mls_leaf_node_release(s->leaf);
	parent_release(s->parent);
	s->leaf = NULL;
	s->parent = NULL;
	s->hashed = false;
}

enum cs_err
cs_mls_slot_set_parent(struct cs_mls_slot *s, struct cs_view key,
    struct cs_view parent_hash, const uint32_t *unmerged, size_t n_unmerged)
{
	struct cs_mls_parent_node *node;

	if (key.len > CS_MLS_HPKE_PUBLIC_MAX || parent_hash.len > CS_HASH_MAX)
		return CS_ERR_FORMAT;
	node = cs_calloc(1, sizeof *node);
	if (node == NULL)
		return CS_ERR_NOMEM;
	node->refs = 1;
	if (n_unmerged != 0) {
		node->unmerged = cs_calloc(n_unmerged, sizeof *node->unmerged);
		if (node->unmerged == NULL) {
			parent_release(node);
			return CS_ERR_NOMEM;
		}
		memcpy(node->unmerged, unmerged,
		    n_unmerged * sizeof *node->unmerged);
	}
	node->n_unmerged = n_unmerged;
	if (key.len != 0)
		memcpy(node->key, key.data, key.len);
	node->key_len = (uint8_t)key.len;
	if (parent_hash.len != 0)
		memcpy(node->parent_hash, parent_hash.data, parent_hash.len);
	node->parent_hash_len = (uint8_t)parent_hash.len;
	cs_mls_slot_blank(s);
	s->parent = node;
	return CS_OK;
}

enum cs_err
cs_mls_slot_add_unmerged(struct cs_mls_slot *s, uint32_t leaf)
{
	const struct cs_mls_parent_node *old = s->parent;
	uint32_t *list = cs_calloc(old->n_unmerged + 1, sizeof *list);
	size_t at = 0;
	enum cs_err err;

	if (list == NULL)
		return CS_ERR_NOMEM;
	while (at < old->n_unmerged && old->unmerged[at] < leaf)
		at++;
	if (at != 0)
		memcpy(list, old->unmerged, at * sizeof *list);
	list[at] = leaf;
	if (at != old->n_unmerged)
		memcpy(list + at + 1, old->unmerged + at,
		    (old->n_unmerged - at) * sizeof *list);
	err = cs_mls_slot_set_parent(s, cs_view(old->key, old->key_len),
	    cs_view(old->parent_hash, old->parent_hash_len), list,
	    old->n_unmerged + 1);
	cs_free_plain(list);
	return err;
}

bool
cs_mls_parent_unmerged(const struct cs_mls_parent_node *p, uint32_t leaf)
{
	size_t from = 0, to = p->n_unmerged;

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (p->unmerged[mid] == leaf)
			return true;
		if (p->unmerged[mid] < leaf)
			from = mid + 1;
		else
			to = mid;
	}
	return false;
}
