/* SPDX-License-Identifier: MIT */
/*
 * Welcomes for a key package that we have: as they come, or (first byte odd)
 * GroupSecrets and GroupInfo sealed as they should be, each after its length.
 */
#include "crypto/label.h"
#include "fuzz/fuzz_world.h"
#include "mls/group.h"
#include "mls/key_package.h"
#include "mls/welcome.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
deliver(struct fuzz_world *w, struct cs_view welcome)
{
	struct world_member *m = &w->m[FUZZ_NEWCOMER];
	struct cs_mls_options opt = world_options();
	struct cs_mls_group *g = NULL;
	struct cs_buf ext = { 0 };
	struct cs_mls_join_options join = { .ext_type = 0xc500, .ext = &ext };
	struct cs_mls_hash ref;
	enum cs_err err;

	for (size_t i = 0;
	     i < 5 && cs_mls_welcome_recipient(&ref, welcome, i) == CS_OK; i++)
		;
	err = cs_mls_welcome_join(
	    &g, welcome, cs_buf_view(&m->secrets), &m->id, &opt, &join);
	fuzz_want(cs_err_class(err) != CS_ERR_CLASS_MISUSE);
	fuzz_want((g != NULL) == (err == CS_OK));
	cs_mls_group_free(g);
	cs_buf_free(&ext);
}

/* EncryptedGroupInfo of ${info}, as far as there is a joiner secret. */
static enum cs_err
seal_info(struct cs_buf *out, const struct cs_suite *suite,
    struct cs_view secrets, struct cs_view info)
{
	const struct cs_mls_psk_secret no_psk = { 0 };
	struct cs_mls_joiner_secret joiner = { 0 };
	struct cs_mls_welcome_secret secret;
	struct cs_mls_group_secrets s;
	struct cs_reader r = cs_reader(secrets);
	uint8_t key[CS_AEAD_KEY_MAX], nonce[CS_AEAD_NONCE_MAX];
	struct cs_aead_params p = {
		.aead = suite->aead,
		.key = cs_view(key, suite->aead_key_len),
		.nonce = cs_view(nonce, suite->aead_nonce_len),
	};
	enum cs_err err;

	cs_mls_group_secrets_read(&r, &s);
	if (cs_reader_end(&r) == CS_OK &&
	    s.joiner_secret.len == suite->hash_len)
		memcpy(joiner.b, s.joiner_secret.data, suite->hash_len);
	/* RFC 9420, section 12.4.3.1. */
	if ((err = cs_mls_welcome_secret(&secret, suite, &joiner, &no_psk)) ||
	    (err = cs_expand_with_label(key, suite->aead_key_len, suite,
		 cs_view(secret.b, suite->hash_len), cs_view_str("key"),
		 cs_view(NULL, 0))) ||
	    (err = cs_expand_with_label(nonce, suite->aead_nonce_len, suite,
		 cs_view(secret.b, suite->hash_len), cs_view_str("nonce"),
		 cs_view(NULL, 0))))
		return err;
	return cs_aead_seal(out, &p, info);
}

static enum cs_err
dress(struct cs_buf *out, const struct world_member *to, struct cs_view in)
{
	const struct cs_suite *suite = cs_suite_find(1);
	struct cs_mls_key_package kp;
	struct cs_reader r = cs_reader(in);
	struct cs_view secrets = cs_read_vec(&r), info = cs_read_vec(&r);
	struct cs_buf kem = { 0 }, sealed = { 0 }, sealed_info = { 0 };
	struct cs_writer w = cs_writer(out);
	size_t mark;
	enum cs_err err;

	if ((err = cs_reader_end(&r)) ||
	    (err = cs_mls_key_package_parse_message(
		 &kp, cs_buf_view(&to->key_package))) ||
	    (err = seal_info(&sealed_info, suite, secrets, info)) ||
	    (err = cs_encrypt_with_label(&kem, &sealed, suite, kp.init_key,
		 cs_view_str("Welcome"), cs_buf_view(&sealed_info), secrets)))
		goto out;
	cs_mls_message_write(&w, CS_MLS_WIRE_WELCOME);
	cs_write_u16(&w, suite->id);
	mark = cs_write_open(&w);
	cs_write_vec(&w, cs_mls_hash_view(&to->ref));
	cs_write_vec(&w, cs_buf_view(&kem));
	cs_write_vec(&w, cs_buf_view(&sealed));
	cs_write_close(&w, mark);
	cs_write_vec(&w, cs_buf_view(&sealed_info));
	err = cs_writer_end(&w);
out:
	cs_buf_free(&kem);
	cs_buf_free(&sealed);
	cs_buf_free(&sealed_info);
	return err;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_world *w = fuzz_world();
	struct cs_buf welcome = { 0 };
	struct cs_view in;

	if (size == 0)
		return 0;
	cs_test_fixed_random(2);
	in = cs_view(data + 1, size - 1);
	if (data[0] % 2 == 0)
		deliver(w, in);
	else if (dress(&welcome, &w->m[FUZZ_NEWCOMER], in) == CS_OK)
		deliver(w, cs_buf_view(&welcome));
	cs_buf_free(&welcome);
	return 0;
}
