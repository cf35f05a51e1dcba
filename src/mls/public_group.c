/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/alloc.h"
#include "mls/change.h"
#include "mls/group_info.h"
#include "mls/save.h"

struct cs_mls_public_group {
	struct cs_mls_public pub;
};

void
cs_mls_public_group_free(struct cs_mls_public_group *g)
{
	if (g != NULL)
		cs_mls_public_clear(&g->pub);
	cs_free_plain(g);
}

enum cs_err
cs_mls_public_group_new(struct cs_mls_public_group **out,
    struct cs_view group_info, const struct cs_mls_options *opt)
{
	struct cs_reader r = cs_reader(group_info);
	struct cs_mls_public_group *g;
	struct cs_mls_group_info gi;
	enum cs_err err;

	*out = NULL;
	if (cs_mls_message_read(&r) != CS_MLS_WIRE_GROUP_INFO)
		cs_reader_fail(&r, CS_ERR_FORMAT);
	cs_mls_group_info_read(&r, &gi);
	if ((err = cs_reader_end(&r)))
		return err;
	g = cs_calloc(1, sizeof *g);
	if (g == NULL)
		return CS_ERR_NOMEM;
	if ((err = cs_mls_public_from_group_info(&g->pub, &gi, opt))) {
		cs_mls_public_group_free(g);
		return err;
	}
	*out = g;
	return CS_OK;
}

enum cs_err
cs_mls_public_group_save(
    const struct cs_mls_public_group *g, struct cs_buf *out)
{
	struct cs_writer w = cs_writer(out);

	cs_mls_saved_write(&w, CS_MLS_SAVED_PUBLIC);
	cs_mls_public_write(&w, &g->pub);
	return cs_writer_end(&w);
}

enum cs_err
cs_mls_public_group_load(struct cs_mls_public_group **out, struct cs_view saved,
    const struct cs_mls_options *opt)
{
	struct cs_reader r = cs_reader(saved);
	struct cs_mls_public_group *g = cs_calloc(1, sizeof *g);
	enum cs_err err;

	*out = NULL;
	if (g == NULL)
		return CS_ERR_NOMEM;
	cs_mls_saved_read(&r, CS_MLS_SAVED_PUBLIC);
	if ((err = r.err) || (err = cs_mls_public_read(&r, &g->pub, opt)) ||
	    (err = cs_reader_end(&r))) {
		cs_mls_public_group_free(g);
		return cs_mls_saved_error(err);
	}
	*out = g;
	return CS_OK;
}

struct cs_view
cs_mls_public_group_id(const struct cs_mls_public_group *g)
{
	return cs_buf_view(&g->pub.group_id);
}

uint64_t
cs_mls_public_group_epoch(const struct cs_mls_public_group *g)
{
	return g->pub.epoch;
}

uint32_t
cs_mls_public_group_leaves(const struct cs_mls_public_group *g)
{
	return g->pub.tree.n_leaves;
}

bool
cs_mls_public_group_member(const struct cs_mls_public_group *g, uint32_t leaf,
    struct cs_mls_member *out)
{
	return cs_mls_public_member(&g->pub, leaf, out);
}

bool
cs_mls_public_group_extension(
    const struct cs_mls_public_group *g, uint16_t type, struct cs_view *data)
{
	struct cs_mls_ext_list list = cs_mls_public_extensions(&g->pub);

	return cs_mls_ext_find(&list, type, data);
}

void
cs_mls_public_outcome_clear(struct cs_mls_public_outcome *o)
{
	cs_free_plain(o->added);
	cs_free_plain(o->removed);
	*o = (struct cs_mls_public_outcome){ 0 };
}

/* Tell what a commit did. */
static enum cs_err
report(struct cs_mls_public_outcome *out, const struct cs_mls_change *c)
{
	out->added = cs_calloc(c->n_added, sizeof *out->added);
	out->removed = cs_calloc(c->n_removed, sizeof *out->removed);
	if (out->added == NULL || out->removed == NULL)
		return CS_ERR_NOMEM;
	for (; out->n_added < c->n_added; out->n_added++)
		out->added[out->n_added] = c->added[out->n_added];
	for (; out->n_removed < c->n_removed; out->n_removed++)
		out->removed[out->n_removed] = c->removed[out->n_removed].leaf;
	return CS_OK;
}

