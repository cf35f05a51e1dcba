/* SPDX-License-Identifier: MIT */
/* mls-interop: proposals by members. */

#include "base/alloc.h"
#include "interop/mls_interop.h"
#include "mls/group.h"

void
interop_forget_proposals(struct interop_thing *t)
{
	for (size_t i = 0; i < t->n_proposals; i++)
		cs_buf_free(&t->proposals[i]);
	cs_free_plain(t->proposals);
	t->proposals = NULL;
	t->n_proposals = 0;
}

/* The group has stored one more: ${message}. */
static enum cs_err
remember(struct interop_thing *t, struct cs_view message)
{
	struct cs_buf *more = cs_grow(
	    t->proposals, t->n_proposals, t->n_proposals + 1, sizeof *more);

	if (more == NULL)
		return CS_ERR_NOMEM;
	t->proposals = more;
	return cs_buf_add(&more[t->n_proposals++], message);
}

enum cs_err
interop_take_proposal(struct interop_thing *t, struct cs_view message)
{
	struct cs_mls_received got;
	enum cs_err err;

	for (size_t i = 0; i < t->n_proposals; i++)
		if (cs_view_equal(cs_buf_view(&t->proposals[i]), message))
			return CS_OK;
	if ((err = cs_mls_process(&got, t->group, message)))
		return err;
	err = got.event == CS_MLS_EVENT_PROPOSAL ? remember(t, message)
						 : CS_ERR_MISMATCH;
	cs_mls_received_clear(&got);
	return err;
}

enum cs_err
interop_find_leaf(
    uint32_t *out, const struct cs_mls_group *g, struct cs_view name)
{
	struct cs_mls_member m;

	for (uint32_t i = 0; i < cs_mls_group_leaves(g); i++)
		if (cs_mls_group_member(g, i, &m) &&
		    cs_view_equal(m.credential, name)) {
			*out = i;
			return CS_OK;
		}
	return CS_ERR_MEMBER;
}

static bool
is(struct cs_view v, const char *s)
{
	return cs_view_equal(v, cs_view_str(s));
}

static struct cs_mls_psk_id
external_psk(struct interop_call *c, const json_t *in)
{
	return (struct cs_mls_psk_id){
		.type = CS_MLS_PSK_EXTERNAL,
		.id = interop_bytes(c, in, "psk_id"),
	};
}

static struct cs_mls_psk_id
resumption_psk(struct interop_call *c, const json_t *in)
{
	return (struct cs_mls_psk_id){
		.type = CS_MLS_PSK_RESUMPTION,
		.usage = CS_MLS_PSK_APP,
		.epoch = interop_number(c, in, "epoch_id", INT64_MAX),
	};
}

static struct cs_mls_reinit
reinit(struct interop_call *c, const json_t *in)
{
	return (struct cs_mls_reinit){
		.group_id = interop_bytes(c, in, "group_id"),
		.suite_id =
		    (uint16_t)interop_number(c, in, "cipher_suite", UINT16_MAX),
		.extensions = interop_extensions(c, in),
	};
}

void
interop_describe(
    struct interop_description *out, struct interop_call *c, const json_t *in)
{
	struct cs_view type = interop_bytes(c, in, "proposal_type");

	*out = (struct interop_description){ 0 };
	if (is(type, "add")) {
		out->type = INTEROP_ADD;
		out->key_package = interop_bytes(c, in, "key_package");
	} else if (is(type, "remove")) {
		out->type = INTEROP_REMOVE;
		out->removed = interop_bytes(c, in, "removed_id");
	} else if (is(type, "externalPSK")) {
		out->type = INTEROP_EXTERNAL_PSK;
		out->psk = external_psk(c, in);
	} else if (is(type, "resumptionPSK")) {
		out->type = INTEROP_RESUMPTION_PSK;
		out->psk = resumption_psk(c, in);
	} else if (is(type, "groupContextExtensions")) {
		out->type = INTEROP_EXTENSIONS;
		out->extensions = interop_extensions(c, in);
	} else if (is(type, "reinit")) {
		out->type = INTEROP_REINIT_PROPOSAL;
		out->reinit = reinit(c, in);
	} else if (!c->err) {
		c->err = CS_ERR_UNSUPPORTED;
	}
}

/* One of ours was made, if ${err} does not say otherwise. */
static enum cs_err
made(struct interop_call *c, struct interop_thing *t, struct cs_buf *message,
    enum cs_err err)
{
	if (err == CS_OK)
		err = remember(t, cs_buf_view(message));
	if (err == CS_OK)
		interop_put_bytes(c, "proposal", cs_buf_view(message));
	cs_buf_free(message);
	return err;
}

