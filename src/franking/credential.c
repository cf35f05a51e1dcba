/* SPDX-License-Identifier: MIT */
#include "franking/credential.h"

#include <string.h>

#include "base/units.h"
#include "franking/signed.h"

static const char account_label[] = "countersign/account/v1";

/* Who makes a certificate and who judges it have different clocks. */
#define SKEW_S CS_HOUR_S

/* ---- accounts ----------------------------------------------------------- */

enum cs_err
cs_account_cert_make(struct cs_buf *out, const struct cs_account_cert *cert,
    const struct cs_sign_key *registrar)
{
	size_t from = out->len;
	struct cs_writer w =
	    cs_signed_begin(out, cs_view(account_label, sizeof account_label));

	if (!cs_handle_valid(cert->handle) ||
	    cs_view_is_zero(CS_VIEW_OF(cert->account)))
		cs_writer_fail(&w, CS_ERR_MISUSE);
	cs_write_bytes(&w, CS_VIEW_OF(cert->account));
	cs_write_vec(&w, cert->handle);
	cs_write_bytes(&w, CS_VIEW_OF(cert->account_key));
	cs_write_u64(&w, cert->from_ms);
	return cs_signed_end(&w, from, registrar);
}

/* The fields, of which nothing is proved. */
static enum cs_err
peek_account(struct cs_account_cert *out, struct cs_view signed_cert)
{
	struct cs_reader r = cs_signed_open(signed_cert,
	    cs_view(account_label, sizeof account_label), CS_CERT_MAX);

	cs_read_copy(&r, out->account, sizeof out->account);
	out->handle = cs_read_vec_max(&r, CS_HANDLE_MAX);
	cs_read_copy(&r, out->account_key, sizeof out->account_key);
	out->from_ms = cs_read_u64(&r);
	if (r.err == CS_OK &&
	    (!cs_handle_valid(out->handle) ||
		cs_view_is_zero(CS_VIEW_OF(out->account))))
		cs_reader_fail(&r, CS_ERR_FORMAT);
	if (r.err == CS_OK &&
	    !cs_sign_public_valid_again(CS_VIEW_OF(out->account_key)))
		cs_reader_fail(&r, CS_ERR_KEY);
	return cs_reader_end(&r);
}

enum cs_err
cs_account_cert_verify(struct cs_account_cert *out, struct cs_view signed_cert,
    struct cs_view registrar_cert, struct cs_view root_public)
{
	struct cs_role_key_cert registrar;
	enum cs_err err;

	if ((err = peek_account(out, signed_cert)) ||
	    (err = cs_role_key_cert_verify(&registrar, registrar_cert,
		 root_public, CS_ROLE_REGISTRAR, out->from_ms / CS_SECOND_MS)))
		return err;
	return cs_signed_check(signed_cert, CS_VIEW_OF(registrar.public));
}

/* ---- credentials -------------------------------------------------------- */

static void
write_devices(struct cs_writer *w, const struct cs_credential *c)
{
	size_t mark = cs_write_open(w);

	if (c->n == 0 || c->n > CS_CHAIN_MAX)
		cs_writer_fail(w, CS_ERR_MISUSE);
	for (size_t i = 0; w->err == CS_OK && i < c->n; i++)
		cs_write_vec(w, c->devices[i]);
	cs_write_close(w, mark);
}

static void
read_devices(struct cs_reader *r, struct cs_credential *out)
{
	struct cs_reader devices = cs_read_sub(r);

	out->n = 0;
	while (cs_reader_more(&devices)) {
		if (out->n == CS_CHAIN_MAX)
			cs_reader_fail(&devices, CS_ERR_LIMIT);
		else
			out->devices[out->n++] =
			    cs_read_vec_max(&devices, CS_CERT_MAX);
	}
	if (out->n == 0)
		cs_reader_fail(&devices, CS_ERR_FORMAT);
	cs_read_sub_end(r, &devices);
}

enum cs_err
cs_credential_write(struct cs_buf *out, const struct cs_credential *credential)
{
	struct cs_writer w = cs_writer(out);

	cs_write_vec(&w, credential->registrar_cert);
	cs_write_vec(&w, credential->account_cert);
	write_devices(&w, credential);
	return cs_writer_end(&w);
}

enum cs_err
cs_credential_parse(struct cs_credential *out, struct cs_view in)
{
	struct cs_reader r = cs_reader(in);

	if (in.len > CS_CREDENTIAL_MAX)
		return CS_ERR_LIMIT;
	out->registrar_cert = cs_read_vec_max(&r, CS_CERT_MAX);
	out->account_cert = cs_read_vec_max(&r, CS_CERT_MAX);
	read_devices(&r, out);
	return cs_reader_end(&r);
}

