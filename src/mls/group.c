/* SPDX-License-Identifier: MIT */
#include "mls/group.h"

#include <string.h>

#include "base/alloc.h"
#include "crypto/random.h"
#include "mls/change.h"
#include "mls/framing.h"
#include "mls/leaf_node.h"
#include "mls/proposal_list.h"
#include "mls/public_state.h"
#include "mls/ratchet_tree.h"
#include "mls/rules.h"
#include "mls/transcript.h"
#include "mls/tree_codec.h"
#include "mls/tree_leaf.h"
#include "mls/tree_save.h"
#include "mls/tree_verify.h"

void
cs_mls_past_epoch_clear(struct cs_mls_past_epoch *p)
{
	for (size_t i = 0; i < p->n_changed; i++)
		cs_buf_free(&p->changed[i].raw);
	cs_free_plain(p->changed);
	cs_mls_secret_tree_clear(&p->keys);
	cs_buf_free(&p->context);
	cs_wipe(p, sizeof *p);
}

enum cs_err
cs_mls_group_alloc(struct cs_mls_group **out, const struct cs_mls_identity *id)
{
	struct cs_mls_group *g = cs_calloc(1, sizeof *g);

	*out = g;
	if (g == NULL)
		return CS_ERR_NOMEM;
	g->signer = cs_signer_hold(id->signer);
	g->welcomed_by = UINT32_MAX;
	g->public_changed = true;
	return CS_OK;
}

void
cs_mls_group_free(struct cs_mls_group *g)
{
	if (g == NULL)
		return;
	for (size_t i = 0; i < g->n_past; i++)
		cs_mls_past_epoch_clear(&g->past[i]);
	cs_free_plain(g->past);
	cs_free(g->psks, g->n_psks * sizeof *g->psks);
	cs_free(g->updates, g->n_updates * sizeof *g->updates);
	cs_mls_secret_tree_clear(&g->keys);
	cs_mls_secret_tree_clear(&g->exporter);
	cs_mls_public_clear(&g->pub);
	cs_signer_free(g->signer);
	cs_free(g, sizeof *g);
}

void
cs_mls_staged_free(struct cs_mls_staged *s)
{
	if (s == NULL)
		return;
	cs_mls_change_clear(&s->change);
	cs_mls_secret_tree_clear(&s->keys);
	cs_mls_welcome_kit_clear(&s->kit);
	cs_signer_free(s->signer);
	cs_free(s, sizeof *s);
}

enum cs_err
cs_mls_group_check_active(struct cs_mls_group *g)
{
	if (g->ended)
		return CS_ERR_MEMBER;
	/* Section 12.1.5: a group that was re-initialised goes no further. */
	if (g->pub.reinit.len != 0)
		return CS_ERR_PROPOSAL;
	return cs_mls_public_thaw(&g->pub);
}

static enum cs_err
derive(struct cs_mls_epoch_secrets *out, struct cs_mls_secret_tree *keys,
    const struct cs_mls_public *p, const struct cs_mls_epoch_secret *epoch)
{
	struct cs_mls_encryption_secret encryption = { 0 };
	enum cs_err err;

	if ((err = cs_mls_epoch_secrets(out, &encryption, p->suite, epoch)) ==
	    CS_OK)
		err = cs_mls_secret_tree_init(
		    keys, p->suite, p->tree.n_leaves, &encryption);
	cs_wipe(&encryption, sizeof encryption);
	return err;
}

enum cs_err
cs_mls_derive_epoch(struct cs_mls_epoch_secrets *out,
    struct cs_mls_secret_tree *keys, const struct cs_mls_public *p,
    const struct cs_mls_joiner_secret *joiner,
    const struct cs_mls_psk_secret *psk)
{
	struct cs_mls_epoch_secret epoch = { 0 };
	enum cs_err err;

	if ((err = cs_mls_epoch_secret(&epoch, p->suite, joiner, psk,
		 cs_mls_public_context(p))) == CS_OK)
		err = derive(out, keys, p, &epoch);
	cs_wipe(&epoch, sizeof epoch);
	return err;
}

