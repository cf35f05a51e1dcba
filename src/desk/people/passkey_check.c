/* SPDX-License-Identifier: MIT */
#include "desk/people/passkey_check.h"

#include <jansson.h>
#include <string.h>

#include "base/reader.h"
#include "base/text.h"
#include "content/cbor.h"
#include "crypto/hash.h"
#include "crypto/sign.h"
#include "crypto/signer.h"
#include "crypto/suite.h"

/* RFC 9053: the part of COSE that we speak. */
#define COSE_KTY 1
#define COSE_KTY_OKP 1
#define COSE_KTY_EC2 2
#define COSE_ALG 3
#define COSE_ALG_ES256 (-7)
#define COSE_ALG_EDDSA (-8)
#define COSE_CRV (-1)
#define COSE_CRV_P256 1
#define COSE_CRV_ED25519 6
#define COSE_X (-2)
#define COSE_Y (-3)

#define COORDINATE_LEN 32
#define POINT_UNCOMPRESSED 4
#define STATEMENT_DEPTH 4 /* a map, a list of certificates */
#define FORMAT_MAX 32     /* section 8.1: of its name */

/* ---- what the browser says ---------------------------------------------- */

/* A string, and exactly this one? */
static bool
is(const json_t *o, const char *key, const char *want)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s != NULL && strcmp(s, want) == 0;
}

/* Sections 7.1 and 7.2: if it is there it is false; we are in nobody's
 * frame. */
static bool
is_top(const json_t *o)
{
	const json_t *cross = json_object_get(o, "crossOrigin");

	return (cross == NULL || json_is_false(cross)) &&
	    json_object_get(o, "topOrigin") == NULL;
}

enum cs_err
desk_passkey_client_check(struct cs_view client_data,
    const struct desk_passkey_wanted *wanted, const char *type)
{
	char challenge[CS_BASE64URL_SIZE(DESK_PASSKEY_CHALLENGE_LEN)];
	enum cs_err err = CS_OK;
	json_t *o;

	if (client_data.len > DESK_PASSKEY_CLIENT_DATA_MAX)
		return CS_ERR_LIMIT;
	o = json_loadb((const char *)client_data.data, client_data.len,
	    JSON_REJECT_DUPLICATES, NULL);
	cs_base64url(
	    challenge, cs_view(wanted->challenge, DESK_PASSKEY_CHALLENGE_LEN));
	/* Section 5.8.1: later versions may add other members. */
	if (!json_is_object(o))
		err = CS_ERR_FORMAT;
	else if (!is(o, "type", type) || !is(o, "challenge", challenge) ||
	    !is(o, "origin", wanted->origin) || !is_top(o))
		err = CS_ERR_MISMATCH;
	json_decref(o);
	return err;
}

/* ---- keys --------------------------------------------------------------- */

/* The value of ${label}, which has to be next: order and spelling are those of
 * CTAP2's canonical CBOR. */
static int64_t
read_labelled(struct cs_reader *r, int64_t label)
{
	if (cs_cbor_read_int(r) != label)
		cs_reader_fail(r, CS_ERR_FORMAT);
	return cs_cbor_read_int(r);
}

static void
read_coordinate(struct cs_reader *r, int64_t label, uint8_t *out)
{
	if (cs_cbor_read_int(r) != label)
		cs_reader_fail(r, CS_ERR_FORMAT);
	cs_cbor_read_fixed(r, out, COORDINATE_LEN);
}

