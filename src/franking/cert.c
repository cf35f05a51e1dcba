/* SPDX-License-Identifier: MIT */
#include "franking/cert.h"

#include <string.h>

#include "crypto/hash.h"
#include "franking/signed.h"

static const char device_label[] = "countersign/device/v1";
static const char stamp_label[] = "countersign/stamp-key/v1";
static const char role_label[] = "countersign/role-key/v1";

bool
cs_handle_valid(struct cs_view h)
{
	if (h.len == 0 || h.len > CS_HANDLE_MAX || h.data[0] < 'a' ||
	    h.data[0] > 'z')
		return false;
	for (size_t i = 0; i < h.len; i++) {
		uint8_t c = h.data[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    c != '.' && c != '_' && c != '-')
			return false;
	}
	return true;
}

static enum cs_err
check_time(uint64_t not_before, uint64_t not_after, uint64_t now_s)
{
	return now_s >= not_before && now_s <= not_after ? CS_OK
							 : CS_ERR_EXPIRED;
}

/* ---- devices ------------------------------------------------------------ */

enum cs_err
cs_device_cert_make(struct cs_buf *out, const struct cs_device_cert *cert,
    const struct cs_sign_key *issuer)
{
	size_t from = out->len;
	struct cs_writer w =
	    cs_signed_begin(out, cs_view(device_label, sizeof device_label));

	if (!cs_handle_valid(cert->handle))
		cs_writer_fail(&w, CS_ERR_MISUSE);
	cs_write_bytes(&w, CS_VIEW_OF(cert->account));
	cs_write_vec(&w, cert->handle);
	cs_write_bytes(&w, CS_VIEW_OF(cert->device));
	cs_write_bytes(&w, CS_VIEW_OF(cert->public));
	cs_write_u64(&w, cert->not_before);
	cs_write_u64(&w, cert->not_after);
	return cs_signed_end(&w, from, issuer);
}

enum cs_err
cs_device_cert_peek(struct cs_device_cert *out, struct cs_view cert)
{
	struct cs_reader r = cs_signed_open(
	    cert, cs_view(device_label, sizeof device_label), CS_CERT_MAX);

	cs_read_copy(&r, out->account, sizeof out->account);
	out->handle = cs_read_vec_max(&r, CS_HANDLE_MAX);
	cs_read_copy(&r, out->device, sizeof out->device);
	cs_read_copy(&r, out->public, sizeof out->public);
	out->not_before = cs_read_u64(&r);
	out->not_after = cs_read_u64(&r);
	if (r.err == CS_OK && !cs_handle_valid(out->handle))
		cs_reader_fail(&r, CS_ERR_FORMAT);
	if (r.err == CS_OK && out->not_before > out->not_after)
		cs_reader_fail(&r, CS_ERR_FORMAT);
	/* Zero stands for nobody: the hub itself in logs, the desk. */
	if (r.err == CS_OK &&
	    (cs_view_is_zero(CS_VIEW_OF(out->account)) ||
		cs_view_is_zero(CS_VIEW_OF(out->device))))
		cs_reader_fail(&r, CS_ERR_FORMAT);
	/* FRANKING, rule 16: a key that no strict verifier takes. */
	if (r.err == CS_OK &&
	    !cs_sign_public_valid_again(CS_VIEW_OF(out->public)))
		cs_reader_fail(&r, CS_ERR_KEY);
	return cs_reader_end(&r);
}

enum cs_err
cs_device_cert_parse(struct cs_device_cert *out, struct cs_view cert,
    struct cs_view issuer_public)
{
	enum cs_err err = cs_device_cert_peek(out, cert);

	return err ? err : cs_signed_check(cert, issuer_public);
}

enum cs_err
cs_device_cert_verify(struct cs_device_cert *out, struct cs_view cert,
    struct cs_view issuer_public, uint64_t now_s)
{
	enum cs_err err = cs_device_cert_parse(out, cert, issuer_public);

	return err ? err : check_time(out->not_before, out->not_after, now_s);
}

