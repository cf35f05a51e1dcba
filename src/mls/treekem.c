/* SPDX-License-Identifier: MIT */
/*
 * Implementation notes.
 *
 * A commit with a path gives every node above the committer a new key pair.
 * They come from a chain of path secrets: each node's key pair is derived from
 * its secret ("node"), and the secret above from the one below ("path"), so
 * somebody who learns the secret of a node can compute all those above it and
 * none below.
 *
 * On the way up, nodes whose other child nobody is below are left out: that is
 * the filtered path.  At each node that remains, the secret is sealed to those
 * below the other child: to as few nodes as cover its members (the
 * resolution), less the leaves that this very commit adds, who get it by their
 * Welcome.  A receiver finds the one ciphertext whose key it holds, opens it,
 * and climbs from there, comparing each public key with the one announced.
 */
#include "mls/treekem.h"

#include <assert.h>
#include <string.h>

#include "crypto/label.h"
#include "crypto/random.h"
#include "mls/ratchet_tree.h"
#include "mls/tree_node.h"

static struct cs_view
view(const struct cs_suite *suite, const struct cs_mls_path_secret *s)
{
	return cs_view(s->b, suite->hash_len);
}

/* The secret of the next node up. */
static enum cs_err
path_secret_next(struct cs_mls_path_secret *out, const struct cs_suite *suite,
    const struct cs_mls_path_secret *from)
{
	return cs_derive_secret(
	    out->b, suite, view(suite, from), cs_view_str("path"));
}

enum cs_err
cs_mls_path_secret_key(struct cs_hpke_key *out, const struct cs_suite *suite,
    const struct cs_mls_path_secret *secret)
{
	uint8_t node[CS_HASH_MAX];
	enum cs_err err;

	if ((err = cs_derive_secret(node, suite, view(suite, secret),
		 cs_view_str("node"))) == CS_OK)
		err = cs_hpke_key_derive(
		    out, suite->kem, cs_view(node, suite->hash_len));
	cs_wipe(node, sizeof node);
	return err;
}

void
cs_mls_private_tree_set(
    struct cs_mls_private_tree *p, uint32_t node, const struct cs_hpke_key *key)
{
	size_t i = 0;

	while (i < p->n && p->v[i].node != node)
		i++;
	assert(i < CS_MLS_MAX_DEPTH + 1);
	if (i == p->n)
		p->n++;
	p->v[i].node = node;
	p->v[i].key = *key;
}

const struct cs_hpke_key *
cs_mls_private_tree_get(const struct cs_mls_private_tree *p, uint32_t node)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->v[i].node == node)
			return &p->v[i].key;
	return NULL;
}

void
cs_mls_private_tree_sync(
    struct cs_mls_private_tree *p, const struct cs_mls_tree *t)
{
	uint32_t width = cs_mls_node_width(t->n_leaves);
	size_t kept = 0;

	for (size_t i = 0; i < p->n; i++) {
		uint32_t x = p->v[i].node;

		if (x < width && !cs_mls_tree_blank(t, x) &&
		    cs_view_equal(cs_hpke_key_public(&p->v[i].key),
			cs_mls_tree_key(t, x)))
			p->v[kept++] = p->v[i];
	}
	cs_wipe(&p->v[kept], (p->n - kept) * sizeof p->v[0]);
	p->n = kept;
}

enum cs_err
cs_mls_path_secrets_new(
    struct cs_mls_path_secrets *out, const struct cs_suite *suite, size_t n)
{
	struct cs_mls_path_secret s = { 0 };
	enum cs_err err;

	out->n = n;
	cs_random(s.b, suite->hash_len);
	if ((err = cs_hpke_key_new(&out->leaf, suite->kem)))
		goto out;
	for (size_t i = 0; i < n; i++) {
		out->secret[i] = s;
		if ((err = cs_mls_path_secret_key(&out->key[i], suite, &s)) ||
		    (err = path_secret_next(&s, suite, &s)))
			goto out;
	}
	memcpy(out->commit.b, s.b, sizeof out->commit.b);
out:
	cs_wipe(&s, sizeof s);
	return err;
}

static bool
is_added(uint32_t node, const struct cs_mls_new_leaves *added)
{
	size_t from = 0, to = added->n;

	if (!cs_mls_node_is_leaf(node))
		return false;
	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (cs_mls_leaf_to_node(added->v[mid]) < node)
			from = mid + 1;
		else
			to = mid;
	}
	return from < added->n && cs_mls_leaf_to_node(added->v[from]) == node;
}

enum cs_err
cs_mls_path_recipients(struct cs_mls_nodes *out, const struct cs_mls_tree *t,
    uint32_t copath, const struct cs_mls_new_leaves *added)
{
	size_t kept = out->n;
	enum cs_err err;

	if ((err = cs_mls_tree_resolution(out, t, copath)))
		return err;
	for (size_t i = kept; i < out->n; i++)
		if (!is_added(out->v[i].x, added))
			out->v[kept++] = out->v[i];
	out->n = kept;
	return CS_OK;
}

/* Buffers that serve one recipient after the other. */
struct sealing {
	struct cs_encrypt_context context;
	struct cs_buf kem, sealed;
};

/* HPKECiphertext of ${secret} for the key of a node. */
static enum cs_err
encrypt_to(struct cs_writer *w, struct sealing *s, struct cs_view key,
    struct cs_view secret)
{
	struct cs_mls_ciphertext c;
	enum cs_err err;