/* Section 6.5.1.1: exactly the parameters that such a key needs. */
static void
read_key(struct cs_reader *r, struct desk_passkey_key *out)
{
	size_t n = cs_cbor_read_map(r, 5);
	int64_t kty = read_labelled(r, COSE_KTY);
	int64_t alg = read_labelled(r, COSE_ALG), crv;

	if (alg != COSE_ALG_ES256 && alg != COSE_ALG_EDDSA) {
		cs_reader_fail(r, CS_ERR_UNSUPPORTED);
		return;
	}
	crv = read_labelled(r, COSE_CRV);
	if (alg == COSE_ALG_ES256) {
		if (n != 5 || kty != COSE_KTY_EC2 || crv != COSE_CRV_P256)
			cs_reader_fail(r, CS_ERR_UNSUPPORTED);
		out->sig = CS_ECDSA_P256;
		out->len = 1 + 2 * COORDINATE_LEN;
		out->public[0] = POINT_UNCOMPRESSED;
		read_coordinate(r, COSE_X, out->public + 1);
		read_coordinate(r, COSE_Y, out->public + 1 + COORDINATE_LEN);
	} else {
		if (n != 4 || kty != COSE_KTY_OKP || crv != COSE_CRV_ED25519)
			cs_reader_fail(r, CS_ERR_UNSUPPORTED);
		out->sig = CS_ED25519;
		out->len = COORDINATE_LEN;
		read_coordinate(r, COSE_X, out->public);
	}
}

static bool
key_good(const struct desk_passkey_key *key)
{
	struct cs_view public = cs_view(key->public, key->len);

	return key->sig == CS_ED25519
	    ? cs_sign_public_valid(public)
	    : cs_signature_public_valid(key->sig, public);
}

/* ---- authenticator data ------------------------------------------------- */

static void
read_credential(struct cs_reader *r, struct desk_passkey_data *out)
{
	uint16_t n;

	(void)cs_read_bytes(r, 16); /* aaguid: the model, which nothing
				     * proves */
	n = cs_read_u16(r);
	if (n > DESK_PASSKEY_ID_MAX)
		cs_reader_fail(r, CS_ERR_LIMIT);
	out->id = cs_read_bytes(r, n);
	if (n == 0)
		cs_reader_fail(r, CS_ERR_FORMAT);
	read_key(r, &out->key);
	if (r->err == CS_OK && !key_good(&out->key))
		cs_reader_fail(r, CS_ERR_KEY);
}

/* We asked for none; some browsers send them all the same, and we ignore
 * them. */
static void
skip_extensions(struct cs_reader *r)
{
	struct cs_view all = cs_cbor_skip(r, STATEMENT_DEPTH);
	struct cs_reader map = cs_reader(all);

	(void)cs_cbor_read_map(&map, all.len);
	if (map.err != CS_OK)
		cs_reader_fail(r, CS_ERR_FORMAT);
}

enum cs_err
desk_passkey_data_parse(
    struct desk_passkey_data *out, struct cs_view in, enum desk_passkey_use use)
{
	struct cs_reader r = cs_reader(in);
	bool made = use == DESK_PASSKEY_MAKE;

	memset(out, 0, sizeof *out);
	if (in.len > DESK_PASSKEY_DATA_MAX)
		return CS_ERR_LIMIT;
	out->rp_id_hash = cs_read_bytes(&r, CS_SHA256_LEN);
	out->flags = cs_read_u8(&r);
	out->count = cs_read_u32(&r);
	/* Section 6.1: a new credential comes with a registration and with
	 * nothing else; what cannot be backed up is not. */
	if (((out->flags & DESK_PASSKEY_AT) != 0) != made ||
	    (out->flags & (DESK_PASSKEY_BE | DESK_PASSKEY_BS)) ==
		DESK_PASSKEY_BS)
		cs_reader_fail(&r, CS_ERR_FORMAT);
	if (made && r.err == CS_OK)
		read_credential(&r, out);
	if ((out->flags & DESK_PASSKEY_ED) != 0 && r.err == CS_OK)
		skip_extensions(&r);
	return cs_reader_end(&r);
}

static void
read_name(struct cs_reader *r, const char *name)
{
	if (!cs_view_equal(cs_cbor_read_text(r, FORMAT_MAX), cs_view_str(name)))
		cs_reader_fail(r, CS_ERR_FORMAT);
}

/*
 * Section 6.5.4.  "none" was asked for.  Section 5.1.3 lets a browser hand on
 * "packed" all the same, where an authenticator vouches for itself; that proves
 * nothing of its maker, so that it is as good as none and as little looked at.
 */
