/* SPDX-License-Identifier: MIT */
#include "hub/core/root.h"

#include <stdio.h>
#include <string.h>

#include "base/reader.h"
#include "base/text.h"
#include "base/writer.h"
#include "crypto/hash.h"
#include "franking/cert.h"
#include "franking/signed.h"
#include "hub/core/keys.h"

#define VERSION 2
/* A chain of two X.509 certificates in PEM. */
#define CERT_MAX ((size_t)4096)

static const char request_label[] = "countersign/root-request/v1";
static const char answer_label[] = "countersign/root-answer/v1";

/* ---- kinds of keys ------------------------------------------------------- */

static const struct kind {
	const char *text;
	unsigned days;
	size_t len;
	enum cs_role role; /* of those whose certificate names one */
} kinds[HUB_ROOT_KEYS + 1] = {
	[HUB_ROOT_STAMP] = { "stamps what members send", HUB_STAMP_DAYS,
	    CS_KEY_LEN, 0 },
	[HUB_ROOT_TLS] = { "is shown to whoever connects (TLS)", HUB_TLS_DAYS,
	    CS_TLS_PUBLIC_LEN, 0 },
	[HUB_ROOT_EXTERNAL] = { "proposes removals from groups", HUB_DESK_DAYS,
	    CS_KEY_LEN, CS_ROLE_EXTERNAL_SENDER },
	[HUB_ROOT_REGISTRAR] = { "registers accounts", HUB_DESK_DAYS,
	    CS_KEY_LEN, CS_ROLE_REGISTRAR },
	[HUB_ROOT_TLOG] = { "signs the log that anybody may read",
	    HUB_DESK_DAYS, CS_KEY_LEN, CS_ROLE_TLOG },
	[HUB_ROOT_DESK_SEAL] = { "opens reports at the desk", HUB_DESK_DAYS,
	    CS_KEY_LEN, CS_ROLE_DESK_HPKE },
	[HUB_ROOT_DESK_SIGN] = { "signs what the desk decides", HUB_DESK_DAYS,
	    CS_KEY_LEN, CS_ROLE_DESK_SIGNING },
};

const char *
hub_root_kind_text(enum hub_root_kind kind)
{
	return kinds[kind].text;
}

size_t
hub_root_kind_len(enum hub_root_kind kind)
{
	return kinds[kind].len;
}

/* ---- the request --------------------------------------------------------- */

void
hub_root_request_add(struct hub_root_request *request, enum hub_root_kind kind,
    const uint8_t *public)
{
	struct hub_root_wish *key = &request->keys[request->n++];

	memset(key, 0, sizeof *key);
	key->kind = kind;
	memcpy(key->public, public, kinds[kind].len);
	/* A clock that is a little behind takes them, too. */
	key->not_before = request->made - CS_DAY_S;
	key->not_after = request->made + kinds[kind].days * CS_DAY_S;
}

enum cs_err
hub_root_request_write(
    struct cs_buf *out, const struct hub_root_request *request)
{
	struct cs_writer w = cs_writer(out);
	size_t mark;

	cs_write_bytes(&w, cs_view(request_label, sizeof request_label));
	cs_write_u8(&w, VERSION);
	cs_write_bytes(&w, CS_VIEW_OF(request->root));
	cs_write_vec(&w, cs_view_str(request->name));
	cs_write_u64(&w, request->made);
	mark = cs_write_open(&w);
	for (size_t i = 0; i < request->n; i++) {
		const struct hub_root_wish *key = &request->keys[i];

		cs_write_u8(&w, (uint8_t)key->kind);
		cs_write_bytes(&w, cs_view(key->public, kinds[key->kind].len));
		cs_write_u64(&w, key->not_before);
		cs_write_u64(&w, key->not_after);
	}
	cs_write_close(&w, mark);
	return cs_writer_end(&w);
}

/* As countersignd takes it: it goes into a certificate and on a terminal. */
static bool
name_valid(const char *s)
{
	return s[0] != '\0' && s[0] != '.' && s[0] != '-' &&
	    s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789.-")] == '\0';
}

