/* SPDX-License-Identifier: MIT */
/* Vectors about messages: their bytes, their protection, Welcome. */

#include <string.h>

#include "kat/mls_vectors.h"
#include "mls/framing.h"
#include "mls/group_context.h"
#include "mls/leaf_node.h"
#include "mls/private_message.h"
#include "mls/ratchet_tree.h"
#include "mls/tree_codec.h"
#include "mls/welcome.h"

/* ---- secret-tree -------------------------------------------------------- */

static enum kat_result
check_generation(struct cs_mls_secret_tree *t, uint32_t leaf, const json_t *g)
{
	static const char *const keys[] = { "handshake_key",
		"application_key" };
	static const char *const nonces[] = { "handshake_nonce",
		"application_nonce" };
	uint32_t generation = (uint32_t)kat_int(g, "generation");

	for (int k = 0; k < 2; k++) {
		struct cs_view key = kat_hex(g, keys[k]);
		struct cs_view nonce = kat_hex(g, nonces[k]);
		struct cs_mls_pending_key p;

		CHECK(cs_mls_secret_tree_find(&p, t, leaf,
			  (enum cs_mls_ratchet_kind)k, generation,
			  1000) == CS_OK);
		CHECK(cs_view_equal(cs_view(p.key.key, key.len), key));
		CHECK(cs_view_equal(cs_view(p.key.nonce, nonce.len), nonce));
		cs_mls_secret_tree_take(t, &p);
	}
	return KAT_PASSED;
}

static enum kat_result
check_leaves(struct cs_mls_secret_tree *t, const json_t *leaves)
{
	json_t *leaf, *g;
	size_t i, j;

	json_array_foreach (leaves, i, leaf) {
		json_array_foreach (leaf, j, g)
			CHECK(
			    check_generation(t, (uint32_t)i, g) == KAT_PASSED);
	}
	return KAT_PASSED;
}

static bool
secret_of(uint8_t *out, const json_t *c, const char *key)
{
	struct cs_view v = kat_hex(c, key);

	if (v.len == 0 || v.len > CS_HASH_MAX)
		return false;
	memcpy(out, v.data, v.len);
	return true;
}

enum kat_result
kat_secret_tree(const json_t *c)
{
	const struct cs_suite *suite = kat_suite(c);
	const json_t *leaves = json_object_get(c, "leaves");
	const json_t *sd = json_object_get(c, "sender_data");
	struct cs_mls_sender_data_secret sender_data;
	struct cs_mls_encryption_secret root;
	struct cs_mls_secret_tree t;
	struct cs_mls_message_key key;
	enum kat_result result;

	CHECK(secret_of(sender_data.b, sd, "sender_data_secret"));
	CHECK(cs_mls_sender_data_key(&key, suite, &sender_data,
		  kat_hex(sd, "ciphertext")) == CS_OK);
	CHECK(cs_view_equal(
	    cs_view(key.key, suite->aead_key_len), kat_hex(sd, "key")));
	CHECK(cs_view_equal(
	    cs_view(key.nonce, suite->aead_nonce_len), kat_hex(sd, "nonce")));
	CHECK(secret_of(root.b, c, "encryption_secret"));
	CHECK(cs_mls_secret_tree_init(&t, suite,
		  (uint32_t)json_array_size(leaves), &root) == CS_OK);
	result = check_leaves(&t, leaves);
	cs_mls_secret_tree_clear(&t);
	return result;
}

/* ---- message-protection ------------------------------------------------- */

struct protection {
	const struct cs_suite *suite;
	struct cs_view group_id, context, public;
	uint64_t epoch;
	struct cs_signer *key;
	struct cs_mls_membership_key membership;
	struct cs_mls_sender_data_secret sender_data;
	struct cs_mls_encryption_secret encryption;
};

static enum kat_result
set_up(struct protection *p, const json_t *c)
{
	const struct cs_mls_group_context context = {
		.suite_id = (uint16_t)kat_int(c, "cipher_suite"),
		.group_id = kat_hex(c, "group_id"),
		.epoch = kat_int(c, "epoch"),
		.tree_hash = kat_hex(c, "tree_hash"),
		.confirmed_transcript_hash =
		    kat_hex(c, "confirmed_transcript_hash"),
	};
	struct cs_view seed = kat_hex(c, "signature_priv");
	struct cs_buf *raw = kat_buf();
	struct cs_writer w = cs_writer(raw);

	cs_mls_group_context_write(&w, &context);
	CHECK(cs_writer_end(&w) == CS_OK);
	p->suite = kat_suite(c);
	p->group_id = context.group_id;
	p->epoch = context.epoch;
	p->context = cs_buf_view(raw);
	p->public = kat_hex(c, "signature_pub");
	p->key = kat_signer(p->suite, seed);
	CHECK(p->key != NULL);
	CHECK(secret_of(p->membership.b, c, "membership_key"));
	CHECK(secret_of(p->sender_data.b, c, "sender_data_secret"));
	CHECK(secret_of(p->encryption.b, c, "encryption_secret"));
	return KAT_PASSED;
}

