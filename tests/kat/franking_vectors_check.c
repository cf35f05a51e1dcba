/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/writer.h"
#include "content/evidence.h"
#include "content/evidence_seal.h"
#include "content/media.h"
#include "crypto/hash.h"
#include "crypto/label.h"
#include "franking/revocation.h"
#include "franking/safe_aad.h"
#include "kat/franking_vectors.h"

/* A case's bytes live until the next one. */
static struct cs_buf slots[64];
static size_t n_slots;

static struct cs_view
hex(const json_t *c, const char *key)
{
	const char *s = json_string_value(json_object_get(c, key));
	struct cs_buf *b = &slots[n_slots++];
	uint8_t *out;

	if (s == NULL || n_slots == sizeof slots / sizeof *slots) {
		fprintf(stderr, "no \"%s\"\n", key);
		exit(1);
	}
	if (cs_buf_extend(b, strlen(s) / 2, &out) != CS_OK ||
	    cs_unhex(out, strlen(s) / 2, s) != CS_OK)
		exit(1);
	return cs_buf_view(b);
}

static void
copy(uint8_t *out, size_t n, const json_t *c, const char *key)
{
	struct cs_view v = hex(c, key);

	if (v.len != n)
		exit(1);
	memcpy(out, v.data, n);
}
#define COPY(field, c, key) copy((field), sizeof(field), (c), (key))

static uint64_t
integer(const json_t *c, const char *key)
{
	return (uint64_t)json_integer_value(json_object_get(c, key));
}

static bool
same(const json_t *c, const char *key, struct cs_view got)
{
	if (cs_view_equal(hex(c, key), got))
		return true;
	printf("%s differs\n", key);
	return false;
}

static bool
ends(const json_t *c, enum cs_err err)
{
	const char *want = json_string_value(json_object_get(c, "want"));

	if (want != NULL && strcmp(want, cs_err_name(err)) == 0)
		return true;
	printf("\"%s\" instead of \"%s\"\n", cs_err_name(err), want);
	return false;
}

/* ---- one function for each kind ----------------------------------------- */

static bool
check_group_ref(const json_t *c)
{
	uint8_t out[32];

	return ends(c, cs_group_ref(out, hex(c, "group_id"))) &&
	    same(c, "group_ref", CS_VIEW_OF(out));
}

static bool
check_tag(const json_t *c)
{
	uint8_t salt[16], tag[32];

	COPY(salt, c, "salt");
	COPY(tag, c, "tag");
	return ends(
	    c, cs_franking_tag_check(tag, salt, hex(c, "application_data")));
}

/* The bytes are put together here once more: nothing hangs on one encoder. */
static bool
check_sender(const json_t *c)
{
	struct cs_sender_frank f;
	struct cs_buf tbs = { 0 };
	struct cs_writer w = cs_writer(&tbs);
	bool ok;

	COPY(f.tag, c, "tag");
	COPY(f.group_ref, c, "group_ref");
	f.epoch = integer(c, "epoch");
	f.leaf = (uint32_t)integer(c, "leaf");
	COPY(f.account, c, "account");
	COPY(f.device, c, "device");
	f.sender_seq = integer(c, "sender_seq");
	f.claimed_ms = integer(c, "claimed_ms");
	cs_write_bytes(&w, CS_VIEW_OF(f.tag));
	cs_write_bytes(&w, CS_VIEW_OF(f.group_ref));
	cs_write_u64(&w, f.epoch);
	cs_write_u32(&w, f.leaf);
	cs_write_bytes(&w, CS_VIEW_OF(f.account));
	cs_write_bytes(&w, CS_VIEW_OF(f.device));
	cs_write_u64(&w, f.sender_seq);
	cs_write_u64(&w, f.claimed_ms);
	ok = w.err == CS_OK && tbs.len == CS_SENDER_TBS_LEN &&
	    same(c, "tbs", cs_buf_view(&tbs)) &&
	    ends(c, cs_sender_verify(&f, hex(c, "public"), hex(c, "sig"))) &&
	    ends(c,
		cs_verify_with_label(CS_ED25519, hex(c, "public"),
		    cs_view_str("\x0b"
				"Application\xc5\x01\x0b"
				"SenderFrank"),
		    cs_buf_view(&tbs), hex(c, "sig")));
	cs_buf_free(&tbs);
	return ok;
}