/* ---- stamp keys --------------------------------------------------------- */

static enum cs_err
key_id(uint8_t out[static 8], const uint8_t public[static 32])
{
	uint8_t hash[CS_SHA256_LEN];
	enum cs_err err = cs_sha256(hash, cs_view(public, 32));

	memcpy(out, hash, 8);
	return err;
}

enum cs_err
cs_stamp_key_cert_make(struct cs_buf *out, const uint8_t public[static 32],
    uint64_t not_before, uint64_t not_after, const struct cs_sign_key *root)
{
	size_t from = out->len;
	struct cs_writer w;
	uint8_t id[8];
	enum cs_err err;

	if ((err = key_id(id, public)))
		return err;
	w = cs_signed_begin(out, cs_view(stamp_label, sizeof stamp_label));
	cs_write_bytes(&w, CS_VIEW_OF(id));
	cs_write_bytes(&w, cs_view(public, 32));
	cs_write_u64(&w, not_before);
	cs_write_u64(&w, not_after);
	return cs_signed_end(&w, from, root);
}

enum cs_err
cs_stamp_key_cert_parse(struct cs_stamp_key_cert *out, struct cs_view cert,
    struct cs_view root_public)
{
	struct cs_reader r = cs_signed_open(
	    cert, cs_view(stamp_label, sizeof stamp_label), CS_CERT_MAX);
	uint8_t id[8];
	enum cs_err err;

	cs_read_copy(&r, out->key_id, sizeof out->key_id);
	cs_read_copy(&r, out->public, sizeof out->public);
	out->not_before = cs_read_u64(&r);
	out->not_after = cs_read_u64(&r);
	if ((err = cs_reader_end(&r)) || (err = key_id(id, out->public)))
		return err;
	if (memcmp(id, out->key_id, sizeof id) != 0 ||
	    out->not_before > out->not_after)
		return CS_ERR_FORMAT;
	if (!cs_sign_public_valid_again(CS_VIEW_OF(out->public)))
		return CS_ERR_KEY;
	return cs_signed_check(cert, root_public);
}

enum cs_err
cs_stamp_key_cert_verify(struct cs_stamp_key_cert *out, struct cs_view cert,
    struct cs_view root_public, uint64_t now_s)
{
	enum cs_err err = cs_stamp_key_cert_parse(out, cert, root_public);

	return err ? err : check_time(out->not_before, out->not_after, now_s);
}

/* ---- other keys --------------------------------------------------------- */

enum cs_err
cs_role_key_cert_make(struct cs_buf *out, enum cs_role role,
    const uint8_t public[static 32], uint64_t not_before, uint64_t not_after,
    const struct cs_sign_key *root)
{
	size_t from = out->len;
	struct cs_writer w =
	    cs_signed_begin(out, cs_view(role_label, sizeof role_label));

	cs_write_u8(&w, (uint8_t)role);
	cs_write_bytes(&w, cs_view(public, 32));
	cs_write_u64(&w, not_before);
	cs_write_u64(&w, not_after);
	return cs_signed_end(&w, from, root);
}

enum cs_err
cs_role_key_cert_verify(struct cs_role_key_cert *out, struct cs_view cert,
    struct cs_view root_public, enum cs_role role, uint64_t now_s)
{
	struct cs_reader r = cs_signed_open(
	    cert, cs_view(role_label, sizeof role_label), CS_CERT_MAX);
	enum cs_err err;

	out->role = cs_read_u8(&r);
	cs_read_copy(&r, out->public, sizeof out->public);
	out->not_before = cs_read_u64(&r);
	out->not_after = cs_read_u64(&r);
	if ((err = cs_reader_end(&r)))
		return err;
	/* A key stands in for no other role than its own. */
	if (out->role != role)
		return CS_ERR_MISMATCH;
	if (out->not_before > out->not_after)
		return CS_ERR_FORMAT;
	if ((err = cs_signed_check(cert, root_public)))
		return err;
	return check_time(out->not_before, out->not_after, now_s);
}