enum cs_err
cs_mls_staged_derive(struct cs_mls_staged *s,
    struct cs_mls_joiner_secret *joiner, const struct cs_mls_init_secret *init,
    const struct cs_mls_commit_secret *commit,
    const struct cs_mls_psk_secret *psk)
{
	struct cs_mls_public *p = &s->change.next;
	enum cs_err err;

	if ((err = cs_mls_joiner_secret(
		 joiner, p->suite, init, commit, cs_mls_public_context(p))))
		return err;
	return cs_mls_derive_epoch(&s->secrets, &s->keys, p, joiner, psk);
}

/* ---- a new group -------------------------------------------------------- */

/* The creator's leaf, alone in its tree. */
static enum cs_err
plant(struct cs_mls_group *g, const struct cs_mls_identity *id)
{
	const struct cs_mls_leaf_place nowhere = { 0 };
	struct cs_mls_own_leaf own = { 0 };
	struct cs_mls_valid_leaf valid;
	struct cs_hpke_key key = { 0 };
	struct cs_buf raw = { 0 };
	enum cs_err err;

	if ((err = cs_mls_own_leaf_make(&own, id)) ||
	    (err = cs_hpke_key_new(&key, g->pub.suite->kem)))
		goto out;
	own.leaf.encryption_key = cs_hpke_key_public(&key);
	if ((err = cs_mls_leaf_sign(&raw, &own.leaf, nowhere, id->signer)) ||
	    (err = cs_mls_leaf_parse(&valid.leaf, cs_buf_view(&raw))) ||
	    (err = cs_mls_tree_set_leaf(&g->pub.tree, 0, &valid)))
		goto out;
	cs_mls_private_tree_set(&g->private, 0, &key);
	err = cs_mls_key_index_build(&g->pub.index, &g->pub.tree);
out:
	cs_wipe(&key, sizeof key);
	cs_mls_own_leaf_clear(&own);
	cs_buf_free(&raw);
	return err;
}

/* Section 11: epoch 0 starts from a random epoch secret. */
static enum cs_err
first_epoch(struct cs_mls_group *g)
{
	struct cs_mls_public *p = &g->pub;
	struct cs_mls_epoch_secret epoch = { 0 };
	uint8_t tag[CS_HASH_MAX];
	enum cs_err err;

	cs_random(epoch.b, p->suite->hash_len);
	if ((err = derive(&g->secrets, &g->keys, p, &epoch)) ||
	    (err = cs_mls_confirmation_tag(tag, p->suite,
		 &g->secrets.confirmation, cs_mls_hash_view(&p->confirmed))) ||
	    (err = cs_mls_interim_transcript(p->interim.b, p->suite,
		 cs_mls_hash_view(&p->confirmed),
		 cs_view(tag, p->suite->hash_len))))
		goto out;
	p->interim.len = p->suite->hash_len;
out:
	cs_wipe(&epoch, sizeof epoch);
	return err;
}

enum cs_err
cs_mls_group_new(struct cs_mls_group **out, uint16_t suite_id,
    struct cs_view group_id, const struct cs_mls_identity *id,
    struct cs_mls_extensions context_exts, const struct cs_mls_options *opt)
{
	const struct cs_suite *suite = cs_suite_find(suite_id);
	struct cs_mls_group *g;
	struct cs_mls_ext_list exts;
	enum cs_err err;

	*out = NULL;
	if (suite == NULL || cs_signer_sig(id->signer) != suite->sig)
		return CS_ERR_UNSUPPORTED;
	if ((err = cs_mls_group_alloc(&g, id)))
		return err;
	g->pub.suite = suite;
	g->pub.opt = *opt;
	if ((err = cs_buf_set(&g->pub.group_id, group_id)) ||
	    (err = cs_mls_ext_list_build(&g->pub.extensions, context_exts)) ||
	    (err = cs_mls_tree_init(&g->pub.tree, suite)) ||
	    (err = plant(g, id)))
		goto out;
	/* Section 13.4: what a group uses, each member supports. */
	exts = cs_mls_public_extensions(&g->pub);
	if ((err = cs_mls_tree_check_context(&g->pub.tree, &exts)) ||
	    (err = cs_mls_public_update_context(&g->pub)) ||
	    (err = first_epoch(g)))
		goto out;
	*out = g;
	g = NULL;
out:
	cs_mls_group_free(g);
	return err;
}