static enum kat_result
open_public(
    const struct protection *p, struct cs_view message, struct cs_view want)
{
	struct cs_reader r = cs_reader(message);
	struct cs_mls_public_message m;
	struct cs_mls_verified v;

	CHECK(cs_mls_message_read(&r) == CS_MLS_WIRE_PUBLIC);
	cs_mls_public_message_read(&r, &m);
	CHECK(cs_reader_end(&r) == CS_OK);
	CHECK(cs_mls_membership_check(
		  &m, p->suite, &p->membership, p->context) == CS_OK);
	CHECK(cs_mls_framed_verify(
		  &v, &m.content, p->suite, p->public, p->context) == CS_OK);
	CHECK(cs_view_equal(v.framed.body, want));
	return KAT_PASSED;
}

static enum kat_result
open_private_with(const struct protection *p, struct cs_mls_secret_tree *t,
    struct cs_view message, struct cs_view want)
{
	struct cs_reader r = cs_reader(message);
	struct cs_mls_private_message m;
	struct cs_mls_sender_data data;
	struct cs_mls_pending_key key;
	struct cs_mls_unverified u;
	struct cs_mls_verified v;
	struct cs_buf *plain = kat_buf();
	enum cs_err err;

	CHECK(cs_mls_message_read(&r) == CS_MLS_WIRE_PRIVATE);
	cs_mls_private_message_read(&r, &m);
	CHECK(cs_reader_end(&r) == CS_OK);
	CHECK(cs_mls_sender_data_open(&data, &m, p->suite, &p->sender_data) ==
	    CS_OK);
	CHECK(data.leaf == 1);
	CHECK(cs_mls_secret_tree_find(&key, t, data.leaf,
		  m.type == CS_MLS_CONTENT_APPLICATION
		      ? CS_MLS_RATCHET_APPLICATION
		      : CS_MLS_RATCHET_HANDSHAKE,
		  data.generation, 10) == CS_OK);
	err = cs_mls_private_message_open(
	    &u, plain, &m, p->suite, &data, &key.key);
	cs_mls_pending_key_clear(&key);
	CHECK(err == CS_OK);
	CHECK(cs_mls_framed_verify(&v, &u, p->suite, p->public, p->context) ==
	    CS_OK);
	CHECK(cs_view_equal(v.framed.body, want));
	return KAT_PASSED;
}

static enum kat_result
open_private(
    const struct protection *p, struct cs_view message, struct cs_view want)
{
	struct cs_mls_secret_tree t;
	enum kat_result result;

	CHECK(
	    cs_mls_secret_tree_init(&t, p->suite, 2, &p->encryption) == CS_OK);
	result = open_private_with(p, &t, message, want);
	cs_mls_secret_tree_clear(&t);
	return result;
}

/* Sign ${body} as leaf 1 and seal it both ways. */
static enum kat_result
seal_again(
    const struct protection *p, enum cs_mls_content type, struct cs_view body)
{
	static const uint8_t tag[CS_HASH_MAX];
	struct cs_mls_unverified u = {
		.framed = { p->group_id, p->epoch, { CS_MLS_SENDER_MEMBER, 1 },
		    { NULL, 0 }, type, body },
		.confirmation_tag = cs_view(tag, p->suite->hash_len),
	};
	struct cs_buf *public = kat_buf(), *private = kat_buf();
	struct cs_mls_secret_tree t;
	struct cs_mls_pending_key key;
	struct cs_mls_signature signature;
	enum cs_err err;

	u.wire = CS_MLS_WIRE_PUBLIC;
	CHECK(cs_mls_framed_sign(
		  &signature, u.wire, &u.framed, p->key, p->context) == CS_OK);
	u.signature = cs_view(signature.b, signature.n);
	err = cs_mls_public_message_seal(
	    public, &u, p->suite, &p->membership, p->context);
	if (type == CS_MLS_CONTENT_APPLICATION)
		CHECK(err == CS_ERR_MISUSE);
	else
		CHECK(err == CS_OK &&
		    open_public(p, cs_buf_view(public), body) == KAT_PASSED);
	u.wire = CS_MLS_WIRE_PRIVATE;
	CHECK(cs_mls_framed_sign(
		  &signature, u.wire, &u.framed, p->key, p->context) == CS_OK);
	u.signature = cs_view(signature.b, signature.n);
	CHECK(
	    cs_mls_secret_tree_init(&t, p->suite, 2, &p->encryption) == CS_OK);
	err = cs_mls_secret_tree_next(&key, &t, 1,
	    type == CS_MLS_CONTENT_APPLICATION ? CS_MLS_RATCHET_APPLICATION
					       : CS_MLS_RATCHET_HANDSHAKE);
	if (err == CS_OK)
		err = cs_mls_private_message_seal(
		    private, &u, p->suite, &p->sender_data, &key, 16);
	cs_mls_pending_key_clear(&key);
	cs_mls_secret_tree_clear(&t);
	CHECK(err == CS_OK);
	return open_private(p, cs_buf_view(private), body);
}

