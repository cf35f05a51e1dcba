/* SPDX-License-Identifier: MIT */
#include "mls/key_package.h"

#include <string.h>

#include "crypto/label.h"
#include "mls/leaf_node.h"
#include "mls/leaf_validate.h"
#include "mls/save.h"

/* What cs_mls_key_package_new() gives to be stored: version, KeyPackage<V>,
 * private init key<V>, private encryption key<V>. */
#define SECRETS_VERSION 2

void
cs_mls_key_package_read(struct cs_reader *r, struct cs_mls_key_package *out)
{
	const uint8_t *start = r->data;

	cs_mls_read_version(r);
	out->suite_id = cs_read_u16(r);
	out->init_key = cs_read_vec(r);
	cs_mls_leaf_read(r, &out->leaf);
	cs_mls_ext_list_read(r, &out->extensions);
	out->raw_unsigned = cs_mls_read_since(r, start);
	out->signature = cs_read_vec(r);
	out->raw = cs_mls_read_since(r, start);
}

static void
write_unsigned(struct cs_writer *w, const struct cs_mls_key_package *kp)
{
	cs_write_u16(w, CS_MLS_VERSION_10);
	cs_write_u16(w, kp->suite_id);
	cs_write_vec(w, kp->init_key);
	cs_mls_leaf_write(w, &kp->leaf);
	cs_mls_ext_list_write(w, &kp->extensions);
}

void
cs_mls_key_package_write(
    struct cs_writer *w, const struct cs_mls_key_package *kp)
{
	write_unsigned(w, kp);
	cs_write_vec(w, kp->signature);
}

enum cs_err
cs_mls_key_package_parse_message(
    struct cs_mls_key_package *out, struct cs_view message)
{
	struct cs_reader r = cs_reader(message);

	cs_mls_read_version(&r);
	if (cs_read_u16(&r) != CS_MLS_WIRE_KEY_PACKAGE)
		cs_reader_fail(&r, CS_ERR_FORMAT);
	cs_mls_key_package_read(&r, out);
	return cs_reader_end(&r);
}

enum cs_err
cs_mls_key_package_ref(struct cs_mls_hash *out, const struct cs_suite *suite,
    const struct cs_mls_key_package *kp)
{
	out->len = suite->hash_len;
	return cs_ref_hash(out->b, suite,
	    cs_view_str("MLS 1.0 KeyPackage Reference"), kp->raw);
}

static enum cs_err
verify_signature(
    const struct cs_mls_key_package *kp, const struct cs_suite *suite)
{
	return cs_verify_with_label(suite->sig, kp->leaf.signature_key,
	    cs_view_str("KeyPackageTBS"), kp->raw_unsigned, kp->signature);
}

/* Section 10.1 but for the leaf. */
static enum cs_err
check(const struct cs_mls_key_package *kp, const struct cs_suite *suite)
{
	if (suite == NULL)
		return CS_ERR_UNSUPPORTED;
	if (kp->suite_id != suite->id)
		return CS_ERR_MISMATCH;
	if (!cs_hpke_public_valid(suite->kem, kp->init_key) ||
	    cs_view_equal(kp->init_key, kp->leaf.encryption_key))
		return CS_ERR_KEY;
	return verify_signature(kp, suite);
}

enum cs_err
cs_mls_key_package_validate(struct cs_mls_valid_key_package *out,
    const struct cs_mls_key_package *kp, const struct cs_mls_leaf_rules *rules)
{
	struct cs_mls_leaf_rules r = *rules;
	enum cs_err err;

	r.source = CS_MLS_LEAF_KEY_PACKAGE;
	if ((err = check(kp, r.suite)) ||
	    (err = cs_mls_leaf_validate(&out->leaf, &kp->leaf, &r)))
		return err;
	out->kp = *kp;
	return CS_OK;
}