void
cs_mls_group_set_options(
    struct cs_mls_group *g, const struct cs_mls_options *opt)
{
	g->pub.opt = *opt;
}

/* ---- what there is to know ---------------------------------------------- */

struct cs_view
cs_mls_group_id(const struct cs_mls_group *g)
{
	return cs_buf_view(&g->pub.group_id);
}

uint64_t
cs_mls_group_epoch(const struct cs_mls_group *g)
{
	return g->pub.epoch;
}

uint16_t
cs_mls_group_suite(const struct cs_mls_group *g)
{
	return g->pub.suite->id;
}

uint32_t
cs_mls_group_own_leaf(const struct cs_mls_group *g)
{
	return g->own_leaf;
}

bool
cs_mls_group_extension(
    const struct cs_mls_group *g, uint16_t type, struct cs_view *data)
{
	struct cs_mls_ext_list list = cs_mls_public_extensions(&g->pub);

	return cs_mls_ext_find(&list, type, data);
}

uint32_t
cs_mls_group_leaves(const struct cs_mls_group *g)
{
	return g->pub.tree.n_leaves;
}

uint32_t
cs_mls_group_members(const struct cs_mls_group *g)
{
	return cs_mls_tree_members(&g->pub.tree);
}

bool
cs_mls_group_member(
    const struct cs_mls_group *g, uint32_t leaf, struct cs_mls_member *out)
{
	return cs_mls_public_member(&g->pub, leaf, out);
}

bool
cs_mls_group_leaf_extension(const struct cs_mls_group *g, uint32_t leaf,
    uint16_t type, struct cs_view *data)
{
	struct cs_mls_leaf l;

	return cs_mls_tree_leaf(&g->pub.tree, leaf, &l) &&
	    cs_mls_ext_find(&l.extensions, type, data);
}

uint32_t
cs_mls_group_welcomed_by(const struct cs_mls_group *g)
{
	return g->welcomed_by;
}

size_t
cs_mls_group_proposals(const struct cs_mls_group *g)
{
	return g->pub.n_proposals;
}

uint32_t
cs_mls_group_proposed_removal(
    const struct cs_mls_group *g, size_t i, bool *external)
{
	const struct cs_mls_valid_proposal *v;

	if (i >= g->pub.n_proposals)
		return UINT32_MAX;
	v = &g->pub.proposals[i]->valid;
	if (external != NULL)
		*external = v->sender.type == CS_MLS_SENDER_EXTERNAL;
	return cs_mls_proposal_removes(v) ? cs_mls_proposal_target(v)
					  : UINT32_MAX;
}

bool
cs_mls_group_reinit(const struct cs_mls_group *g, struct cs_view *group_id,
    uint16_t *suite_id, struct cs_view *extensions)
{
	struct cs_mls_proposal p;

	if (g->pub.reinit.len == 0 ||
	    cs_mls_proposal_parse(&p, cs_buf_view(&g->pub.reinit)) != CS_OK)
		return false;
	*group_id = p.reinit.group_id;
	*suite_id = p.reinit.suite_id;
	*extensions = p.reinit.extensions.raw;
	return true;
}

/* ---- secrets for others ------------------------------------------------- */

enum cs_err
cs_mls_group_export(const struct cs_mls_group *g, uint8_t *out, size_t n,
    struct cs_view label, struct cs_view context)
{
	if (g->ended)
		return CS_ERR_MEMBER;
	return cs_mls_export(
	    out, n, g->pub.suite, &g->secrets.exporter, label, context);
}