enum kat_result
kat_message_protection(const json_t *c)
{
	struct protection p;
	struct cs_view proposal = kat_hex(c, "proposal");
	struct cs_view commit = kat_hex(c, "commit");
	struct cs_view application = kat_hex(c, "application");

	CHECK(set_up(&p, c) == KAT_PASSED);
	CHECK(open_public(&p, kat_hex(c, "proposal_pub"), proposal) ==
	    KAT_PASSED);
	CHECK(open_public(&p, kat_hex(c, "commit_pub"), commit) == KAT_PASSED);
	CHECK(open_private(&p, kat_hex(c, "proposal_priv"), proposal) ==
	    KAT_PASSED);
	CHECK(
	    open_private(&p, kat_hex(c, "commit_priv"), commit) == KAT_PASSED);
	CHECK(open_private(&p, kat_hex(c, "application_priv"), application) ==
	    KAT_PASSED);
	CHECK(seal_again(&p, CS_MLS_CONTENT_PROPOSAL, proposal) == KAT_PASSED);
	CHECK(seal_again(&p, CS_MLS_CONTENT_COMMIT, commit) == KAT_PASSED);
	CHECK(seal_again(&p, CS_MLS_CONTENT_APPLICATION, application) ==
	    KAT_PASSED);
	return KAT_PASSED;
}

/* ---- welcome ------------------------------------------------------------ */

enum kat_result
kat_welcome(const json_t *c)
{
	const struct cs_suite *suite = kat_suite(c);
	const struct cs_mls_psk_secret no_psk = { 0 };
	struct cs_view private = kat_private(suite, kat_hex(c, "init_priv"));
	struct cs_reader r = cs_reader(kat_hex(c, "welcome"));
	struct cs_buf *a = kat_buf(), *b = kat_buf();
	struct cs_hpke_key init;
	struct cs_mls_key_package kp;
	struct cs_mls_welcome w;
	struct cs_mls_group_secrets s;
	struct cs_mls_group_info gi;
	struct cs_mls_joiner_secret joiner;
	struct cs_mls_epoch_secret epoch;
	struct cs_mls_encryption_secret encryption;
	struct cs_mls_epoch_secrets secrets;
	struct cs_mls_hash ref;

	CHECK(cs_hpke_key_from_private(&init, suite->kem, private) == CS_OK);
	CHECK(cs_mls_key_package_parse_message(
		  &kp, kat_hex(c, "key_package")) == CS_OK);
	CHECK(cs_mls_key_package_ref(&ref, suite, &kp) == CS_OK);
	CHECK(cs_mls_message_read(&r) == CS_MLS_WIRE_WELCOME);
	cs_mls_welcome_read(&r, &w);
	CHECK(cs_reader_end(&r) == CS_OK);
	CHECK(cs_mls_welcome_open_secrets(
		  &s, a, &w, suite, cs_mls_hash_view(&ref), &init) == CS_OK);
	memcpy(joiner.b, s.joiner_secret.data, s.joiner_secret.len);
	CHECK(cs_mls_welcome_open_info(&gi, b, &w, suite, &joiner, &no_psk) ==
	    CS_OK);
	CHECK(cs_mls_group_info_verify(&gi, suite, kat_hex(c, "signer_pub")) ==
	    CS_OK);
	CHECK(cs_mls_epoch_secret(
		  &epoch, suite, &joiner, &no_psk, gi.context_raw) == CS_OK);
	CHECK(cs_mls_epoch_secrets(&secrets, &encryption, suite, &epoch) ==
	    CS_OK);
	CHECK(cs_mls_confirmation_tag_check(gi.confirmation_tag, suite,
		  &secrets.confirmation,
		  gi.context.confirmed_transcript_hash) == CS_OK);
	return KAT_PASSED;
}

/* ---- messages ----------------------------------------------------------- */