enum cs_err
cs_mls_key_package_check(struct cs_mls_key_package_info *out,
    struct cs_view key_package, uint64_t now_s)
{
	const struct cs_mls_options opt = { .now_s = now_s };
	const struct cs_mls_leaf_place nowhere = { 0 };
	struct cs_mls_leaf_rules rules = {
		.source = CS_MLS_LEAF_KEY_PACKAGE,
		.opt = &opt,
		.in_time = true,
	};
	struct cs_mls_key_package kp = { 0 };
	enum cs_err err;

	if ((err = cs_mls_key_package_parse_message(&kp, key_package)))
		return err;
	rules.suite = cs_suite_find(kp.suite_id);
	if ((err = check(&kp, rules.suite)) ||
	    (err = cs_mls_leaf_check_content(&kp.leaf, &rules)) ||
	    (err = cs_mls_leaf_verify_signature(
		 &kp.leaf, rules.suite, nowhere)) ||
	    (err = cs_mls_key_package_ref(&out->ref, rules.suite, &kp)))
		return err;
	out->suite_id = kp.suite_id;
	out->credential = kp.leaf.credential;
	out->signature_key = kp.leaf.signature_key;
	out->not_before_s = kp.leaf.not_before;
	out->not_after_s = kp.leaf.not_after;
	out->last_resort =
	    cs_mls_ext_find(&kp.extensions, CS_MLS_EXT_LAST_RESORT, NULL);
	out->extensions = kp.extensions.raw;
	cs_mls_leaf_show(&out->leaf, &kp.leaf);
	return CS_OK;
}

/* Append a signed KeyPackage for the two keys. */
static enum cs_err
make(struct cs_buf *out, const struct cs_suite *suite,
    const struct cs_mls_identity *id, enum cs_mls_key_package_use use,
    const struct cs_mls_key_package_secrets *keys)
{
	static const uint8_t last_resort_ext[] = { 0, CS_MLS_EXT_LAST_RESORT,
		0 };
	struct cs_mls_own_leaf own = { 0 };
	struct cs_mls_key_package kp = { .suite_id = suite->id };
	const struct cs_mls_leaf_place nowhere = { 0 };
	struct cs_buf leaf = { 0 }, content = { 0 };
	struct cs_writer w = cs_writer(&content), w_out = cs_writer(out);
	uint8_t signature[CS_SIG_MAX];
	size_t n = 0;
	enum cs_err err;

	if ((err = cs_mls_own_leaf_make(&own, id)))
		return err;
	own.leaf.encryption_key = cs_hpke_key_public(&keys->leaf);
	if ((err = cs_mls_leaf_sign(&leaf, &own.leaf, nowhere, id->signer)) ||
	    (err = cs_mls_leaf_parse(&kp.leaf, cs_buf_view(&leaf))))
		goto out;
	kp.init_key = cs_hpke_key_public(&keys->init);
	if (use == CS_MLS_LAST_RESORT)
		kp.extensions.raw = CS_VIEW_OF(last_resort_ext);
	write_unsigned(&w, &kp);
	if ((err = cs_writer_end(&w)) ||
	    (err = cs_sign_with_label(signature, &n, id->signer,
		 cs_view_str("KeyPackageTBS"), cs_buf_view(&content))))
		goto out;
	kp.signature = cs_view(signature, n);
	cs_mls_key_package_write(&w_out, &kp);
	err = cs_writer_end(&w_out);
out:
	cs_mls_own_leaf_clear(&own);
	cs_buf_free(&leaf);
	cs_buf_free(&content);
	return err;
}

