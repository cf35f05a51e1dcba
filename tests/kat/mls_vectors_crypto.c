/* SPDX-License-Identifier: MIT */
/* Vectors about primitives, key schedule and single keys. */

#include <string.h>

#include "kat/mls_vectors.h"
#include "mls/framing.h"
#include "mls/group_context.h"
#include "mls/key_schedule.h"
#include "mls/transcript.h"
#include "mls/tree_math.h"

static bool
is(const uint8_t *b, struct cs_view want)
{
	return cs_view_equal(cs_view(b, want.len), want);
}

static enum kat_result
expand(const json_t *all, const struct cs_suite *suite)
{
	const json_t *c = json_object_get(all, "expand_with_label");
	struct cs_view want = kat_hex(c, "out");
	uint8_t out[256];

	CHECK(cs_expand_with_label(out, kat_int(c, "length"), suite,
		  kat_hex(c, "secret"), kat_str(c, "label"),
		  kat_hex(c, "context")) == CS_OK);
	CHECK(is(out, want));
	c = json_object_get(all, "derive_secret");
	CHECK(cs_derive_secret(out, suite, kat_hex(c, "secret"),
		  kat_str(c, "label")) == CS_OK);
	CHECK(is(out, kat_hex(c, "out")));
	c = json_object_get(all, "derive_tree_secret");
	CHECK(cs_derive_tree_secret(out, kat_int(c, "length"), suite,
		  kat_hex(c, "secret"), kat_str(c, "label"),
		  (uint32_t)kat_int(c, "generation")) == CS_OK);
	CHECK(is(out, kat_hex(c, "out")));
	c = json_object_get(all, "ref_hash");
	CHECK(cs_ref_hash(out, suite, kat_str(c, "label"),
		  kat_hex(c, "value")) == CS_OK);
	CHECK(is(out, kat_hex(c, "out")));
	return KAT_PASSED;
}

static enum kat_result
sign(const json_t *c, const struct cs_suite *suite)
{
	struct cs_view public = kat_hex(c, "pub"), private = kat_hex(c, "priv");
	struct cs_view label = kat_str(c, "label");
	struct cs_view content = kat_hex(c, "content");
	const struct cs_signer *key = kat_signer(suite, private);
	uint8_t signature[CS_SIG_MAX];
	size_t n;

	CHECK(key != NULL);
	CHECK(cs_view_equal(cs_signer_public(key), public));
	CHECK(cs_verify_with_label(suite->sig, public, label, content,
		  kat_hex(c, "signature")) == CS_OK);
	CHECK(cs_sign_with_label(signature, &n, key, label, content) == CS_OK);
	CHECK(cs_verify_with_label(suite->sig, public, label, content,
		  cs_view(signature, n)) == CS_OK);
	return KAT_PASSED;
}

static enum kat_result
encrypt(const json_t *c, const struct cs_suite *suite)
{
	struct cs_view private = kat_hex(c, "priv");
	struct cs_view label = kat_str(c, "label");
	struct cs_view context = kat_hex(c, "context");
	struct cs_view plain = kat_hex(c, "plaintext");
	struct cs_buf *out = kat_buf(), *kem = kat_buf(), *sealed = kat_buf();
	struct cs_hpke_key key;

	CHECK(cs_hpke_key_from_private(&key, suite->kem, private) == CS_OK);
	CHECK(cs_decrypt_with_label(out, suite, &key,
		  &(struct cs_encrypt_label){ label, context },
		  &(struct cs_encrypted){ kat_hex(c, "kem_output"),
		      kat_hex(c, "ciphertext") }) == CS_OK);
	CHECK(cs_view_equal(cs_buf_view(out), plain));
	CHECK(
	    cs_encrypt_with_label(kem, sealed, suite, kat_hex(c, "pub"),
		&(struct cs_encrypt_label){ label, context }, plain) == CS_OK);
	cs_buf_reset(out);
	CHECK(cs_decrypt_with_label(out, suite, &key,
		  &(struct cs_encrypt_label){ label, context },
		  &(struct cs_encrypted){
		      cs_buf_view(kem), cs_buf_view(sealed) }) == CS_OK);
	CHECK(cs_view_equal(cs_buf_view(out), plain));
	return KAT_PASSED;
}