enum cs_err
cs_mls_group_epoch_authenticator(
    const struct cs_mls_group *g, struct cs_mls_hash *out)
{
	if (g->ended)
		return CS_ERR_MEMBER;
	out->len = g->pub.suite->hash_len;
	memcpy(out->b, g->secrets.authenticator.b, out->len);
	return CS_OK;
}

enum cs_err
cs_mls_group_safe_export(
    struct cs_mls_group *g, struct cs_mls_hash *out, uint16_t component)
{
	struct cs_mls_encryption_secret root;
	enum cs_err err = CS_OK;

	if (g->ended)
		return CS_ERR_MEMBER;
	out->len = g->pub.suite->hash_len;
	if (g->exporter.root == NULL) {
		memcpy(root.b, g->secrets.app_export.b, sizeof root.b);
		err = cs_mls_secret_tree_init(
		    &g->exporter, g->pub.suite, 1u << 16, &root);
		cs_wipe(&root, sizeof root);
		if (err)
			return err;
		cs_wipe(&g->secrets.app_export, sizeof g->secrets.app_export);
	}
	return cs_mls_secret_tree_take_leaf(out->b, &g->exporter, component);
}

/* ---- GroupInfo ---------------------------------------------------------- */

/* An MLSMessage for the epoch of ${p}, whose secrets these are. */
static enum cs_err
make_info(struct cs_buf *out, const struct cs_mls_public *p,
    const struct cs_mls_epoch_secrets *secrets, uint32_t own_leaf,
    const struct cs_signer *signer, enum cs_mls_info_tree tree)
{
	struct cs_mls_group_info_parts parts = {
		.tree = tree == CS_MLS_WITH_TREE,
		.signer = own_leaf,
		.key = signer,
	};
	struct cs_hpke_key external = { 0 };
	struct cs_buf message = { 0 };
	struct cs_writer w = cs_writer(&message);
	uint8_t tag[CS_HASH_MAX];
	enum cs_err err;

	cs_mls_message_write(&w, CS_MLS_WIRE_GROUP_INFO);
	if ((err = cs_writer_end(&w)) ||
	    (err = cs_mls_external_key(
		 &external, p->suite, &secrets->external)) ||
	    (err = cs_mls_confirmation_tag(tag, p->suite,
		 &secrets->confirmation, cs_mls_hash_view(&p->confirmed))))
		goto out;
	parts.external_pub = cs_hpke_key_public(&external);
	parts.confirmation_tag = cs_view(tag, p->suite->hash_len);
	if ((err = cs_mls_group_info_make(&message, p, &parts)))
		goto out;
	err = cs_buf_add(out, cs_buf_view(&message));
out:
	cs_wipe(&external, sizeof external);
	cs_buf_free(&message);
	return err;
}

enum cs_err
cs_mls_group_info(
    struct cs_mls_group *g, struct cs_buf *out, enum cs_mls_info_tree tree)
{
	enum cs_err err;

	if (g->ended)
		return CS_ERR_MEMBER;
	if ((err = cs_mls_public_thaw(&g->pub)))
		return err;
	return make_info(
	    out, &g->pub, &g->secrets, g->own_leaf, g->signer, tree);
}

enum cs_err
cs_mls_staged_group_info(struct cs_buf *out, const struct cs_mls_staged *s,
    const struct cs_mls_group *g, enum cs_mls_info_tree tree)
{
	if (s->self_removed || s->change.committer != g->own_leaf)
		return CS_ERR_MISUSE;
	return make_info(out, &s->change.next, &s->secrets, g->own_leaf,
	    s->signer != NULL ? s->signer : g->signer, tree);
}

enum cs_err
cs_mls_group_tree(struct cs_mls_group *g, struct cs_buf *out)
{
	struct cs_writer w = cs_writer(out);
	size_t before = out->len;
	enum cs_err err;

	if ((err = cs_mls_public_thaw(&g->pub)))
		return err;
	cs_mls_tree_write(&w, &g->pub.tree);
	return cs_mls_write_end(&w, before);
}