enum cs_err
cs_mls_key_package_make(struct cs_buf *out, struct cs_buf *secrets,
    struct cs_mls_hash *ref, const struct cs_suite *suite,
    const struct cs_mls_identity *id, enum cs_mls_key_package_use use)
{
	struct cs_mls_key_package_secrets keys = { 0 };
	struct cs_buf bare = { 0 };
	struct cs_writer p = cs_writer(secrets);
	struct cs_mls_hash unused;
	enum cs_err err;

	if (cs_signer_sig(id->signer) != suite->sig)
		return CS_ERR_UNSUPPORTED;
	if ((err = cs_hpke_key_new(&keys.init, suite->kem)) ||
	    (err = cs_hpke_key_new(&keys.leaf, suite->kem)) ||
	    (err = make(&bare, suite, id, use, &keys)))
		goto out;
	keys.kp.raw = cs_buf_view(&bare);
	if ((err = cs_mls_key_package_ref(
		 ref == NULL ? &unused : ref, suite, &keys.kp)) ||
	    (err = cs_buf_add(out, cs_buf_view(&bare))))
		goto out;
	cs_write_u8(&p, SECRETS_VERSION);
	cs_write_vec(&p, cs_buf_view(&bare));
	cs_write_vec(&p, cs_hpke_key_private(&keys.init));
	cs_write_vec(&p, cs_hpke_key_private(&keys.leaf));
	err = cs_writer_end(&p);
out:
	cs_wipe(&keys, sizeof keys);
	cs_buf_free(&bare);
	return err;
}

enum cs_err
cs_mls_key_package_new(struct cs_buf *key_package, struct cs_buf *secrets,
    struct cs_mls_hash *ref, uint16_t suite_id,
    const struct cs_mls_identity *id, enum cs_mls_key_package_use use)
{
	const struct cs_suite *suite = cs_suite_find(suite_id);
	struct cs_buf message = { 0 }, private = { 0 };
	struct cs_writer w = cs_writer(&message);
	enum cs_err err;

	if (suite == NULL)
		return CS_ERR_UNSUPPORTED;
	cs_write_u16(&w, CS_MLS_VERSION_10);
	cs_write_u16(&w, CS_MLS_WIRE_KEY_PACKAGE);
	if ((err = cs_writer_end(&w)) ||
	    (err = cs_mls_key_package_make(
		 &message, &private, ref, suite, id, use)) ||
	    (err = cs_buf_reserve(secrets, private.len)) ||
	    (err = cs_buf_add(key_package, cs_buf_view(&message))))
		goto out;
	err = cs_buf_add(secrets, cs_buf_view(&private));
out:
	cs_buf_free(&message);
	cs_buf_free(&private);
	return err;
}

static enum cs_err
read_key(
    struct cs_reader *r, struct cs_hpke_key *out, const struct cs_suite *suite)
{
	struct cs_view private = cs_read_vec(r);

	return r->err != CS_OK
	    ? r->err
	    : cs_hpke_key_from_private(out, suite->kem, private);
}

enum cs_err
cs_mls_key_package_secrets_parse(
    struct cs_mls_key_package_secrets *out, struct cs_view in)
{
	struct cs_reader r = cs_reader(in), sub;
	uint8_t version = cs_read_u8(&r);
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if (version > SECRETS_VERSION)
		return CS_ERR_NEWER;
	if (version != SECRETS_VERSION)
		return CS_ERR_CORRUPT;
	sub = cs_read_sub(&r);
	cs_mls_key_package_read(&sub, &out->kp);
	cs_read_sub_end(&r, &sub);
	if (r.err != CS_OK)
		return CS_ERR_CORRUPT;
	out->suite = cs_suite_find(out->kp.suite_id);
	if (out->suite == NULL)
		return CS_ERR_CORRUPT;
	if ((err = read_key(&r, &out->init, out->suite)) ||
	    (err = read_key(&r, &out->leaf, out->suite)) ||
	    (err = cs_reader_end(&r)))
		goto out;
	if (!cs_view_equal(cs_hpke_key_public(&out->init), out->kp.init_key) ||
	    !cs_view_equal(
		cs_hpke_key_public(&out->leaf), out->kp.leaf.encryption_key))
		err = CS_ERR_CORRUPT;
out:
	if (err != CS_OK)
		cs_wipe(out, sizeof *out);
	return cs_mls_saved_error(err);
}
