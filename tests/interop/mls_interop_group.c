/* SPDX-License-Identifier: MIT */
/* mls-interop: groups, joining, and what their state gives. */

#include "interop/mls_interop.h"
#include "mls/group.h"
#include "mls/key_package.h"

enum cs_err
interop_put_state(struct interop_call *c, const struct interop_thing *t)
{
	struct cs_mls_hash h;
	enum cs_err err;

	if ((err = cs_mls_group_epoch_authenticator(t->group, &h)))
		return err;
	interop_put_number(c, "state_id", t->id);
	interop_put_bytes(c, "epoch_authenticator", cs_mls_hash_view(&h));
	return c->err;
}

enum cs_err
interop_put_secrets(struct interop_call *c, const struct interop_thing *t)
{
	struct cs_mls_key_package_secrets s;
	enum cs_err err;

	err = cs_mls_key_package_secrets_parse(&s, cs_buf_view(&t->secrets));
	if (err == CS_OK) {
		interop_put_bytes(c, "init_priv", cs_hpke_key_private(&s.init));
		interop_put_bytes(
		    c, "encryption_priv", cs_hpke_key_private(&s.leaf));
		interop_put_bytes(
		    c, "signature_priv", cs_signer_private(t->signer));
		err = c->err;
	}
	cs_wipe(&s, sizeof s);
	return err;
}

enum cs_err
interop_create_group(struct interop_call *c)
{
	struct cs_view group_id = interop_bytes(c, c->in, "group_id");
	struct cs_view name = interop_bytes(c, c->in, "identity");
	uint16_t suite_id =
	    (uint16_t)interop_number(c, c->in, "cipher_suite", UINT16_MAX);
	bool encrypt = interop_flag(c, "encrypt_handshake");
	struct cs_mls_options opt = interop_options(encrypt);
	struct cs_mls_identity id;
	struct interop_thing *t = NULL;
	enum cs_err err = c->err;

	if (err || (err = interop_thing_new(&t, INTEROP_STATE, suite_id, name)))
		return err;
	id = interop_identity(t);
	t->encrypt = encrypt;
	if ((err = cs_mls_group_new(&t->group, suite_id, group_id, &id,
		 (struct cs_mls_extensions){ NULL, 0 }, &opt))) {
		interop_thing_free(t);
		return err;
	}
	interop_keep(t);
	interop_put_number(c, "state_id", t->id);
	return CS_OK;
}

enum cs_err
interop_create_key_package(struct interop_call *c)
{
	struct cs_view name = interop_bytes(c, c->in, "identity");
	uint16_t suite_id =
	    (uint16_t)interop_number(c, c->in, "cipher_suite", UINT16_MAX);
	struct cs_buf kp = { 0 };
	struct cs_mls_identity id;
	struct interop_thing *t = NULL;
	enum cs_err err = c->err;

	if (err ||
	    (err = interop_thing_new(&t, INTEROP_TRANSACTION, suite_id, name)))
		return err;
	id = interop_identity(t);
	if ((err = cs_mls_key_package_new(
		 &kp, &t->secrets, NULL, suite_id, &id, CS_MLS_SINGLE_USE)) ||
	    (err = interop_put_secrets(c, t)))
		goto out;
	interop_keep(t);
	interop_put_number(c, "transaction_id", t->id);
	interop_put_bytes(c, "key_package", cs_buf_view(&kp));
	t = NULL;
out:
	interop_thing_free(t);
	cs_buf_free(&kp);
	return err;
}

enum cs_err
interop_welcome(struct cs_mls_group **out, struct interop_call *c,
    const struct interop_thing *t, bool encrypt, struct cs_mls_group *from)
{
	struct cs_mls_options opt = interop_options(encrypt);
	struct cs_view welcome = interop_bytes(c, c->in, "welcome");
	struct cs_mls_join_options join = {
		.ratchet_tree = interop_bytes(c, c->in, "ratchet_tree"),
		.from = from,
	};
	struct cs_mls_identity id;

	if (c->err)
		return c->err;
	id = interop_identity(t);
	return cs_mls_welcome_join(
	    out, welcome, cs_buf_view(&t->secrets), &id, &opt, &join);
}