static enum cs_err
process_commit(struct cs_mls_public_outcome *out, struct cs_mls_public *p,
    const struct cs_mls_verified *content)
{
	struct cs_mls_proposal_list list = { 0 };
	struct cs_mls_change c = { 0 };
	struct cs_mls_commit commit;
	struct cs_mls_public old;
	enum cs_err err;

	/* The tag itself can only be checked by members. */
	if (content->confirmation_tag.len != p->suite->hash_len)
		return CS_ERR_MAC;
	if ((err = cs_mls_change_receive(
		 &c, &list, &commit, p, content, true)) ||
	    (err = cs_mls_change_confirm(
		 &c, content->wire, &content->framed, content->signature)) ||
	    (err = cs_mls_change_finish(&c, content->confirmation_tag)) ||
	    (err = report(out, &c)))
		goto out;
	old = *p;
	*p = c.next;
	c.next = old;
out:
	cs_mls_proposal_list_clear(&list);
	cs_mls_change_clear(&c);
	return err;
}

enum cs_err
cs_mls_public_process(struct cs_mls_public_outcome *out,
    struct cs_mls_public_group *g, struct cs_view message)
{
	struct cs_reader r = cs_reader(message);
	struct cs_mls_public_message m;
	struct cs_mls_verified content;
	enum cs_err err;

	*out = (struct cs_mls_public_outcome){ 0 };
	if (cs_mls_message_read(&r) != CS_MLS_WIRE_PUBLIC)
		cs_reader_fail(&r, CS_ERR_UNSUPPORTED);
	cs_mls_public_message_read(&r, &m);
	if ((err = cs_reader_end(&r)) ||
	    (err = cs_mls_public_authenticate(&content, &g->pub, &m, NULL)))
		return err;
	out->content = content.framed.type;
	out->sender_leaf = content.framed.sender.type == CS_MLS_SENDER_MEMBER
	    ? content.framed.sender.index
	    : UINT32_MAX;
	if (out->content == CS_MLS_CONTENT_PROPOSAL)
		err = cs_mls_public_store_proposal(&g->pub, &content, true);
	else
		err = process_commit(out, &g->pub, &content);
	if (err != CS_OK)
		cs_mls_public_outcome_clear(out);
	return err;
}

enum cs_err
cs_mls_external_remove(struct cs_buf *out, const struct cs_mls_public_group *g,
    uint32_t sender_index, const struct cs_signer *key, uint32_t leaf)
{
	const struct cs_mls_public *p = &g->pub;
	const struct cs_mls_proposal remove = {
		.type = CS_MLS_PROPOSAL_REMOVE,
		.remove = leaf,
	};
	struct cs_buf body = { 0 }, message = { 0 };
	struct cs_writer w = cs_writer(&body);
	uint8_t signature[CS_SIG_MAX];
	struct cs_mls_unverified c = {
		.wire = CS_MLS_WIRE_PUBLIC,
		.framed = {
			.group_id = cs_buf_view(&p->group_id),
			.epoch = p->epoch,
			.sender = { CS_MLS_SENDER_EXTERNAL, sender_index },
			.type = CS_MLS_CONTENT_PROPOSAL,
		},
		.signature = CS_VIEW_OF(signature),
	};
	struct cs_mls_member sender;
	enum cs_err err;

	if (cs_mls_tree_leaf(&p->tree, leaf) == NULL)
		return CS_ERR_MEMBER;
	if ((err = cs_mls_public_sender(&sender, p, &c.framed)))
		return err;
	if (!cs_view_equal(sender.signature_key, cs_signer_public(key)))
		return CS_ERR_MISMATCH;
	cs_mls_proposal_write(&w, &remove);
	c.framed.body = cs_buf_view(&body);
	if ((err = cs_writer_end(&w)) ||
	    (err = cs_mls_framed_sign(signature, &c.signature.len, c.wire,
		 &c.framed, key, cs_mls_public_context(p))) ||
	    (err = cs_mls_public_message_seal(
		 &message, &c, p->suite, NULL, cs_mls_public_context(p))))
		goto out;
	err = cs_buf_add(out, cs_buf_view(&message));
out:
	cs_buf_free(&body);
	cs_buf_free(&message);
	return err;
}

enum cs_err
cs_mls_external_senders(
    struct cs_buf *out, struct cs_view credential, struct cs_view signature_key)
{
	const struct cs_mls_credential basic = { CS_MLS_CREDENTIAL_BASIC,
		credential };
	struct cs_writer w = cs_writer(out);
	size_t mark = cs_write_open(&w);

	cs_write_vec(&w, signature_key);
	cs_mls_credential_write(&w, &basic);
	cs_write_close(&w, mark);
	return cs_writer_end(&w);
}
