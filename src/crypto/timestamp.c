/* SPDX-License-Identifier: MIT */
#include "crypto/timestamp.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ts.h>
#include <string.h>
#include <time.h>

#include "crypto/hash.h"

/* ---- asking ------------------------------------------------------------- */

static enum cs_err
set_imprint(TS_REQ *rq, struct cs_view bytes)
{
	TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
	X509_ALGOR *algo = X509_ALGOR_new();
	uint8_t hash[CS_SHA256_LEN];
	enum cs_err err = cs_sha256(hash, bytes);

	if (err == CS_OK && (imprint == NULL || algo == NULL))
		err = CS_ERR_NOMEM;
	if (err == CS_OK &&
	    (X509_ALGOR_set0(
		 algo, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL) != 1 ||
		TS_MSG_IMPRINT_set_algo(imprint, algo) != 1 ||
		TS_MSG_IMPRINT_set_msg(imprint, hash, sizeof hash) != 1 ||
		TS_REQ_set_msg_imprint(rq, imprint) != 1))
		err = CS_ERR_CRYPTO;
	X509_ALGOR_free(algo);
	TS_MSG_IMPRINT_free(imprint);
	return err;
}

/* What the two sides compare; NULL: out of memory. */
static ASN1_INTEGER *
integer_of(const uint8_t nonce[static CS_TIMESTAMP_NONCE_LEN])
{
	BIGNUM *n = BN_bin2bn(nonce, CS_TIMESTAMP_NONCE_LEN, NULL);
	ASN1_INTEGER *out = n != NULL ? BN_to_ASN1_INTEGER(n, NULL) : NULL;

	BN_free(n);
	return out;
}

enum cs_err
cs_timestamp_request(struct cs_buf *out, struct cs_view bytes,
    const uint8_t nonce[static CS_TIMESTAMP_NONCE_LEN])
{
	TS_REQ *rq = TS_REQ_new();
	ASN1_INTEGER *number = integer_of(nonce);
	unsigned char *der = NULL;
	int len;
	enum cs_err err = CS_ERR_NOMEM;

	if (rq != NULL && number != NULL &&
	    (err = set_imprint(rq, bytes)) == CS_OK &&
	    (TS_REQ_set_version(rq, 1) != 1 ||
		TS_REQ_set_nonce(rq, number) != 1 ||
		TS_REQ_set_cert_req(rq, 1) != 1))
		err = CS_ERR_CRYPTO;
	if (err == CS_OK) {
		len = i2d_TS_REQ(rq, &der);
		err = len > 0 ? cs_buf_add(out, cs_view(der, (size_t)len))
			      : CS_ERR_CRYPTO;
	}
	OPENSSL_free(der);
	ASN1_INTEGER_free(number);
	TS_REQ_free(rq);
	ERR_clear_error();
	return err;
}

/* ---- what came ---------------------------------------------------------- */

/* About these bytes, by the hash that was asked for. */
static enum cs_err
check_imprint(TS_TST_INFO *info, struct cs_view bytes)
{
	TS_MSG_IMPRINT *imprint = TS_TST_INFO_get_msg_imprint(info);
	const ASN1_OBJECT *name;
	const ASN1_OCTET_STRING *msg;
	uint8_t hash[CS_SHA256_LEN];
	enum cs_err err = cs_sha256(hash, bytes);

	if (err)
		return err;
	X509_ALGOR_get0(&name, NULL, NULL, TS_MSG_IMPRINT_get_algo(imprint));
	msg = TS_MSG_IMPRINT_get_msg(imprint);
	return OBJ_obj2nid(name) == NID_sha256 &&
		cs_view_equal(cs_view(ASN1_STRING_get0_data(msg),
				  (size_t)ASN1_STRING_length(msg)),
		    CS_VIEW_OF(hash))
	    ? CS_OK
	    : CS_ERR_MISMATCH;
}

static enum cs_err
check_nonce(const TS_TST_INFO *info, const uint8_t *nonce)
{
	const ASN1_INTEGER *there = TS_TST_INFO_get_nonce(info);
	ASN1_INTEGER *want;
	enum cs_err err;

	if (nonce == NULL)
		return CS_OK;
	if ((want = integer_of(nonce)) == NULL)
		return CS_ERR_NOMEM;
	err = there != NULL && ASN1_INTEGER_cmp(there, want) == 0
	    ? CS_OK
	    : CS_ERR_MISMATCH;
	ASN1_INTEGER_free(want);
	return err;
}

static enum cs_err
read_time(struct cs_timestamp *out, TS_TST_INFO *info)
{
	const TS_ACCURACY *accuracy = TS_TST_INFO_get_accuracy(info);
	const ASN1_INTEGER *seconds =
	    accuracy != NULL ? TS_ACCURACY_get_seconds(accuracy) : NULL;
	int64_t s = 0;
	time_t at;
	struct tm tm;

	if (ASN1_TIME_to_tm(TS_TST_INFO_get_time(info), &tm) != 1 ||
	    (at = timegm(&tm)) < 0 ||
	    (seconds != NULL &&
		(ASN1_INTEGER_get_int64(&s, seconds) != 1 || s < 0)))
		return CS_ERR_FORMAT;
	out->time_s = (uint64_t)at;
	if (accuracy != NULL)
		out->accuracy_s = (uint64_t)s +
		    (TS_ACCURACY_get_millis(accuracy) != NULL ||
			TS_ACCURACY_get_micros(accuracy) != NULL);
	return CS_OK;
}