enum kat_result
kat_crypto_basics(const json_t *c)
{
	const struct cs_suite *suite = kat_suite(c);

	CHECK(expand(c, suite) == KAT_PASSED);
	CHECK(sign(json_object_get(c, "sign_with_label"), suite) == KAT_PASSED);
	CHECK(encrypt(json_object_get(c, "encrypt_with_label"), suite) ==
	    KAT_PASSED);
	return KAT_PASSED;
}

/* null where there is no such node, else its index. */
static bool
relation(const json_t *c, const char *key, uint32_t x, bool there, uint32_t y)
{
	const json_t *want = json_array_get(json_object_get(c, key), x);

	if (!there)
		return json_is_null(want);
	return json_is_integer(want) && json_integer_value(want) == y;
}

enum kat_result
kat_tree_math(const json_t *c)
{
	uint32_t n = (uint32_t)kat_int(c, "n_leaves");
	uint32_t width = cs_mls_node_width(n), root = cs_mls_node_root(n);

	CHECK(width == kat_int(c, "n_nodes"));
	CHECK(root == kat_int(c, "root"));
	for (uint32_t x = 0; x < width; x++) {
		bool leaf = cs_mls_node_is_leaf(x), top = x == root;

		CHECK(relation(
		    c, "left", x, !leaf, leaf ? 0 : cs_mls_node_left(x)));
		CHECK(relation(
		    c, "right", x, !leaf, leaf ? 0 : cs_mls_node_right(x)));
		CHECK(relation(
		    c, "parent", x, !top, top ? 0 : cs_mls_node_parent(x)));
		CHECK(relation(
		    c, "sibling", x, !top, top ? 0 : cs_mls_node_sibling(x)));
	}
	return KAT_PASSED;
}

static enum kat_result
check_secrets(const json_t *e, const struct cs_suite *suite,
    const struct cs_mls_epoch_secrets *s)
{
	const json_t *x = json_object_get(e, "exporter");
	struct cs_view want = kat_hex(x, "secret");
	struct cs_hpke_key external;
	uint8_t out[256];

	CHECK(is(s->init.b, kat_hex(e, "init_secret")));
	CHECK(is(s->sender_data.b, kat_hex(e, "sender_data_secret")));
	CHECK(is(s->exporter.b, kat_hex(e, "exporter_secret")));
	CHECK(is(s->external.b, kat_hex(e, "external_secret")));
	CHECK(is(s->confirmation.b, kat_hex(e, "confirmation_key")));
	CHECK(is(s->membership.b, kat_hex(e, "membership_key")));
	CHECK(is(s->resumption.b, kat_hex(e, "resumption_psk")));
	CHECK(is(s->authenticator.b, kat_hex(e, "epoch_authenticator")));
	CHECK(cs_mls_external_key(&external, suite, &s->external) == CS_OK);
	CHECK(cs_view_equal(
	    cs_hpke_key_public(&external), kat_hex(e, "external_pub")));
	CHECK(kat_int(x, "length") <= sizeof out);
	CHECK(cs_mls_export(out, kat_int(x, "length"), suite, &s->exporter,
		  kat_str(x, "label"), kat_hex(x, "context")) == CS_OK);
	CHECK(is(out, want));
	return KAT_PASSED;
}

static enum kat_result
check_epoch(const json_t *c, const json_t *e, uint64_t number,
    struct cs_mls_init_secret *init)
{
	const struct cs_suite *suite = kat_suite(c);
	const struct cs_mls_group_context context = {
		.suite_id = suite->id,
		.group_id = kat_hex(c, "group_id"),
		.epoch = number,
		.tree_hash = kat_hex(e, "tree_hash"),
		.confirmed_transcript_hash =
		    kat_hex(e, "confirmed_transcript_hash"),
	};
	struct cs_buf *raw = kat_buf();
	struct cs_writer w = cs_writer(raw);
	struct cs_mls_commit_secret commit;
	struct cs_mls_psk_secret psk;
	struct cs_mls_joiner_secret joiner;
	struct cs_mls_welcome_secret welcome;
	struct cs_mls_epoch_secret epoch;
	struct cs_mls_encryption_secret encryption;
	struct cs_mls_epoch_secrets s;
	struct cs_view v;

