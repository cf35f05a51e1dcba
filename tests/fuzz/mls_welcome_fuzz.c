/* SPDX-License-Identifier: MIT */
/*
 * Welcomes for a key package that we have: as they come, or (first byte odd)
 * GroupSecrets and GroupInfo sealed as they should be, each after its length,
 * and then a ratchet tree or nothing.  The rest of the first byte is the suite.
 */

#include "crypto/aead.h"
#include "crypto/label.h"
#include "fuzz/fuzz_world.h"
#include "mls/framing.h"
#include "mls/group.h"
#include "mls/group_psk.h"
#include "mls/key_package.h"
#include "mls/welcome.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A PSK is called what it is. */
static enum cs_err
find_psk(void *arg, struct cs_buf *out, const struct cs_mls_psk_id *id)
{
	(void)arg;
	return id->type == CS_MLS_PSK_EXTERNAL ? cs_buf_add(out, id->id)
					       : CS_ERR_NOT_FOUND;
}

static struct cs_mls_options
options(void)
{
	struct cs_mls_options opt = world_options();

	opt.psks.find = find_psk;
	return opt;
}

static void
deliver(
    const struct world_member *m, struct cs_view welcome, struct cs_view tree)
{
	struct cs_mls_options opt = options();
	struct cs_mls_group *g = NULL;
	struct cs_buf ext = { 0 };
	struct cs_mls_join_options join = {
		.ratchet_tree = tree,
		.ext_type = 0xc500,
		.ext = &ext,
	};
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
	const struct cs_mls_options opt = options();
	const struct cs_mls_psk_sources sources = { &opt, NULL, NULL };
	struct cs_mls_psk_secret psk = { 0 };
	struct cs_mls_joiner_secret joiner = { 0 };
	struct cs_mls_welcome_secret secret;
	struct cs_mls_group_secrets s = { 0 };
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
	/* One that it will not find is not mixed in. */
	if (r.err == CS_OK &&
	    cs_mls_ids_psk_secret(&psk, suite, s.psks, &sources) != CS_OK)
		psk = (struct cs_mls_psk_secret){ 0 };
	/* RFC 9420, section 12.4.3.1. */
	if ((err = cs_mls_welcome_secret(&secret, suite, &joiner, &psk)) ||
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
dress(struct cs_buf *out, struct cs_view *tree, const struct world_member *to,
    const struct cs_suite *suite, struct cs_view in)
{
	struct cs_mls_key_package kp;
	struct cs_reader r = cs_reader(in);
	struct cs_view secrets = cs_read_vec(&r), info = cs_read_vec(&r);
	struct cs_buf kem = { 0 }, sealed = { 0 }, sealed_info = { 0 };
	struct cs_writer w = cs_writer(out);
	size_t mark;
	enum cs_err err;

	if (cs_reader_more(&r))
		*tree = cs_read_vec(&r);
	if ((err = cs_reader_end(&r)) ||
	    (err = cs_mls_key_package_parse_message(
		 &kp, cs_buf_view(&to->key_package))) ||
	    (err = seal_info(&sealed_info, suite, secrets, info)) ||
	    (err = cs_encrypt_with_label(&kem, &sealed, suite, kp.init_key,
		 &(struct cs_encrypt_label){
		     cs_view_str("Welcome"), cs_buf_view(&sealed_info) },
		 secrets)))
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
	struct cs_view in, tree = { NULL, 0 };
	const struct cs_suite *suite;
	const struct world_member *m;

	if (size == 0 || (suite = cs_suite_at(data[0] / 2)) == NULL)
		return 0;
	cs_test_fixed_random(2);
	m = &w->by_suite[suite->id];
	in = cs_view(data + 1, size - 1);
	if (data[0] % 2 == 0)
		deliver(m, in, tree);
	else if (dress(&welcome, &tree, m, suite, in) == CS_OK)
		deliver(m, cs_buf_view(&welcome), tree);
	cs_buf_free(&welcome);
	return 0;
}
