/* SPDX-License-Identifier: MIT */
#include "mls/key_schedule.h"

#include "crypto/hash.h"
#include "crypto/hpke.h"
#include "crypto/label.h"

static struct cs_view
secret(const struct cs_suite *suite, const uint8_t *b)
{
	return cs_view(b, suite->hash_len);
}

enum cs_err
cs_mls_joiner_secret(struct cs_mls_joiner_secret *out,
    const struct cs_suite *suite, const struct cs_mls_init_secret *init,
    const struct cs_mls_commit_secret *commit, struct cs_view context)
{
	uint8_t prk[CS_HASH_MAX];
	enum cs_err err;

	if ((err = cs_hkdf_extract(prk, suite->hash, secret(suite, init->b),
		 secret(suite, commit->b))) == CS_OK)
		err = cs_expand_with_label(out->b, suite->hash_len, suite,
		    secret(suite, prk), cs_view_str("joiner"), context);
	cs_wipe(prk, sizeof prk);
	return err;
}

/* The value that welcome and epoch secret come from. */
static enum cs_err
member_secret(uint8_t *out, const struct cs_suite *suite,
    const struct cs_mls_joiner_secret *joiner,
    const struct cs_mls_psk_secret *psk)
{
	return cs_hkdf_extract(
	    out, suite->hash, secret(suite, joiner->b), secret(suite, psk->b));
}

enum cs_err
cs_mls_welcome_secret(struct cs_mls_welcome_secret *out,
    const struct cs_suite *suite, const struct cs_mls_joiner_secret *joiner,
    const struct cs_mls_psk_secret *psk)
{
	uint8_t prk[CS_HASH_MAX];
	enum cs_err err;

	if ((err = member_secret(prk, suite, joiner, psk)) == CS_OK)
		err = cs_derive_secret(
		    out->b, suite, secret(suite, prk), cs_view_str("welcome"));
	cs_wipe(prk, sizeof prk);
	return err;
}

enum cs_err
cs_mls_epoch_secret(struct cs_mls_epoch_secret *out,
    const struct cs_suite *suite, const struct cs_mls_joiner_secret *joiner,
    const struct cs_mls_psk_secret *psk, struct cs_view context)
{
	uint8_t prk[CS_HASH_MAX];
	enum cs_err err;

	if ((err = member_secret(prk, suite, joiner, psk)) == CS_OK)
		err = cs_expand_with_label(out->b, suite->hash_len, suite,
		    secret(suite, prk), cs_view_str("epoch"), context);
	cs_wipe(prk, sizeof prk);
	return err;
}

enum cs_err
cs_mls_epoch_secrets(struct cs_mls_epoch_secrets *out,
    struct cs_mls_encryption_secret *encryption, const struct cs_suite *suite,
    const struct cs_mls_epoch_secret *epoch)
{
	const struct {
		const char *label;
		uint8_t *to;
	} table[] = {
		{ "sender data", out->sender_data.b },
		{ "encryption", encryption->b },
		{ "exporter", out->exporter.b },
		{ "external", out->external.b },
		{ "confirm", out->confirmation.b },
		{ "membership", out->membership.b },
		{ "resumption", out->resumption.b },
		{ "authentication", out->authenticator.b },
		{ "init", out->init.b },
		{ "application_export", out->app_export.b },
	};
	enum cs_err err = CS_OK;

	for (size_t i = 0; i < sizeof table / sizeof *table && !err; i++)
		err = cs_derive_secret(table[i].to, suite,
		    secret(suite, epoch->b), cs_view_str(table[i].label));
	return err;
}

enum cs_err
cs_mls_export(uint8_t *out, size_t n, const struct cs_suite *suite,
    const struct cs_mls_exporter_secret *exporter, struct cs_view label,
    struct cs_view context)
{
	uint8_t derived[CS_HASH_MAX], hash[CS_HASH_MAX];
	enum cs_err err;

	if ((err = cs_derive_secret(
		 derived, suite, secret(suite, exporter->b), label)) ||
	    (err = cs_hash_parts(hash, suite->hash, &context, 1)))
		goto out;
	err = cs_expand_with_label(out, n, suite, secret(suite, derived),
	    cs_view_str("exported"), cs_view(hash, suite->hash_len));
out:
	cs_wipe(derived, sizeof derived);
	return err;
}

enum cs_err
cs_mls_external_key(struct cs_hpke_key *out, const struct cs_suite *suite,
    const struct cs_mls_external_secret *external)
{
	return cs_hpke_key_derive(out, suite->kem, secret(suite, external->b));
}

#define EXTERNAL_INIT "MLS 1.0 external init secret"

enum cs_err
cs_mls_external_init_send(struct cs_mls_init_secret *out,
    struct cs_buf *kem_output, const struct cs_suite *suite,
    struct cs_view external_pub)
{
	uint8_t enc[CS_HPKE_PUBLIC_MAX];
	struct cs_hpke_info info;
	struct cs_hpke h = { 0 };
	enum cs_err err;

	if ((err = cs_hpke_info_init(&info, suite, cs_view(NULL, 0))) ||
	    (err = cs_hpke_sender(&h, enc, &info, external_pub)) ||
	    (err = cs_hpke_export(
		 &h, out->b, suite->hash_len, cs_view_str(EXTERNAL_INIT))))
		goto out;
	err = cs_buf_add(
	    kem_output, cs_view(enc, cs_hpke_public_len(suite->kem)));
out:
	cs_hpke_clear(&h);
	return err;
}

enum cs_err
cs_mls_external_init_receive(struct cs_mls_init_secret *out,
    const struct cs_suite *suite, const struct cs_mls_external_secret *external,
    struct cs_view kem_output)
{
	struct cs_hpke_key key = { 0 };
	struct cs_hpke_info info;
	struct cs_hpke h = { 0 };
	enum cs_err err;

	if ((err = cs_mls_external_key(&key, suite, external)) ||
	    (err = cs_hpke_info_init(&info, suite, cs_view(NULL, 0))) ||
	    (err = cs_hpke_receiver(&h, &info, &key, kem_output)))
		goto out;
	err = cs_hpke_export(
	    &h, out->b, suite->hash_len, cs_view_str(EXTERNAL_INIT));
out:
	cs_wipe(&key, sizeof key);
	cs_hpke_clear(&h);
	return err;
}

enum cs_err
cs_mls_confirmation_tag(uint8_t *out, const struct cs_suite *suite,
    const struct cs_mls_confirmation_key *key,
    struct cs_view confirmed_transcript_hash)
{
	return cs_hmac_parts(out, suite->hash, secret(suite, key->b),
	    &confirmed_transcript_hash, 1);
}

enum cs_err
cs_mls_confirmation_tag_check(struct cs_view tag, const struct cs_suite *suite,
    const struct cs_mls_confirmation_key *key,
    struct cs_view confirmed_transcript_hash)
{
	uint8_t want[CS_HASH_MAX];
	enum cs_err err;

	if ((err = cs_mls_confirmation_tag(
		 want, suite, key, confirmed_transcript_hash)))
		return err;
	if (tag.len != suite->hash_len ||
	    !cs_equal_ct(tag.data, want, suite->hash_len))
		return CS_ERR_MAC;
	return CS_OK;
}