static void
read_statement(struct cs_reader *r)
{
	struct cs_view format;

	read_name(r, "fmt");
	format = cs_cbor_read_text(r, FORMAT_MAX);
	read_name(r, "attStmt");
	if (cs_view_equal(format, cs_view_str("none")))
		(void)cs_cbor_read_map(r, 0);
	else if (cs_view_equal(format, cs_view_str("packed")))
		(void)cs_cbor_skip(r, STATEMENT_DEPTH);
	else
		cs_reader_fail(r, CS_ERR_UNSUPPORTED);
}

enum cs_err
desk_passkey_attestation_parse(struct desk_passkey_data *out, struct cs_view in)
{
	struct cs_reader r = cs_reader(in);
	struct cs_view data;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if (in.len > DESK_PASSKEY_ATTESTATION_MAX)
		return CS_ERR_LIMIT;
	if (cs_cbor_read_map(&r, 3) != 3)
		cs_reader_fail(&r, CS_ERR_FORMAT);
	read_statement(&r);
	read_name(&r, "authData");
	data = cs_cbor_read_bytes(&r, DESK_PASSKEY_DATA_MAX);
	err = cs_reader_end(&r);
	return err ? err
		   : desk_passkey_data_parse(out, data, DESK_PASSKEY_MAKE);
}

/* ---- checks ------------------------------------------------------------- */

static enum cs_err
data_check(const struct desk_passkey_data *data, const char *rp_id)
{
	const uint8_t both = DESK_PASSKEY_UP | DESK_PASSKEY_UV;
	uint8_t hash[CS_SHA256_LEN];
	enum cs_err err;

	if ((err = cs_sha256(hash, cs_view_str(rp_id))))
		return err;
	if (!cs_view_equal(data->rp_id_hash, CS_VIEW_OF(hash)))
		return CS_ERR_MISMATCH;
	return (data->flags & both) == both ? CS_OK : CS_ERR_DENIED;
}

enum cs_err
desk_passkey_signature_check(const struct desk_passkey_key *key,
    struct cs_view data, struct cs_view client_data, struct cs_view signature)
{
	struct cs_buf message = { .max =
				      DESK_PASSKEY_DATA_MAX + CS_SHA256_LEN };
	uint8_t hash[CS_SHA256_LEN];
	enum cs_err err;

	if (signature.len > DESK_PASSKEY_SIGNATURE_MAX)
		return CS_ERR_LIMIT;
	if ((err = cs_sha256(hash, client_data)) == CS_OK &&
	    (err = cs_buf_add(&message, data)) == CS_OK &&
	    (err = cs_buf_add(&message, CS_VIEW_OF(hash))) == CS_OK)
		err = cs_signature_verify(key->sig,
		    cs_view(key->public, key->len), cs_buf_view(&message),
		    signature);
	cs_buf_free(&message);
	return err;
}

enum cs_err
desk_passkey_made(struct desk_passkey_data *out,
    const struct desk_passkey_wanted *wanted, struct cs_view client_data,
    struct cs_view attestation)
{
	enum cs_err err;

	if ((err = desk_passkey_client_check(
		 client_data, wanted, "webauthn.create")) ||
	    (err = desk_passkey_attestation_parse(out, attestation)))
		return err;
	return data_check(out, wanted->rp_id);
}

/* Section 6.1.1: a passkey that counts, counts each signature. */
static bool
count_goes_on(uint32_t before, uint32_t now)
{
	return (before == 0 && now == 0) || now > before;
}

enum cs_err
desk_passkey_used(struct desk_passkey_data *out,
    const struct desk_passkey_wanted *wanted,
    const struct desk_passkey_known *known, struct cs_view client_data,
    struct cs_view data, struct cs_view signature)
{
	enum cs_err err;

	if ((err = desk_passkey_client_check(
		 client_data, wanted, "webauthn.get")) ||
	    (err = desk_passkey_data_parse(out, data, DESK_PASSKEY_SIGN_IN)) ||
	    (err = data_check(out, wanted->rp_id)))
		return err;
	/* Section 7.2: whether it can be copied never changes. */
	if (((out->flags & DESK_PASSKEY_BE) != 0) != known->backup_eligible)
		return CS_ERR_MISMATCH;
	if ((err = desk_passkey_signature_check(
		 &known->key, data, client_data, signature)))
		return err;
	return count_goes_on(known->count, out->count) ? CS_OK : CS_ERR_REPLAY;
}