enum cs_err
interop_add_proposal(struct interop_call *c)
{
	struct interop_thing *t = interop_find(c, "state_id", INTEROP_STATE);
	struct cs_view kp = interop_bytes(c, c->in, "key_package");
	struct cs_buf m = { 0 };

	if (c->err)
		return c->err;
	return made(c, t, &m, cs_mls_propose_add(&m, t->group, kp));
}

enum cs_err
interop_update_proposal(struct interop_call *c)
{
	struct interop_thing *t = interop_find(c, "state_id", INTEROP_STATE);
	struct cs_buf m = { 0 };

	if (c->err)
		return c->err;
	return made(c, t, &m, cs_mls_propose_update(&m, t->group));
}

enum cs_err
interop_remove_proposal(struct interop_call *c)
{
	struct interop_thing *t = interop_find(c, "state_id", INTEROP_STATE);
	struct cs_view name = interop_bytes(c, c->in, "removed_id");
	struct cs_buf m = { 0 };
	uint32_t leaf;
	enum cs_err err = c->err;

	if (err || (err = interop_find_leaf(&leaf, t->group, name)))
		return err;
	return made(c, t, &m, cs_mls_propose_remove(&m, t->group, leaf));
}

enum cs_err
interop_external_psk_proposal(struct interop_call *c)
{
	struct interop_thing *t = interop_find(c, "state_id", INTEROP_STATE);
	struct cs_mls_psk_id psk = external_psk(c, c->in);
	struct cs_buf m = { 0 };

	if (c->err)
		return c->err;
	return made(c, t, &m, cs_mls_propose_psk(&m, t->group, &psk));
}

enum cs_err
interop_resumption_psk_proposal(struct interop_call *c)
{
	struct interop_thing *t = interop_find(c, "state_id", INTEROP_STATE);
	struct cs_mls_psk_id psk = resumption_psk(c, c->in);
	struct cs_buf m = { 0 };

	if (c->err)
		return c->err;
	psk.id = cs_mls_group_id(t->group);
	return made(c, t, &m, cs_mls_propose_psk(&m, t->group, &psk));
}

enum cs_err
interop_extensions_proposal(struct interop_call *c)
{
	struct interop_thing *t = interop_find(c, "state_id", INTEROP_STATE);
	struct cs_mls_extensions exts = interop_extensions(c, c->in);
	struct cs_buf m = { 0 };

	if (c->err)
		return c->err;
	return made(c, t, &m, cs_mls_propose_extensions(&m, t->group, exts));
}

enum cs_err
interop_reinit_proposal(struct interop_call *c)
{
	struct interop_thing *t = interop_find(c, "state_id", INTEROP_STATE);
	struct cs_mls_reinit what = reinit(c, c->in);
	struct cs_buf m = { 0 };

	if (c->err)
		return c->err;
	return made(c, t, &m, cs_mls_propose_reinit(&m, t->group, &what));
}

/* The external senders of now, and one more; nothing else is proposed. */
enum cs_err
interop_add_external_signer(struct interop_call *c)
{
	struct interop_thing *t = interop_find(c, "state_id", INTEROP_STATE);
	struct cs_view sender = interop_bytes(c, c->in, "external_sender");
	struct cs_view old = { NULL, 0 };
	struct cs_buf senders = { 0 }, list = { 0 }, m = { 0 };
	struct cs_writer w = cs_writer(&list), ws = cs_writer(&senders);
	struct cs_mls_extension ext = { .type = CS_MLS_EXT_EXTERNAL_SENDERS };
	enum cs_err err = c->err;

	if (err)
		return err;
	if (cs_mls_group_extension(t->group, ext.type, &old)) {
		struct cs_reader r = cs_reader(old);

		old = cs_read_vec(&r);
		if ((err = cs_reader_end(&r)))
			return err;
	}
	cs_write_bytes(&w, old);
	cs_write_bytes(&w, sender);
	cs_write_vec(&ws, cs_buf_view(&list));
	if ((err = cs_writer_end(&w)) == CS_OK &&
	    (err = cs_writer_end(&ws)) == CS_OK) {
		ext.data = cs_buf_view(&senders);
		err = made(c, t, &m,
		    cs_mls_propose_extensions(
			&m, t->group, (struct cs_mls_extensions){ &ext, 1 }));
	}
	cs_buf_free(&senders);
	cs_buf_free(&list);
	return err;
}