static bool
check_stamp(const json_t *c)
{
	struct cs_stamp s;
	struct cs_stamp_key_cert key;
	uint8_t root[32], leaf[32], chain[32];
	struct cs_view tbs = hex(c, "tbs");
	static const uint8_t zero = 0;
	struct cs_view parts[2] = { cs_view(&zero, 1),
		cs_view(tbs.data, tbs.len - 32) };
	enum cs_err err;

	COPY(root, c, "root");
	if ((err = cs_stamp_parse(&s, hex(c, "wire"))))
		return ends(c, err);
	COPY(s.group_ref, c, "group_ref");
	s.epoch = integer(c, "epoch");
	COPY(s.account, c, "account");
	COPY(s.device, c, "device");
	COPY(s.tag, c, "tag");
	COPY(s.msg_hash, c, "msg_hash");
	if (cs_operator_id(s.operator_id, root) != CS_OK ||
	    (err = cs_stamp_key_cert_parse(
		 &key, hex(c, "stamp_key_cert"), CS_VIEW_OF(root))))
		return ends(c, err);
	err = cs_stamp_verify(&s, &key, root);
	if (err)
		return ends(c, err);
	memcpy(chain, s.chain_prev, 32);
	return ends(c, CS_OK) && tbs.len == 223 &&
	    ends(c,
		cs_sign_verify(
		    CS_VIEW_OF(key.public), tbs, CS_VIEW_OF(s.sig))) &&
	    cs_hash_parts(leaf, CS_SHA256, parts, 2) == CS_OK &&
	    same(c, "leafhash", CS_VIEW_OF(leaf)) &&
	    cs_stamp_leafhash(leaf, &s) == CS_OK &&
	    same(c, "leafhash", CS_VIEW_OF(leaf)) &&
	    cs_stamp_chain(chain, &s) == CS_OK &&
	    same(c, "chain", CS_VIEW_OF(chain));
}

static bool
check_device_cert(const json_t *c)
{
	struct cs_device_cert out;
	enum cs_err err = cs_device_cert_verify(
	    &out, hex(c, "cert"), hex(c, "key"), integer(c, "now_s"));

	if (err)
		return ends(c, err);
	return ends(c, CS_OK) && same(c, "account", CS_VIEW_OF(out.account)) &&
	    same(c, "handle", out.handle) &&
	    same(c, "device", CS_VIEW_OF(out.device)) &&
	    same(c, "public", CS_VIEW_OF(out.public));
}

static bool
check_credential(const json_t *c)
{
	struct cs_identity out;
	enum cs_err err = cs_identity_verify(
	    &out, hex(c, "credential"), hex(c, "root"), integer(c, "now_s"));

	if (err)
		return ends(c, err);
	return ends(c, CS_OK) &&
	    same(c, "account", CS_VIEW_OF(out.account.account)) &&
	    same(c, "handle", out.account.handle) &&
	    same(c, "account_key", CS_VIEW_OF(out.account.account_key)) &&
	    same(c, "device", CS_VIEW_OF(out.device.device)) &&
	    same(c, "public", CS_VIEW_OF(out.device.public));
}

static bool
check_revocation(const json_t *c)
{
	struct cs_revocation out;
	struct cs_identity signer, ended;
	enum cs_revocation_by by;
	enum cs_err err = cs_revocation_verify(
	    &out, &signer, &by, hex(c, "revocation"), hex(c, "root"));

	if (err)
		return ends(c, err);
	return ends(c, CS_OK) && by == CS_REVOCATION_BY_DEVICE &&
	    cs_identity_peek(&ended, hex(c, "credential")) == CS_OK &&
	    cs_revocation_ends(&out, &ended) &&
	    !cs_revocation_ends(&out, &signer);
}

static bool
check_stamp_key_cert(const json_t *c)
{
	struct cs_stamp_key_cert out;
	enum cs_err err = cs_stamp_key_cert_verify(
	    &out, hex(c, "cert"), hex(c, "key"), integer(c, "now_s"));

	return ends(c, err) &&
	    (err || same(c, "public", CS_VIEW_OF(out.public)));
}