	v = kat_hex(e, "commit_secret");
	CHECK(v.len == suite->hash_len);
	memcpy(commit.b, v.data, v.len);
	v = kat_hex(e, "psk_secret");
	CHECK(v.len == suite->hash_len);
	memcpy(psk.b, v.data, v.len);
	cs_mls_group_context_write(&w, &context);
	CHECK(cs_writer_end(&w) == CS_OK);
	v = cs_buf_view(raw);
	CHECK(cs_view_equal(v, kat_hex(e, "group_context")));
	CHECK(cs_mls_joiner_secret(&joiner, suite, init, &commit, v) == CS_OK);
	CHECK(is(joiner.b, kat_hex(e, "joiner_secret")));
	CHECK(cs_mls_welcome_secret(&welcome, suite, &joiner, &psk) == CS_OK);
	CHECK(is(welcome.b, kat_hex(e, "welcome_secret")));
	CHECK(cs_mls_epoch_secret(&epoch, suite, &joiner, &psk, v) == CS_OK);
	CHECK(cs_mls_epoch_secrets(&s, &encryption, suite, &epoch) == CS_OK);
	CHECK(is(encryption.b, kat_hex(e, "encryption_secret")));
	*init = s.init;
	return check_secrets(e, suite, &s);
}

enum kat_result
kat_key_schedule(const json_t *c)
{
	struct cs_view first = kat_hex(c, "initial_init_secret");
	struct cs_mls_init_secret init;
	json_t *e;
	size_t i;

	CHECK(first.len == kat_suite(c)->hash_len);
	memcpy(init.b, first.data, first.len);
	json_array_foreach (json_object_get(c, "epochs"), i, e)
		CHECK(check_epoch(c, e, i, &init) == KAT_PASSED);
	return KAT_PASSED;
}

enum kat_result
kat_transcript_hashes(const json_t *c)
{
	const struct cs_suite *suite = kat_suite(c);
	struct cs_reader r = cs_reader(kat_hex(c, "authenticated_content"));
	struct cs_view confirmed =
	    kat_hex(c, "confirmed_transcript_hash_after");
	struct cs_view key = kat_hex(c, "confirmation_key");
	struct cs_mls_confirmation_key confirmation;
	struct cs_mls_unverified content;
	uint8_t out[CS_HASH_MAX];

	cs_mls_authenticated_read(&r, &content);
	CHECK(cs_reader_end(&r) == CS_OK);
	CHECK(content.framed.type == CS_MLS_CONTENT_COMMIT);
	CHECK(key.len == suite->hash_len);
	memcpy(confirmation.b, key.data, key.len);
	CHECK(cs_mls_confirmation_tag_check(content.confirmation_tag, suite,
		  &confirmation, confirmed) == CS_OK);
	CHECK(cs_mls_confirmed_transcript(out, suite,
		  kat_hex(c, "interim_transcript_hash_before"), content.wire,
		  &content.framed, content.signature) == CS_OK);
	CHECK(is(out, confirmed));
	CHECK(cs_mls_interim_transcript(
		  out, suite, confirmed, content.confirmation_tag) == CS_OK);
	CHECK(is(out, kat_hex(c, "interim_transcript_hash_after")));
	return KAT_PASSED;
}

enum kat_result
kat_deserialization(const json_t *c)
{
	struct cs_reader r = cs_reader(kat_hex(c, "vlbytes_header"));
	uint32_t n = cs_read_varint(&r);

	CHECK(cs_reader_end(&r) == CS_OK);
	CHECK(n == kat_int(c, "length"));
	return KAT_PASSED;
}