/* The order is fixed, so there is one way to ask for the same. */
static void
read_key(struct hub_root_request *out, struct cs_reader *r)
{
	struct hub_root_wish *key = &out->keys[out->n];
	uint8_t kind = cs_read_u8(r);

	memset(key, 0, sizeof *key);
	if (kind != out->n + 1 || kind > HUB_ROOT_KEYS) {
		cs_reader_fail(r, CS_ERR_FORMAT);
		return;
	}
	key->kind = kind;
	cs_read_copy(r, key->public, kinds[kind].len);
	key->not_before = cs_read_u64(r);
	key->not_after = cs_read_u64(r);
	if (r->err == CS_OK && key->not_before >= key->not_after)
		cs_reader_fail(r, CS_ERR_FORMAT);
	if (r->err == CS_OK && kind != HUB_ROOT_TLS &&
	    kind != HUB_ROOT_DESK_SEAL &&
	    !cs_sign_public_valid(cs_view(key->public, CS_KEY_LEN)))
		cs_reader_fail(r, CS_ERR_KEY);
	out->n++;
}

enum cs_err
hub_root_request_parse(struct hub_root_request *out, struct cs_view in)
{
	struct cs_reader r = cs_reader(in), sub;
	struct cs_view label;

	memset(out, 0, sizeof *out);
	if (in.len > HUB_ROOT_REQUEST_MAX)
		return CS_ERR_LIMIT;
	label = cs_read_bytes(&r, sizeof request_label);
	if (r.err == CS_OK &&
	    !cs_view_equal(label, cs_view(request_label, sizeof request_label)))
		return CS_ERR_FORMAT;
	if (cs_read_u8(&r) != VERSION)
		cs_reader_fail(&r, CS_ERR_VERSION);
	cs_read_copy(&r, out->root, sizeof out->root);
	cs_read_string(&r, out->name, sizeof out->name);
	out->made = cs_read_u64(&r);
	sub = cs_read_sub(&r);
	while (cs_reader_more(&sub) && out->n < HUB_ROOT_KEYS)
		read_key(out, &sub);
	cs_read_sub_end(&r, &sub);
	if (r.err == CS_OK &&
	    (!name_valid(out->name) ||
		(out->n != HUB_ROOT_KEYS_OF_A_HUB && out->n != HUB_ROOT_KEYS)))
		cs_reader_fail(&r, CS_ERR_FORMAT);
	return cs_reader_end(&r);
}

enum cs_err
hub_root_fingerprint(
    char out[static HUB_ROOT_PRINT_SIZE], struct cs_view request)
{
	uint8_t hash[CS_SHA256_LEN];
	char hex[2 * CS_SHA256_LEN + 1];
	enum cs_err err = cs_sha256(hash, request);

	cs_hex(hex, CS_VIEW_OF(hash));
	snprintf(out, HUB_ROOT_PRINT_SIZE, "%.5s %.5s %.5s %.5s %.5s %.5s", hex,
	    hex + 5, hex + 10, hex + 15, hex + 20, hex + 25);
	return err;
}

enum cs_err
hub_root_request_check(const struct hub_root_request *request,
    const uint8_t root_public[static CS_KEY_LEN], uint64_t now)
{
	if (!cs_view_equal(
		CS_VIEW_OF(request->root), cs_view(root_public, CS_KEY_LEN)))
		return CS_ERR_MISMATCH;
	for (size_t i = 0; i < request->n; i++) {
		const struct hub_root_wish *key = &request->keys[i];

		if (key->not_after - key->not_before >
		    (kinds[key->kind].days + 1) * CS_DAY_S)
			return CS_ERR_LIMIT;
		if (now < key->not_before || now > key->not_after)
			return CS_ERR_EXPIRED;
	}
	return CS_OK;
}

/* ---- the answer ---------------------------------------------------------- */

static struct cs_tls_subject
tls_subject(
    const struct hub_root_request *request, const struct hub_root_wish *key)
{
	struct cs_tls_subject s = { .host = request->name,
		.not_before_s = key->not_before,
		.not_after_s = key->not_after };

	memcpy(s.public, key->public, sizeof s.public);
	return s;
}

static enum cs_err
certify(struct cs_buf *out, const struct hub_root_request *request, size_t i,
    const struct cs_sign_key *root)
{
	const struct hub_root_wish *key = &request->keys[i];
	struct cs_tls_subject subject;

	switch (key->kind) {
	case HUB_ROOT_STAMP:
		return cs_stamp_key_cert_make(
		    out, key->public, key->not_before, key->not_after, root);
	case HUB_ROOT_TLS:
		subject = tls_subject(request, key);
		return cs_tls_certify_key(out, root, &subject);
	default:
		return cs_role_key_cert_make(out, kinds[key->kind].role,
		    key->public, key->not_before, key->not_after, root);
	}
}