/* Read and write again what is inside an MLSMessage. */
static void
copy_message(struct cs_reader *r, struct cs_writer *w)
{
	enum cs_mls_wire wire = cs_mls_message_read(r);
	struct cs_mls_public_message public;
	struct cs_mls_private_message private;
	struct cs_mls_welcome welcome;
	struct cs_mls_group_info info;
	struct cs_mls_key_package kp;

	cs_mls_message_write(w, wire);
	switch (wire) {
	case CS_MLS_WIRE_PUBLIC:
		cs_mls_public_message_read(r, &public);
		cs_mls_public_message_write(w, &public);
		break;
	case CS_MLS_WIRE_PRIVATE:
		cs_mls_private_message_read(r, &private);
		cs_mls_private_message_write(w, &private);
		break;
	case CS_MLS_WIRE_WELCOME:
		cs_mls_welcome_read(r, &welcome);
		cs_mls_welcome_write(w, &welcome);
		break;
	case CS_MLS_WIRE_GROUP_INFO:
		cs_mls_group_info_read(r, &info);
		cs_mls_group_info_write(w, &info);
		break;
	case CS_MLS_WIRE_KEY_PACKAGE:
		cs_mls_key_package_read(r, &kp);
		cs_mls_key_package_write(w, &kp);
		break;
	}
}

static enum kat_result
same(struct cs_reader *r, struct cs_writer *w, struct cs_view want)
{
	CHECK(cs_reader_end(r) == CS_OK);
	CHECK(cs_writer_end(w) == CS_OK);
	CHECK(cs_view_equal(cs_buf_view(w->buf), want));
	return KAT_PASSED;
}

static enum kat_result
check_messages(const json_t *c)
{
	static const char *const keys[] = { "mls_welcome", "mls_group_info",
		"mls_key_package", "public_message_application",
		"public_message_proposal", "public_message_commit",
		"private_message" };

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		struct cs_view v = kat_hex(c, keys[i]);
		struct cs_reader r = cs_reader(v);
		struct cs_writer w = cs_writer(kat_buf());

		CHECK(v.len != 0);
		copy_message(&r, &w);
		CHECK(same(&r, &w, v) == KAT_PASSED);
	}
	return KAT_PASSED;
}

static enum kat_result
check_proposals(const json_t *c)
{
	static const struct {
		const char *key;
		enum cs_mls_proposal_type type;
	} kinds[] = {
		{ "add_proposal", CS_MLS_PROPOSAL_ADD },
		{ "update_proposal", CS_MLS_PROPOSAL_UPDATE },
		{ "remove_proposal", CS_MLS_PROPOSAL_REMOVE },
		{ "pre_shared_key_proposal", CS_MLS_PROPOSAL_PSK },
		{ "re_init_proposal", CS_MLS_PROPOSAL_REINIT },
		{ "external_init_proposal", CS_MLS_PROPOSAL_EXTERNAL_INIT },
		{ "group_context_extensions_proposal",
		    CS_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS },
	};

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct cs_view v = kat_hex(c, kinds[i].key);
		struct cs_reader r = cs_reader(v);
		struct cs_writer w = cs_writer(kat_buf());
		struct cs_mls_proposal p = { 0 };

		cs_mls_proposal_body_read(&r, kinds[i].type, &p);
		cs_mls_proposal_body_write(&w, &p);
		CHECK(same(&r, &w, v) == KAT_PASSED);
	}
	return KAT_PASSED;
}

static enum kat_result
check_tree(struct cs_view v)
{
	struct cs_mls_unverified_tree t = { 0 };
	struct cs_writer w = cs_writer(kat_buf());

	CHECK(cs_mls_tree_parse(&t, cs_suite_find(CS_SUITE_X25519_AES128), v) ==
	    CS_OK);
	cs_mls_tree_write(&w, &t.tree);
	cs_mls_tree_clear(&t.tree);
	CHECK(cs_writer_end(&w) == CS_OK);
	CHECK(cs_view_equal(cs_buf_view(w.buf), v));
	return KAT_PASSED;
}

enum kat_result
kat_messages(const json_t *c)
{
	struct cs_view commit = kat_hex(c, "commit");
	struct cs_view secrets = kat_hex(c, "group_secrets");
	struct cs_reader r = cs_reader(commit);
	struct cs_writer w = cs_writer(kat_buf());
	struct cs_mls_commit parsed;
	struct cs_mls_group_secrets s;

	CHECK(check_messages(c) == KAT_PASSED);
	CHECK(check_proposals(c) == KAT_PASSED);
	CHECK(check_tree(kat_hex(c, "ratchet_tree")) == KAT_PASSED);
	cs_mls_commit_read(&r, &parsed);
	cs_mls_commit_write(&w, &parsed);
	CHECK(same(&r, &w, commit) == KAT_PASSED);
	r = cs_reader(secrets);
	w = cs_writer(kat_buf());
	cs_mls_group_secrets_read(&r, &s);
	cs_mls_group_secrets_write(&w, &s);
	return same(&r, &w, secrets);
}
