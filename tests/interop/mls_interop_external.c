/* SPDX-License-Identifier: MIT */
/* mls-interop: proposals by who is no member. */
#include "interop/mls_interop.h"
#include "mls/group_info.h"

enum cs_err
interop_new_member_add(struct interop_call *c)
{
	struct cs_view info = interop_bytes(c, c->in, "group_info");
	struct cs_view name = interop_bytes(c, c->in, "identity");
	struct cs_buf m = { 0 };
	struct interop_thing *t = NULL;
	struct cs_mls_group_info gi;
	struct cs_mls_identity id;
	enum cs_err err = c->err;

	if (err || (err = cs_mls_group_info_parse_message(&gi, info)) ||
	    (err = interop_thing_new(
		 &t, INTEROP_TRANSACTION, gi.context.suite_id, name)))
		return err;
	id = interop_identity(t);
	if ((err = cs_mls_new_member_add(&m, &t->secrets, NULL, info, &id)) ||
	    (err = interop_put_secrets(c, t)))
		goto out;
	interop_keep(t);
	interop_put_number(c, "transaction_id", t->id);
	interop_put_bytes(c, "proposal", cs_buf_view(&m));
	t = NULL;
out:
	interop_thing_free(t);
	cs_buf_free(&m);
	return err;
}

enum cs_err
interop_create_external_signer(struct interop_call *c)
{
	uint16_t suite_id =
	    (uint16_t)interop_number(c, c->in, "cipher_suite", UINT16_MAX);
	struct cs_view name = interop_bytes(c, c->in, "identity");
	const struct cs_mls_credential credential = {
		.type = CS_MLS_CREDENTIAL_BASIC,
		.identity = name,
	};
	struct cs_buf sender = { 0 };
	struct cs_writer w = cs_writer(&sender);
	struct interop_thing *t = NULL;
	enum cs_err err = c->err;

	if (err ||
	    (err = interop_thing_new(&t, INTEROP_SIGNER, suite_id, name)))
		return err;
	/* ExternalSender: RFC 9420, section 12.1.8.1. */
	cs_write_vec(&w, cs_signer_public(t->signer));
	cs_mls_credential_write(&w, &credential);
	if ((err = cs_writer_end(&w)) == CS_OK) {
		interop_keep(t);
		interop_put_number(c, "signer_id", t->id);
		interop_put_bytes(c, "external_sender", cs_buf_view(&sender));
	} else {
		interop_thing_free(t);
	}
	cs_buf_free(&sender);
	return err;
}

static enum cs_err
find_leaf(
    uint32_t *out, const struct cs_mls_public_group *g, struct cs_view name)
{
	struct cs_mls_member m;

	for (uint32_t i = 0; i < cs_mls_public_group_leaves(g); i++)
		if (cs_mls_public_group_member(g, i, &m) &&
		    cs_view_equal(m.credential, name)) {
			*out = i;
			return CS_OK;
		}
	return CS_ERR_MEMBER;
}

static enum cs_err
propose(struct cs_buf *out, const struct cs_mls_public_group *g, uint32_t index,
    const struct cs_signer *signer, const struct interop_description *d)
{
	struct cs_mls_external_proposal what = { 0 };
	struct cs_mls_psk_id psk = d->psk;
	uint32_t leaf;
	enum cs_err err;

	switch (d->type) {
	case INTEROP_ADD:
		what.add = d->key_package;
		break;
	case INTEROP_REMOVE:
		if ((err = find_leaf(&leaf, g, d->removed)))
			return err;
		what.remove = &leaf;
		break;
	case INTEROP_RESUMPTION_PSK:
		psk.id = cs_mls_public_group_id(g);
		what.psk = &psk;
		break;
	case INTEROP_EXTERNAL_PSK:
		what.psk = &psk;
		break;
	case INTEROP_EXTENSIONS:
		what.context_exts = &d->extensions;
		break;
	case INTEROP_REINIT_PROPOSAL:
		what.reinit = &d->reinit;
		break;
	}
	return cs_mls_external_propose(out, g, index, signer, &what);
}

enum cs_err
interop_external_signer_proposal(struct interop_call *c)
{
	struct interop_thing *t = interop_find(c, "signer_id", INTEROP_SIGNER);
	uint32_t index =
	    (uint32_t)interop_number(c, c->in, "signer_index", UINT32_MAX);
	struct cs_view info = interop_bytes(c, c->in, "group_info");
	struct cs_view tree = interop_bytes(c, c->in, "ratchet_tree");
	struct cs_mls_options opt = interop_options(false);
	struct cs_mls_public_group *g = NULL;
	struct interop_description d;
	struct cs_buf m = { 0 };
	enum cs_err err;

	interop_describe(&d, c, json_object_get(c->in, "description"));
	if ((err = c->err) ||
	    (err = cs_mls_public_group_new(&g, info, tree, &opt)) ||
	    (err = propose(&m, g, index, t->signer, &d)))
		goto out;
	interop_put_bytes(c, "proposal", cs_buf_view(&m));
out:
	cs_mls_public_group_free(g);
	cs_buf_free(&m);
	return err;
}