enum cs_err
cs_credential_write_devices(
    struct cs_buf *out, const struct cs_credential *credential)
{
	struct cs_writer w = cs_writer(out);

	write_devices(&w, credential);
	return cs_writer_end(&w);
}

enum cs_err
cs_credential_parse_devices(struct cs_credential *out, struct cs_view in)
{
	struct cs_reader r = cs_reader(in);

	read_devices(&r, out);
	return cs_reader_end(&r);
}

bool
cs_recovery_id(const uint8_t id[static 16])
{
	return cs_view_is_zero(cs_view(id, 8));
}

/* ---- identities --------------------------------------------------------- */

/* The account begins the time in which all of it holds. */
static void
begin(struct cs_identity *out)
{
	uint64_t from = out->account.from_ms / CS_SECOND_MS;

	out->not_before = from > SKEW_S ? from - SKEW_S : 0;
	out->not_after = UINT64_MAX;
}

/* The device belongs to the account, and stands in the chain once. */
static enum cs_err
link_device(struct cs_identity *out, const struct cs_device_cert *device)
{
	if (memcmp(device->account, out->account.account, 16) != 0 ||
	    !cs_view_equal(device->handle, out->account.handle))
		return CS_ERR_MISMATCH;
	for (size_t i = 0; i < out->n; i++)
		if (memcmp(out->chain[i], device->device, 16) == 0)
			return CS_ERR_MISMATCH;
	memcpy(out->keys[out->n], device->public, 32);
	memcpy(out->chain[out->n++], device->device, 16);
	if (device->not_before > out->not_before)
		out->not_before = device->not_before;
	if (device->not_after < out->not_after)
		out->not_after = device->not_after;
	out->device = *device;
	return CS_OK;
}

static enum cs_err
prove(struct cs_identity *out, const struct cs_credential *credential,
    struct cs_view root_public)
{
	struct cs_device_cert device;
	uint8_t issuer[32];
	enum cs_err err;

	if ((err = cs_account_cert_verify(&out->account,
		 credential->account_cert, credential->registrar_cert,
		 root_public)))
		return err;
	begin(out);
	memcpy(issuer, out->account.account_key, sizeof issuer);
	for (size_t i = 0; i < credential->n; i++) {
		if ((err = cs_device_cert_parse(&device, credential->devices[i],
			 CS_VIEW_OF(issuer))) ||
		    (err = link_device(out, &device)))
			return err;
		memcpy(issuer, device.public, sizeof issuer);
	}
	return CS_OK;
}

enum cs_err
cs_identity_prove(struct cs_identity *out, struct cs_view credential,
    struct cs_view root_public)
{
	struct cs_credential parsed;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if ((err = cs_credential_parse(&parsed, credential)))
		return err;
	return prove(out, &parsed, root_public);
}

bool
cs_identity_current(const struct cs_identity *identity, uint64_t now_s)
{
	return now_s >= identity->not_before && now_s <= identity->not_after;
}

enum cs_err
cs_identity_verify(struct cs_identity *out, struct cs_view credential,
    struct cs_view root_public, uint64_t now_s)
{
	enum cs_err err = cs_identity_prove(out, credential, root_public);

	if (err == CS_OK && !cs_identity_current(out, now_s))
		err = CS_ERR_EXPIRED;
	return err;
}

enum cs_err
cs_identity_peek(struct cs_identity *out, struct cs_view credential)
{
	struct cs_credential parsed;
	struct cs_device_cert device;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if ((err = cs_credential_parse(&parsed, credential)) ||
	    (err = peek_account(&out->account, parsed.account_cert)))
		return err;
	begin(out);
	for (size_t i = 0; i < parsed.n; i++)
		if ((err = cs_device_cert_peek(&device, parsed.devices[i])) ||
		    (err = link_device(out, &device)))
			return err;
	return CS_OK;
}

enum cs_err
cs_credential_handle(struct cs_view *out, struct cs_view credential)
{
	struct cs_credential parsed;
	struct cs_reader r;
	enum cs_err err = cs_credential_parse(&parsed, credential);

	if (err)
		return err;
	r = cs_signed_open(parsed.account_cert,
	    cs_view(account_label, sizeof account_label), CS_CERT_MAX);
	(void)cs_read_bytes(&r, CS_ID_LEN);
	*out = cs_read_vec_max(&r, CS_HANDLE_MAX);
	if (r.err == CS_OK && !cs_handle_valid(*out))
		cs_reader_fail(&r, CS_ERR_FORMAT);
	return r.err;
}
