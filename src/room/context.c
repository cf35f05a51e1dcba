/* SPDX-License-Identifier: MIT */
#include "room/context.h"

#include <string.h>

#include "base/reader.h"
#include "base/writer.h"
#include "franking/operator_pin.h"
#include "franking/stamp.h"

static void
write_extension(struct cs_writer *w, uint16_t type, struct cs_view data)
{
	cs_write_u16(w, type);
	cs_write_vec(w, data);
}

static enum cs_err
write_senders(struct cs_buf *out, const struct cs_room_operator *op)
{
	const struct cs_mls_external_sender operator= {
		.signature_key = cs_view(op->external_key, CS_KEY_LEN),
		.credential = { CS_MLS_CREDENTIAL_BASIC, op->hub },
	};

	return cs_mls_external_senders(out, &operator, 1);
}

static enum cs_err
write_dictionary(struct cs_buf *out, const struct cs_room_operator *op,
    struct cs_view desk_key)
{
	struct cs_franking_operator_pin pin = {
		.log_origin = op->hub,
		.desk_hpke = desk_key,
		.report_window_s = CS_ROOM_REPORT_WINDOW_S,
	};
	enum cs_err err;

	memcpy(pin.root_public, op->root, sizeof pin.root_public);
	if ((err = cs_operator_id(pin.operator_id, op->root)))
		return err;
	return cs_franking_operator_pin_write(out, &pin);
}

/* The list without a policy. */
static enum cs_err
write_operator(struct cs_buf *out, const struct cs_room_operator *op,
    struct cs_view desk_key)
{
	struct cs_buf senders = { 0 }, dictionary = { 0 };
	struct cs_writer w = cs_writer(out);
	enum cs_err err;

	if ((err = write_senders(&senders, op)) == CS_OK &&
	    (err = write_dictionary(&dictionary, op, desk_key)) == CS_OK) {
		write_extension(
		    &w, CS_MLS_EXT_EXTERNAL_SENDERS, cs_buf_view(&senders));
		write_extension(&w, CS_MLS_EXT_APP_DATA_DICTIONARY,
		    cs_buf_view(&dictionary));
		err = cs_writer_end(&w);
	}
	cs_buf_free(&senders);
	cs_buf_free(&dictionary);
	return err;
}

enum cs_err
cs_room_context_write(struct cs_buf *out, const struct cs_room_operator *op,
    struct cs_view desk_key, const struct cs_room_policy *policy)
{
	struct cs_buf plain = { 0 };
	enum cs_err err;

	if (policy == NULL)
		return write_operator(out, op, desk_key);
	if ((err = write_operator(&plain, op, desk_key)) == CS_OK)
		err = cs_room_policy_put(out, cs_buf_view(&plain), policy);
	cs_buf_free(&plain);
	return err;
}

/* The desk's key of a room; the rest of the pin is compared as bytes. */
static bool
desk_key(struct cs_view *out, struct cs_view extensions)
{
	struct cs_franking_operator_pin pin;
	struct cs_mls_extension e;

	while (cs_mls_extension_next(&extensions, &e)) {
		if (e.type != CS_MLS_EXT_APP_DATA_DICTIONARY ||
		    cs_franking_operator_pin_find(&pin, e.data) != CS_OK)
			continue;
		*out = pin.desk_hpke;
		return out->len == 0 || out->len == CS_KEY_LEN;
	}
	return false;
}

static enum cs_err
check_context(const struct cs_mls_public *g, const struct cs_room_operator *op)
{
	struct cs_view got = cs_mls_view_extensions(g), key;
	struct cs_view id = cs_mls_view_id(g);
	struct cs_room_policy policy;
	struct cs_buf want = { 0 };
	enum cs_err err = cs_room_policy_find(&policy, got);

	if (err && err != CS_ERR_NOT_FOUND)
		return err;
	if (err == CS_OK && !cs_room_policy_fits(&policy, g))
		return CS_ERR_MISMATCH;
	if (id.len < CS_ROOM_ID_MIN || cs_view_is_zero(id) ||
	    cs_mls_view_suite(g) != CS_ROOM_SUITE || !desk_key(&key, got))
		return CS_ERR_MISMATCH;
	err = cs_room_context_write(
	    &want, op, key, err == CS_OK ? &policy : NULL);
	if (err == CS_OK && !cs_view_equal(got, cs_buf_view(&want)))
		err = CS_ERR_MISMATCH;
	cs_buf_free(&want);
	return err;
}

enum cs_err
cs_room_check_group(
    const struct cs_mls_public *g, const struct cs_room_operator *op)
{
	struct cs_mls_leaf_view leaf;
	enum cs_err err = check_context(g, op);

	for (uint32_t i = 0; err == CS_OK && i < cs_mls_view_leaves(g); i++)
		if (cs_mls_view_leaf(g, i, &leaf))
			err = cs_room_check_leaf(&leaf);
	return err;
}

enum cs_err
cs_room_check_info(
    struct cs_view group_info, uint32_t signer, enum cs_mls_info_tree tree)
{
	struct cs_mls_group_info_view info;
	struct cs_mls_extension e;
	unsigned trees = 0, keys = 0, others = 0;
	enum cs_err err;

	if ((err = cs_mls_group_info_peek(&info, group_info)))
		return err;
	/* Anything else would be said in front of those who enter. */
	while (cs_mls_extension_next(&info.extensions, &e)) {
		trees += e.type == CS_MLS_EXT_RATCHET_TREE;
		keys += e.type == CS_MLS_EXT_EXTERNAL_PUB;
		others += e.type != CS_MLS_EXT_RATCHET_TREE &&
		    e.type != CS_MLS_EXT_EXTERNAL_PUB;
	}
	return info.signer == signer && others == 0 && keys == 1 &&
		trees == (tree == CS_MLS_WITH_TREE)
	    ? CS_OK
	    : CS_ERR_MISMATCH;
}