enum cs_err
hub_root_answer_make(struct cs_buf *out, struct cs_view request,
    const struct cs_sign_key *root, uint64_t now)
{
	struct hub_root_request parsed;
	uint8_t hash[CS_SHA256_LEN];
	struct cs_buf cert = { 0 };
	size_t from = out->len, mark;
	struct cs_writer w;
	enum cs_err err;

	if ((err = hub_root_request_parse(&parsed, request)) ||
	    (err = hub_root_request_check(&parsed, root->public, now)) ||
	    (err = cs_sha256(hash, request)))
		return err;
	w = cs_signed_begin(out, cs_view(answer_label, sizeof answer_label));
	cs_write_bytes(&w, CS_VIEW_OF(hash));
	mark = cs_write_open(&w);
	for (size_t i = 0; i < parsed.n && w.err == CS_OK; i++) {
		cs_buf_reset(&cert);
		if ((err = certify(&cert, &parsed, i, root)))
			cs_writer_fail(&w, err);
		cs_write_vec(&w, cs_buf_view(&cert));
	}
	cs_write_close(&w, mark);
	cs_buf_free(&cert);
	return cs_signed_end(&w, from, root);
}

static enum cs_err
parse_answer(struct hub_root_answer *out, struct cs_view request_hash,
    struct cs_view answer, struct cs_view root_public)
{
	struct cs_reader r = cs_signed_open(answer,
	    cs_view(answer_label, sizeof answer_label), HUB_ROOT_ANSWER_MAX);
	struct cs_view hash = cs_read_bytes(&r, CS_SHA256_LEN);
	struct cs_reader sub = cs_read_sub(&r);
	enum cs_err err;

	memset(out, 0, sizeof *out);
	while (cs_reader_more(&sub) && out->n < HUB_ROOT_KEYS)
		out->certs[out->n++] = cs_read_vec_max(&sub, CERT_MAX);
	cs_read_sub_end(&r, &sub);
	if ((err = cs_reader_end(&r)) ||
	    (err = cs_signed_check(answer, root_public)))
		return err;
	return cs_view_equal(hash, request_hash) ? CS_OK : CS_ERR_MISMATCH;
}

/* Nothing but what was asked for: the root's word counts in other programs
 * too, for as long as it says. */
static enum cs_err
check_cert(struct cs_view cert, const struct hub_root_request *request,
    size_t i, struct cs_view root_public)
{
	const struct hub_root_wish *key = &request->keys[i];
	struct cs_tls_subject subject;
	struct cs_stamp_key_cert stamp;
	struct cs_role_key_cert role;
	enum cs_err err;

	switch (key->kind) {
	case HUB_ROOT_TLS:
		subject = tls_subject(request, key);
		return cs_tls_chain_check(cert, root_public.data, &subject);
	case HUB_ROOT_STAMP:
		if ((err = cs_stamp_key_cert_parse(&stamp, cert, root_public)))
			return err;
		return cs_view_equal(CS_VIEW_OF(stamp.public),
			   cs_view(key->public, CS_KEY_LEN)) &&
			stamp.not_before == key->not_before &&
			stamp.not_after == key->not_after
		    ? CS_OK
		    : CS_ERR_MISMATCH;
	default:
		if ((err = cs_role_key_cert_verify(&role, cert, root_public,
			 kinds[key->kind].role, key->not_before)))
			return err == CS_ERR_EXPIRED ? CS_ERR_MISMATCH : err;
		return cs_view_equal(CS_VIEW_OF(role.public),
			   cs_view(key->public, CS_KEY_LEN)) &&
			role.not_before == key->not_before &&
			role.not_after == key->not_after
		    ? CS_OK
		    : CS_ERR_MISMATCH;
	}
}

enum cs_err
hub_root_answer_verify(struct hub_root_answer *out, struct cs_view answer,
    struct cs_view request, const uint8_t root_public[static CS_KEY_LEN],
    uint64_t now)
{
	struct cs_view root = cs_view(root_public, CS_KEY_LEN);
	struct hub_root_request parsed;
	uint8_t hash[CS_SHA256_LEN];
	enum cs_err err;

	if ((err = hub_root_request_parse(&parsed, request)) ||
	    (err = cs_sha256(hash, request)) ||
	    (err = parse_answer(out, CS_VIEW_OF(hash), answer, root)))
		return err;
	if (out->n != parsed.n)
		return CS_ERR_MISMATCH;
	for (size_t i = 0; i < parsed.n; i++)
		if ((err = check_cert(out->certs[i], &parsed, i, root)))
			return err;
	return hub_root_request_check(&parsed, root_public, now);
}