/* ---- who vouches for it ------------------------------------------------- */

static enum cs_err
add_authorities(X509_STORE *store, struct cs_view pem)
{
	BIO *bio;
	X509 *one;
	int n = 0;

	if (pem.len > INT_MAX)
		return CS_ERR_LIMIT;
	if ((bio = BIO_new_mem_buf(pem.data, (int)pem.len)) == NULL)
		return CS_ERR_NOMEM;
	while ((one = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
		n += X509_STORE_add_cert(store, one) == 1;
		X509_free(one);
	}
	BIO_free(bio);
	return n != 0 ? CS_OK : CS_ERR_NOT_FOUND;
}

/* The certificate counts at the time of the token; that it may sign tokens,
 * and nothing else, is a part of what OpenSSL checks. */
static enum cs_err
check_signature(TS_RESP *answer, X509_STORE *store, uint64_t time_s)
{
	X509_VERIFY_PARAM *param = X509_VERIFY_PARAM_new();
	TS_VERIFY_CTX *ctx = TS_VERIFY_CTX_new();
	enum cs_err err = CS_ERR_NOMEM;

	if (param != NULL && ctx != NULL) {
		X509_VERIFY_PARAM_set_time(param, (time_t)time_s);
		err = CS_ERR_CRYPTO;
		if (X509_STORE_set1_param(store, param) == 1 &&
		    X509_STORE_up_ref(store) == 1) {
			/* The context frees one reference. */
			TS_VERIFY_CTX_set_store(ctx, store);
			TS_VERIFY_CTX_set_flags(
			    ctx, TS_VFY_SIGNATURE | TS_VFY_VERSION);
			err = TS_RESP_verify_response(ctx, answer) == 1
			    ? CS_OK
			    : CS_ERR_SIGNATURE;
		}
	}
	TS_VERIFY_CTX_free(ctx);
	X509_VERIFY_PARAM_free(param);
	return err;
}

/* The certificate of the only signer, which was verified. */
static void
read_signer(struct cs_timestamp *out, TS_RESP *answer)
{
	PKCS7 *token = TS_RESP_get_token(answer);
	STACK_OF(X509) *signers = PKCS7_get0_signers(token, NULL, 0);
	X509_NAME *subject;
	BIO *bio = BIO_new(BIO_s_mem());
	int n;

	if (signers != NULL && bio != NULL && sk_X509_num(signers) == 1) {
		subject = X509_get_subject_name(sk_X509_value(signers, 0));
		/* What is no printable ASCII is escaped. */
		if (X509_NAME_print_ex(bio, subject, 0,
			XN_FLAG_ONELINE & ~ASN1_STRFLGS_UTF8_CONVERT) >= 0 &&
		    (n = BIO_read(bio, out->by, sizeof out->by - 1)) > 0)
			out->by[n] = '\0';
	}
	sk_X509_free(signers);
	BIO_free(bio);
}

static bool
is_granted(TS_RESP *answer)
{
	int64_t status = -1;

	return ASN1_INTEGER_get_int64(&status,
		   TS_STATUS_INFO_get0_status(
		       TS_RESP_get_status_info(answer))) == 1 &&
	    (status == TS_STATUS_GRANTED ||
		status == TS_STATUS_GRANTED_WITH_MODS);
}

static enum cs_err
verify(struct cs_timestamp *out, TS_RESP *answer, struct cs_view bytes,
    const uint8_t *nonce, X509_STORE *store)
{
	TS_TST_INFO *info;
	enum cs_err err;

	if (!is_granted(answer))
		return CS_ERR_REFUSED;
	if ((info = TS_RESP_get_tst_info(answer)) == NULL)
		return CS_ERR_FORMAT;
	if ((err = check_imprint(info, bytes)) ||
	    (err = check_nonce(info, nonce)) || (err = read_time(out, info)) ||
	    (err = check_signature(answer, store, out->time_s)))
		return err;
	read_signer(out, answer);
	return CS_OK;
}

enum cs_err
cs_timestamp_verify(struct cs_timestamp *out, struct cs_view answer,
    struct cs_view bytes, const uint8_t *nonce, struct cs_view authorities)
{
	const unsigned char *at = answer.data;
	X509_STORE *store;
	TS_RESP *parsed = NULL;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if (answer.len > CS_TIMESTAMP_MAX)
		return CS_ERR_LIMIT;
	if ((store = X509_STORE_new()) == NULL)
		return CS_ERR_NOMEM;
	err = add_authorities(store, authorities);
	if (err == CS_OK) {
		parsed = d2i_TS_RESP(NULL, &at, (long)answer.len);
		err = parsed != NULL && at == answer.data + answer.len
		    ? verify(out, parsed, bytes, nonce, store)
		    : CS_ERR_FORMAT;
	}
	TS_RESP_free(parsed);
	X509_STORE_free(store);
	ERR_clear_error();
	if (err)
		memset(out, 0, sizeof *out);
	return err;
}