static bool
check_role_key_cert(const json_t *c)
{
	struct cs_role_key_cert out;
	enum cs_err err =
	    cs_role_key_cert_verify(&out, hex(c, "cert"), hex(c, "key"),
		(enum cs_role)integer(c, "role"), integer(c, "now_s"));

	return ends(c, err) &&
	    (err || same(c, "public", CS_VIEW_OF(out.public)));
}

static bool
check_safe_aad(const json_t *c)
{
	struct cs_safe_aad out;
	enum cs_err err = cs_safe_aad_parse(&out, hex(c, "authenticated_data"));

	if (err)
		return ends(c, err);
	return ends(c, CS_OK) && same(c, "tag", CS_VIEW_OF(out.tag)) &&
	    out.sender_seq == integer(c, "sender_seq") &&
	    out.claimed_ms == integer(c, "claimed_ms") &&
	    same(c, "sig", CS_VIEW_OF(out.sig));
}

static bool
check_csm1(const json_t *c)
{
	struct cs_mimi_external part = { 0 };
	struct cs_media_opener *o = NULL;
	struct cs_buf out = { 0 };
	const char *type = json_string_value(json_object_get(c, "media_type"));
	enum cs_err err;
	bool ok;

	COPY(part.key, c, "key");
	COPY(part.content_hash, c, "content_hash");
	COPY(part.plain_sha256, c, "plain_sha256");
	part.size = integer(c, "size");
	part.plain_size = integer(c, "plain_size");
	part.content_type = cs_view_str(type != NULL ? type : "");
	if ((err = cs_media_opener_new(&o, &part)) == CS_OK &&
	    (err = cs_media_opener_add(o, &out, hex(c, "file"))) == CS_OK)
		err = cs_media_opener_end(o, &out);
	ok = ends(c, err) && (err || same(c, "plain", cs_buf_view(&out)));
	cs_media_opener_free(o);
	cs_buf_free(&out);
	return ok;
}

static bool
check_csev(const json_t *c)
{
	struct cs_evidence *e = NULL;
	uint8_t root[32];
	enum cs_err err;
	bool ok;

	COPY(root, c, "root");
	err = cs_evidence_check(&e, hex(c, "bundle"), root);
	ok = ends(c, err) &&
	    (err ||
		e->all_proved ==
		    json_is_true(json_object_get(c, "all_proved")));
	cs_evidence_free(e);
	return ok;
}

static bool
check_csev_sealed(const json_t *c)
{
	struct cs_hpke_key key;
	struct cs_buf out = { 0 };
	uint8_t private[32];
	enum cs_err err;
	bool ok;

	COPY(private, c, "private");
	if ((err = cs_hpke_key_from_private(
		 &key, CS_DHKEM_X25519, CS_VIEW_OF(private))) == CS_OK)
		err = cs_evidence_open(&out, hex(c, "sealed"), &key);
	ok = ends(c, err) && (err || same(c, "bundle", cs_buf_view(&out)));
	cs_buf_free(&out);
	return ok;
}

static const struct {
	const char *kind;
	bool (*check)(const json_t *c);
} kinds[] = {
	{ "group_ref", check_group_ref },
	{ "tag", check_tag },
	{ "sender", check_sender },
	{ "stamp", check_stamp },
	{ "device_cert", check_device_cert },
	{ "credential", check_credential },
	{ "revocation", check_revocation },
	{ "stamp_key_cert", check_stamp_key_cert },
	{ "role_key_cert", check_role_key_cert },
	{ "safe_aad", check_safe_aad },
	{ "csm1", check_csm1 },
	{ "csev", check_csev },
	{ "csev_sealed", check_csev_sealed },
};

bool
vectors_check(const json_t *c)
{
	const char *kind = json_string_value(json_object_get(c, "kind"));
	bool ok = false;

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (kind != NULL && strcmp(kinds[i].kind, kind) == 0)
			ok = kinds[i].check(c);
	while (n_slots > 0)
		cs_buf_free(&slots[--n_slots]);
	return ok;
}