enum cs_err
interop_join_group(struct interop_call *c)
{
	struct interop_thing *t =
	    interop_find(c, "transaction_id", INTEROP_TRANSACTION);
	bool encrypt = interop_flag(c, "encrypt_handshake");
	enum cs_err err = c->err;

	if (err || (err = interop_welcome(&t->group, c, t, encrypt, NULL)))
		return err;
	t->kind = INTEROP_STATE; /* its key package is used up */
	t->encrypt = encrypt;
	cs_buf_free(&t->secrets);
	return interop_put_state(c, t);
}

enum cs_err
interop_group_info(struct interop_call *c)
{
	struct interop_thing *t = interop_find(c, "state_id", INTEROP_STATE);
	bool apart = interop_flag(c, "external_tree");
	struct cs_buf info = { 0 }, tree = { 0 };
	enum cs_err err = c->err;

	if (err || (err = cs_mls_group_info(t->group, &info, !apart)) ||
	    (apart && (err = cs_mls_group_tree(t->group, &tree))))
		goto out;
	interop_put_bytes(c, "group_info", cs_buf_view(&info));
	interop_put_bytes(c, "ratchet_tree", cs_buf_view(&tree));
out:
	cs_buf_free(&info);
	cs_buf_free(&tree);
	return err;
}

enum cs_err
interop_state_auth(struct interop_call *c)
{
	struct interop_thing *t = interop_find(c, "state_id", INTEROP_STATE);
	struct cs_mls_hash h;
	enum cs_err err = c->err;

	if (err || (err = cs_mls_group_epoch_authenticator(t->group, &h)))
		return err;
	interop_put_bytes(c, "state_auth_secret", cs_mls_hash_view(&h));
	return CS_OK;
}

enum cs_err
interop_export(struct interop_call *c)
{
	struct interop_thing *t = interop_find(c, "state_id", INTEROP_STATE);
	struct cs_view label = interop_string(c, "label");
	struct cs_view context = interop_bytes(c, c->in, "context");
	/* No KDF gives more than 255 hashes. */
	size_t n = interop_number(c, c->in, "key_length", UINT16_MAX);
	uint8_t *out = interop_room(c, n, 1);
	enum cs_err err = c->err;

	if (err ||
	    (err = cs_mls_group_export(t->group, out, n, label, context)))
		return err;
	interop_put_bytes(c, "exported_secret", cs_view(out, n));
	return CS_OK;
}

enum cs_err
interop_protect(struct interop_call *c)
{
	struct interop_thing *t = interop_find(c, "state_id", INTEROP_STATE);
	struct cs_view aad = interop_bytes(c, c->in, "authenticated_data");
	struct cs_view plain = interop_bytes(c, c->in, "plaintext");
	struct cs_buf out = { 0 };
	enum cs_err err = c->err;

	if (!err && (err = cs_mls_protect(&out, t->group, aad, plain)) == 0)
		interop_put_bytes(c, "ciphertext", cs_buf_view(&out));
	cs_buf_free(&out);
	return err;
}

enum cs_err
interop_unprotect(struct interop_call *c)
{
	struct interop_thing *t = interop_find(c, "state_id", INTEROP_STATE);
	struct cs_view sealed = interop_bytes(c, c->in, "ciphertext");
	struct cs_mls_received got = { 0 };
	enum cs_err err = c->err;

	if (err || (err = cs_mls_process(&got, t->group, sealed)))
		return err;
	if (got.event != CS_MLS_EVENT_APPLICATION)
		err = CS_ERR_MISMATCH;
	interop_put_bytes(
	    c, "authenticated_data", cs_buf_view(&got.authenticated_data));
	interop_put_bytes(c, "plaintext", cs_buf_view(&got.data));
	cs_mls_received_clear(&got);
	return err;
}

enum cs_err
interop_store_psk(struct interop_call *c)
{
	struct cs_view id = interop_bytes(c, c->in, "psk_id");
	struct cs_view secret = interop_bytes(c, c->in, "psk_secret");

	(void)interop_number(c, c->in, "state_or_transaction_id", UINT32_MAX);
	return c->err ? c->err : interop_psk_add(id, secret);
}

enum cs_err
interop_free(struct interop_call *c)
{
	struct interop_thing *t = interop_find(c, "state_id", INTEROP_STATE);

	if (c->err)
		return c->err;
	return interop_drop(t->id, INTEROP_STATE) ? CS_OK : CS_ERR_NOT_FOUND;
}