	s->kem.len = s->sealed.len = 0; /* ciphertext: nothing to wipe */
	if ((err = cs_encrypt_to(
		 &s->kem, &s->sealed, &s->context, key, secret)))
		return err;
	c.kem_output = cs_buf_view(&s->kem);
	c.ciphertext = cs_buf_view(&s->sealed);
	cs_mls_ciphertext_write(w, &c);
	return CS_OK;
}

enum cs_err
cs_mls_path_encrypt(struct cs_buf *out, const struct cs_mls_tree *t,
    const struct cs_mls_filtered_path *path,
    const struct cs_mls_path_secrets *secrets, struct cs_view context,
    const struct cs_mls_new_leaves *added)
{
	struct cs_writer w = cs_writer(out);
	struct cs_mls_nodes to = { 0 };
	struct sealing s = { 0 };
	enum cs_err err;

	if ((err = cs_encrypt_context_init(
		 &s.context, t->suite, cs_view_str("UpdatePathNode"), context)))
		return err;
	for (size_t i = 0; i < path->n; i++) {
		size_t mark;

		to.n = 0;
		if ((err = cs_mls_path_recipients(
			 &to, t, path->v[i].copath, added)))
			goto out;
		cs_write_vec(&w, cs_hpke_key_public(&secrets->key[i]));
		mark = cs_write_open(&w);
		for (size_t j = 0; j < to.n; j++)
			if ((err = encrypt_to(&w, &s,
				 cs_mls_node_key(to.v[j].node),
				 view(t->suite, &secrets->secret[i]))))
				goto out;
		cs_write_close(&w, mark);
	}
	err = cs_writer_end(&w);
out:
	cs_mls_nodes_clear(&to);
	cs_buf_free(&s.kem);
	cs_buf_free(&s.sealed);
	return err;
}

/* Open the ciphertext number ${k} of ${node}. */
static enum cs_err
open_secret(struct cs_mls_path_secret *out, const struct cs_suite *suite,
    const struct cs_mls_update_path_node *node, size_t k,
    const struct cs_hpke_key *key, struct cs_view context)
{
	struct cs_reader r = cs_reader(node->ciphertexts);
	struct cs_mls_ciphertext c = { 0 };
	struct cs_buf plain = { 0 };
	enum cs_err err;

	for (size_t i = 0; i <= k; i++)
		cs_mls_ciphertext_read(&r, &c);
	if ((err = cs_decrypt_with_label(&plain, suite, key,
		 &(struct cs_encrypt_label){
		     cs_view_str("UpdatePathNode"), context },
		 &(struct cs_encrypted){ c.kem_output, c.ciphertext })))
		goto out;
	if (plain.len != suite->hash_len)
		err = CS_ERR_FORMAT;
	else
		memcpy(out->b, plain.data, plain.len);
out:
	cs_buf_free(&plain);
	return err;
}

enum cs_err
cs_mls_path_decrypt(struct cs_mls_path_secret *out, size_t *position,
    const struct cs_mls_path_reader *in, const struct cs_mls_private_tree *keys)
{
	uint32_t own = cs_mls_leaf_to_node(in->own_leaf);
	struct cs_reader r = cs_reader(in->message->nodes);
	struct cs_mls_update_path_node node = { 0 };
	struct cs_mls_nodes to = { 0 };
	const struct cs_hpke_key *key = NULL;
	size_t i = 0, k = 0;
	enum cs_err err;

	while (
	    i < in->path->n && !cs_mls_node_below(in->path->v[i].copath, own))
		i++;
	if (i == in->path->n || i >= in->message->n_nodes)
		return CS_ERR_TREE; /* not below any of them */
	for (size_t j = 0; j <= i; j++)
		cs_mls_update_path_node_read(&r, &node);
	if ((err = cs_mls_path_recipients(
		 &to, in->tree, in->path->v[i].copath, &in->added)))
		goto out;
	for (k = 0; k < to.n && key == NULL; k++)
		key = cs_mls_private_tree_get(keys, to.v[k].x);
	if (key == NULL || to.n != node.n_ciphertexts) {
		err = CS_ERR_TREE;
		goto out;
	}
	err = open_secret(out, in->tree->suite, &node, k - 1, key, in->context);
	*position = i;
out:
	cs_mls_nodes_clear(&to);
	return err;
}

enum cs_err
cs_mls_path_climb(struct cs_mls_private_tree *keys,
    struct cs_mls_commit_secret *commit, const struct cs_mls_tree *t,
    const struct cs_mls_filtered_path *path, size_t position,
    const struct cs_mls_path_secret *secret)
{
	struct cs_mls_path_secret s = *secret;
	struct cs_hpke_key key = { 0 };
	enum cs_err err = CS_OK;

	for (size_t i = position; i < path->n; i++) {
		if ((err = cs_mls_path_secret_key(&key, t->suite, &s)))
			goto out;
		/* Section 7.5, step 6: the key that was announced. */
		if (!cs_view_equal(cs_hpke_key_public(&key),
			cs_mls_tree_key(t, path->v[i].node))) {
			err = CS_ERR_TREE;
			goto out;
		}
		cs_mls_private_tree_set(keys, path->v[i].node, &key);
		if ((err = path_secret_next(&s, t->suite, &s)))
			goto out;
	}
	memcpy(commit->b, s.b, sizeof commit->b);
out:
	cs_wipe(&s, sizeof s);
	cs_wipe(&key, sizeof key);
	return err;
}
