/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/text.h"
#include "base/writer.h"
#include "content/cbor.h"
#include "content/evidence_seal.h"
#include "content/evidence_write.h"
#include "content/media.h"
#include "franking/operator_pin.h"
#include "franking/recovery.h"
#include "franking/revocation.h"
#include "kat/franking_vectors.h"
#include "unit/content/evidence_lies.h"

static const uint8_t photo[] = { 0xff, 0xd8, 0xff, 0xe0, 0, 16, 'J', 'F', 'I',
	'F', 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 };
static const int three[] = { 5, 1, 4, -1 };

/* ---- building cases ----------------------------------------------------- */

static json_t *
add(json_t *cases, const char *kind, const char *comment, enum cs_err want)
{
	json_t *c = json_object();

	json_object_set_new(c, "kind", json_string(kind));
	json_object_set_new(c, "comment", json_string(comment));
	json_object_set_new(c, "want", json_string(cs_err_name(want)));
	json_array_append_new(cases, c);
	return c;
}

static void
set_hex(json_t *c, const char *key, struct cs_view v)
{
	char *text = calloc(v.len + 1, 2);

	assert_non_null(text);
	cs_hex(text, v);
	json_object_set_new(c, key, json_string(text));
	free(text);
}

static void
set_int(json_t *c, const char *key, uint64_t x)
{
	json_object_set_new(c, key, json_integer((json_int_t)x));
}

/* A copy with another want, and one bit of ${key} turned if it is given. */
static void
twin(json_t *cases, const json_t *c, const char *comment, const char *key,
    size_t at, enum cs_err want)
{
	json_t *copy = json_deep_copy(c);
	char *text;

	json_object_set_new(copy, "comment", json_string(comment));
	json_object_set_new(copy, "want", json_string(cs_err_name(want)));
	if (key != NULL) {
		text = strdup(json_string_value(json_object_get(c, key)));
		assert_non_null(text);
		text[2 * at + 1] = text[2 * at + 1] == '0' ? '1' : '0';
		json_object_set_new(copy, key, json_string(text));
		free(text);
	}
	json_array_append_new(cases, copy);
}

/* The last ${n} bytes of ${key} cut off. */
static void
short_twin(
    json_t *cases, const json_t *c, const char *key, size_t n, enum cs_err want)
{
	json_t *copy = json_deep_copy(c);
	const char *text = json_string_value(json_object_get(c, key));

	json_object_set_new(copy, "comment", json_string("cut short"));
	json_object_set_new(copy, "want", json_string(cs_err_name(want)));
	json_object_set_new(
	    copy, key, json_stringn(text, strlen(text) - 2 * n));
	json_array_append_new(cases, copy);
}

/* ---- tag, sender, stamp ------------------------------------------------- */

static void
make_tag(json_t *cases, const struct ew_message *m)
{
	struct cs_mimi_content content;
	json_t *c;

	assert_ok(cs_mimi_parse(&content, cs_buf_view(&m->content)));
	c = add(cases, "tag", "HMAC-SHA256(salt, application_data)", CS_OK);
	set_hex(c, "salt", CS_VIEW_OF(content.salt));
	set_hex(c, "application_data", cs_buf_view(&m->content));
	set_hex(c, "tag", CS_VIEW_OF(m->capsule.stamp.tag));
	twin(cases, c, "another salt", "salt", 15, CS_ERR_TAG);
	twin(cases, c, "another content", "application_data", 20, CS_ERR_TAG);
	twin(cases, c, "another tag", "tag", 31, CS_ERR_TAG);
	short_twin(cases, c, "application_data", 1, CS_ERR_TAG);
}

static void
make_sender(json_t *cases, const struct ew *w, const struct ew_message *m)
{
	const struct cs_capsule *k = &m->capsule;
	struct cs_buf tbs = { 0 };
	struct cs_writer wr = cs_writer(&tbs);
	json_t *c = add(cases, "sender", "who sent it", CS_OK);

	cs_write_bytes(&wr, CS_VIEW_OF(k->stamp.tag));
	cs_write_bytes(&wr, CS_VIEW_OF(k->stamp.group_ref));
	cs_write_u64(&wr, k->stamp.epoch);
	cs_write_u32(&wr, k->leaf);
	cs_write_bytes(&wr, CS_VIEW_OF(k->stamp.account));
	cs_write_bytes(&wr, CS_VIEW_OF(k->stamp.device));
	cs_write_u64(&wr, k->sender_seq);
	cs_write_u64(&wr, k->claimed_ms);
	assert_ok(cs_writer_end(&wr));
	set_hex(c, "tag", CS_VIEW_OF(k->stamp.tag));
	set_hex(c, "group_ref", CS_VIEW_OF(k->stamp.group_ref));
	set_int(c, "epoch", k->stamp.epoch);
	set_int(c, "leaf", k->leaf);
	set_hex(c, "account", CS_VIEW_OF(k->stamp.account));
	set_hex(c, "device", CS_VIEW_OF(k->stamp.device));
	set_int(c, "sender_seq", k->sender_seq);
	set_int(c, "claimed_ms", k->claimed_ms);
	set_hex(c, "tbs", cs_buf_view(&tbs));
	set_hex(c, "seed", CS_VIEW_OF(w->people[0].device_key.seed));
	set_hex(c, "public", CS_VIEW_OF(w->people[0].device_key.public));
	set_hex(c, "sig", CS_VIEW_OF(k->sig));
	twin(cases, c, "another R", "sig", 0, CS_ERR_SIGNATURE);
	twin(cases, c, "another S", "sig", 32, CS_ERR_SIGNATURE);
	cs_buf_free(&tbs);
}

static void
make_stamp(json_t *cases, const struct ew *w, const struct ew_message *m)
{
	const struct cs_stamp *s = &m->capsule.stamp;
	struct cs_buf tbs = { 0 }, wire = { 0 };
	struct cs_writer wr = cs_writer(&tbs);
	uint8_t leaf[32], chain[32];
	json_t *c = add(cases, "stamp", "the hub accepted it", CS_OK);

	cs_write_bytes(&wr, cs_view("countersign/stamp/v1", 21));
	cs_write_u8(&wr, 1);
	cs_write_u8(&wr, s->flags);
	cs_write_bytes(&wr, CS_VIEW_OF(s->operator_id));
	cs_write_bytes(&wr, CS_VIEW_OF(s->key_id));
	cs_write_u64(&wr, s->accepted_ms);
	cs_write_bytes(&wr, CS_VIEW_OF(s->group_ref));
	cs_write_u64(&wr, s->epoch);
	cs_write_u64(&wr, s->group_seq);
	cs_write_bytes(&wr, CS_VIEW_OF(s->account));
	cs_write_bytes(&wr, CS_VIEW_OF(s->device));
	cs_write_bytes(&wr, CS_VIEW_OF(s->tag));
	cs_write_bytes(&wr, CS_VIEW_OF(s->msg_hash));
	cs_write_bytes(&wr, CS_VIEW_OF(s->chain_prev));
	assert_ok(cs_writer_end(&wr));
	assert_ok(cs_stamp_write(&wire, s));
	assert_ok(cs_stamp_leafhash(leaf, s));
	memcpy(chain, s->chain_prev, 32);
	assert_ok(cs_stamp_chain(chain, s));
	set_hex(c, "root", CS_VIEW_OF(w->root.public));
	set_hex(c, "stamp_key_cert", cs_buf_view(&w->stamp_cert));
	set_hex(c, "wire", cs_buf_view(&wire));
	set_hex(c, "group_ref", CS_VIEW_OF(s->group_ref));
	set_int(c, "epoch", s->epoch);
	set_hex(c, "account", CS_VIEW_OF(s->account));
	set_hex(c, "device", CS_VIEW_OF(s->device));
	set_hex(c, "tag", CS_VIEW_OF(s->tag));
	set_hex(c, "msg_hash", CS_VIEW_OF(s->msg_hash));
	set_hex(c, "tbs", cs_buf_view(&tbs));
	set_hex(c, "leafhash", CS_VIEW_OF(leaf));
	set_hex(c, "chain", CS_VIEW_OF(chain));
	twin(cases, c, "another version", "wire", 0, CS_ERR_VERSION);
	twin(cases, c, "another time", "wire", 17, CS_ERR_STAMP);
	twin(cases, c, "another number", "wire", 25, CS_ERR_STAMP);
	twin(cases, c, "another place", "wire", 57, CS_ERR_STAMP);
	twin(cases, c, "another signature", "wire", 58, CS_ERR_STAMP);
	twin(cases, c, "of another group", "group_ref", 0, CS_ERR_STAMP);
	twin(cases, c, "of another message", "msg_hash", 0, CS_ERR_STAMP);
	twin(cases, c, "of another device", "device", 0, CS_ERR_STAMP);
	twin(cases, c, "a key that the root did not certify", "stamp_key_cert",
	    60, CS_ERR_FORMAT);
	short_twin(cases, c, "wire", 1, CS_ERR_FORMAT);
	cs_buf_free(&tbs);
	cs_buf_free(&wire);
}

/* ---- certificates and what travels along -------------------------------- */

/* Alma's telephone lets in a tablet, and later somebody ends it. */
static void
make_credentials(json_t *cases, const struct ew *w)
{
	const struct ew_person *p = &w->people[0];
	struct cs_device_cert tablet = {
		.handle = cs_view_str("alma"),
		.device = { 7 },
		.not_before = EW_NOW_S - 100,
		.not_after = EW_NOW_S + 100,
	};
	struct cs_revocation end = { .device = { 7 }, .at_ms = EW_NOW_MS };
	struct cs_buf credential = { 0 }, revocation = { 0 };
	json_t *c =
	    add(cases, "credential", "a device let in by another", CS_OK);

	memcpy(tablet.account, p->account, 16);
	memcpy(tablet.public, w->people[1].device_key.public, 32);
	test_credential_next(
	    &credential, cs_buf_view(&p->credential), &tablet, &p->device_key);
	set_hex(c, "credential", cs_buf_view(&credential));
	set_hex(c, "root", CS_VIEW_OF(w->root.public));
	set_int(c, "now_s", EW_NOW_S);
	set_hex(c, "account", CS_VIEW_OF(p->account));
	set_hex(c, "handle", cs_view_str("alma"));
	set_hex(c, "account_key", CS_VIEW_OF(p->account_key.public));
	set_hex(c, "device", CS_VIEW_OF(tablet.device));
	set_hex(c, "public", CS_VIEW_OF(tablet.public));
	twin(cases, c, "another root", "root", 3, CS_ERR_CERT);
	twin(cases, c, "another signature of the telephone", "credential",
	    credential.len - 1, CS_ERR_CERT);
	short_twin(cases, c, "credential", 1, CS_ERR_FORMAT);
	c = json_deep_copy(c);
	set_int(c, "now_s", EW_NOW_S + 101);
	twin(cases, c, "after the tablet's time", NULL, 0, CS_ERR_EXPIRED);
	json_decref(c);

	memcpy(end.account, p->account, 16);
	assert_ok(cs_revocation_make(
	    &revocation, &end, cs_buf_view(&p->credential), &p->device_key));
	c = add(cases, "revocation", "the telephone ends the tablet", CS_OK);
	set_hex(c, "revocation", cs_buf_view(&revocation));
	set_hex(c, "root", CS_VIEW_OF(w->root.public));
	set_hex(c, "credential", cs_buf_view(&credential));
	twin(cases, c, "another signature", "revocation", revocation.len - 1,
	    CS_ERR_CERT);
	cs_buf_free(&credential);
	cs_buf_free(&revocation);
}

static void
make_certs(json_t *cases, const struct ew *w)
{
	const struct ew_person *p = &w->people[0];
	struct cs_buf role = { 0 };
	struct cs_device_cert cert;
	json_t *c = add(cases, "device_cert", "alma's device", CS_OK);

	assert_ok(cs_device_cert_peek(&cert, cs_buf_view(&p->cert)));
	set_hex(c, "cert", cs_buf_view(&p->cert));
	set_hex(c, "key", CS_VIEW_OF(p->account_key.public));
	set_int(c, "now_s", EW_NOW_S);
	set_hex(c, "account", CS_VIEW_OF(cert.account));
	set_hex(c, "handle", cert.handle);
	set_hex(c, "device", CS_VIEW_OF(cert.device));
	set_hex(c, "public", CS_VIEW_OF(cert.public));
	twin(cases, c, "another account", "cert", 24, CS_ERR_CERT);
	twin(cases, c, "another signature", "cert", p->cert.len - 1,
	    CS_ERR_CERT);
	short_twin(cases, c, "cert", 1, CS_ERR_FORMAT);
	c = json_deep_copy(c);
	set_int(c, "now_s", EW_NOW_S + 100001);
	twin(cases, c, "after its time", NULL, 0, CS_ERR_EXPIRED);
	set_int(c, "now_s", EW_NOW_S - 1001);
	twin(cases, c, "before its time", NULL, 0, CS_ERR_EXPIRED);
	json_decref(c);

	make_credentials(cases, w);

	c = add(cases, "stamp_key_cert", "the key that stamps", CS_OK);
	set_hex(c, "cert", cs_buf_view(&w->stamp_cert));
	set_hex(c, "key", CS_VIEW_OF(w->root.public));
	set_int(c, "now_s", EW_NOW_S);
	set_hex(c, "public", CS_VIEW_OF(w->stamp_key.public));
	twin(cases, c, "a key id of another key", "cert", 30, CS_ERR_FORMAT);
	twin(cases, c, "another signature", "cert", w->stamp_cert.len - 1,
	    CS_ERR_CERT);

	assert_ok(cs_role_key_cert_make(&role, CS_ROLE_DESK_HPKE,
	    w->stamp_key.public, EW_NOW_S - 10, EW_NOW_S + 10, &w->root));
	c = add(cases, "role_key_cert", "the desk's key", CS_OK);
	set_hex(c, "cert", cs_buf_view(&role));
	set_hex(c, "key", CS_VIEW_OF(w->root.public));
	set_int(c, "role", CS_ROLE_DESK_HPKE);
	set_int(c, "now_s", EW_NOW_S);
	set_hex(c, "public", CS_VIEW_OF(w->stamp_key.public));
	twin(cases, c, "another signature", "cert", role.len - 1, CS_ERR_CERT);
	c = json_deep_copy(c);
	set_int(c, "role", CS_ROLE_DESK_SIGNING);
	twin(cases, c, "in another role", NULL, 0, CS_ERR_MISMATCH);
	json_decref(c);
	cs_buf_free(&role);
}

static void
make_aad(json_t *cases, const struct cs_capsule *k, struct cs_buf *out)
{
	struct cs_safe_aad aad = {
		.sender_seq = k->sender_seq,
		.claimed_ms = k->claimed_ms,
	};
	json_t *c = add(cases, "safe_aad", "beside a message", CS_OK);

	memcpy(aad.tag, k->stamp.tag, 32);
	memcpy(aad.sig, k->sig, 64);
	assert_ok(cs_safe_aad_write(out, &aad));
	set_hex(c, "authenticated_data", cs_buf_view(out));
	set_hex(c, "tag", CS_VIEW_OF(aad.tag));
	set_int(c, "sender_seq", aad.sender_seq);
	set_int(c, "claimed_ms", aad.claimed_ms);
	set_hex(c, "sig", CS_VIEW_OF(aad.sig));
	short_twin(cases, c, "authenticated_data", 1, CS_ERR_FORMAT);
	twin(cases, c, "an item that is none of ours", "authenticated_data", 3,
	    CS_ERR_FORMAT);
}

/* ---- files -------------------------------------------------------------- */

static void
make_csm1(json_t *cases, const struct ew *w)
{
	const struct cs_mimi_external *part = &w->part;
	json_t *c = add(cases, "csm1", "an encrypted photo", CS_OK);

	set_hex(c, "key", CS_VIEW_OF(part->key));
	set_int(c, "size", part->size);
	set_int(c, "plain_size", part->plain_size);
	set_hex(c, "content_hash", CS_VIEW_OF(part->content_hash));
	set_hex(c, "plain_sha256", CS_VIEW_OF(part->plain_sha256));
	json_object_set_new(c, "media_type", json_string("image/jpeg"));
	set_hex(c, "file", cs_buf_view(&w->sealed));
	set_hex(c, "plain", cs_buf_view(&w->photo));
	twin(cases, c, "another key", "key", 0, CS_ERR_MAC);
	twin(cases, c, "another salt", "file", 4, CS_ERR_MAC);
	twin(cases, c, "another commitment", "file", 20, CS_ERR_MAC);
	twin(cases, c, "another chunk", "file", 60, CS_ERR_DECRYPT);
	twin(cases, c, "another format", "file", 0, CS_ERR_FORMAT);
	twin(cases, c, "another file than announced", "content_hash", 0,
	    CS_ERR_DIGEST);
	twin(cases, c, "another photo than announced", "plain_sha256", 0,
	    CS_ERR_DIGEST);
	short_twin(cases, c, "file", 1, CS_ERR_DIGEST);
	c = json_deep_copy(c);
	json_object_set_new(c, "media_type", json_string("image/png"));
	twin(cases, c, "a JPEG that is announced as a PNG", NULL, 0,
	    CS_ERR_TYPE);
	json_decref(c);
}

/* ---- bundles ------------------------------------------------------------ */

static void
add_bundle(json_t *cases, const char *comment, const struct ew *w,
    const struct cs_buf *b, bool proved)
{
	json_t *c = add(cases, "csev", comment, CS_OK);

	set_hex(c, "root", CS_VIEW_OF(w->root.public));
	set_hex(c, "bundle", cs_buf_view(b));
	json_object_set_new(c, "all_proved", json_boolean(proved));
	if (!proved)
		return;
	short_twin(cases, c, "bundle", 1, CS_ERR_FORMAT);
	twin(cases, c, "another version", "bundle", 7, CS_ERR_VERSION);
	json_object_set_new(c, "all_proved", json_false());
	twin(cases, c, "as if nobody were named", "bundle", 32, CS_OK);
	twin(cases, c, "under another operator", "root", 0, CS_OK);
	twin(cases, c, "another report id", "bundle", 8, CS_OK);
	twin(cases, c, "another note", "bundle", 40, CS_OK);
	json_object_set_new(c, "all_proved", json_true());
}

static void
make_csev(json_t *cases, struct ew *w, struct cs_buf *b)
{
	struct ew_report r;
	struct cs_buf forged = { 0 };

	ew_pick(&r, w, three);
	ew_gap(&r, w);
	assert_ok(cs_evidence_write(b, &r.in));
	add_bundle(
	    cases, "three messages of two groups, and a photo", w, b, true);
	for (int lie = NO_LIE + 1; lie < LIES; lie++) {
		struct cs_csev *c = NULL;

		assert_ok(cs_csev_parse(&c, cs_buf_view(b)));
		ew_lie(c, (enum lie)lie);
		ew_resign(&forged, w, c);
		cs_csev_free(c);
		add_bundle(cases, lie_names[lie], w, &forged, false);
	}
	cs_buf_free(&forged);
}

static void
make_sealed(json_t *cases, const struct cs_buf *b)
{
	struct cs_hpke_key desk;
	struct cs_buf sealed = { 0 };
	json_t *c = add(cases, "csev_sealed", "for the desk", CS_OK);

	assert_ok(cs_hpke_key_new(&desk, CS_DHKEM_X25519));
	assert_ok(cs_evidence_seal(
	    &sealed, cs_buf_view(b), cs_hpke_key_public(&desk)));
	set_hex(c, "private", cs_hpke_key_private(&desk));
	set_hex(c, "public", cs_hpke_key_public(&desk));
	set_hex(c, "sealed", cs_buf_view(&sealed));
	set_hex(c, "bundle", cs_buf_view(b));
	twin(cases, c, "for somebody else", "private", 5, CS_ERR_DECRYPT);
	twin(cases, c, "another ciphertext", "sealed", 100, CS_ERR_DECRYPT);
	twin(cases, c, "not sealed", "sealed", 0, CS_ERR_FORMAT);
	cs_buf_free(&sealed);
}

json_t *
vectors_make(void)
{
	json_t *cases = json_array(), *c;
	struct cs_buf b = { 0 }, aad = { 0 };
	struct ew w;

	ew_init(&w, CS_VIEW_OF(photo));
	c = add(cases, "group_ref", "of the group \"one\"", CS_OK);
	set_hex(c, "group_id", cs_view_str("one"));
	set_hex(c, "group_ref", CS_VIEW_OF(w.group_ref[0]));
	make_tag(cases, &w.messages[0]);
	make_sender(cases, &w, &w.messages[0]);
	make_stamp(cases, &w, &w.messages[0]);
	make_certs(cases, &w);
	make_aad(cases, &w.messages[0].capsule, &aad);
	make_csm1(cases, &w);
	make_csev(cases, &w, &b);
	make_sealed(cases, &b);
	cs_buf_free(&b);
	cs_buf_free(&aad);
	ew_clear(&w);
	return cases;
}

/* ---- seeds -------------------------------------------------------------- */

/* ${first} is the byte in front that picks something, or -1. */
static void
seed(const char *dir, const char *target, const char *name, int first,
    struct cs_view v)
{
	char path[1024];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", dir, target);
	mkdir(path, 0777);
	snprintf(path, sizeof path, "%s/%s/%s", dir, target, name);
	f = fopen(path, "wb");
	assert_non_null(f);
	if (first >= 0)
		fputc(first, f);
	assert_int_equal(fwrite(v.data, 1, v.len, f), v.len);
	assert_int_equal(fclose(f), 0);
}

static void
seed_cbor(const char *dir)
{
	struct cs_buf b = { 0 };
	struct cs_writer w = cs_writer(&b);

	cs_cbor_write_map(&w, 2);
	cs_cbor_write_uint(&w, 1);
	cs_cbor_write_array(&w, 4);
	cs_cbor_write_uint(&w, 70000);
	cs_cbor_write_bytes(&w, cs_view_str("bytes"));
	cs_cbor_write_tag(&w, 32);
	cs_cbor_write_text(&w, cs_view_str("gr\xc3\xbc\xc3\x9f"));
	cs_cbor_write_null(&w);
	cs_cbor_write_text(&w, cs_view_str("key"));
	cs_cbor_write_bool(&w, true);
	assert_ok(cs_writer_end(&w));
	seed(dir, "cbor", "map", 4, cs_buf_view(&b));
	cs_buf_free(&b);
}

static void
seed_media(const char *dir, const struct ew *w)
{
	static const uint8_t zero[32];
	struct cs_media_sealer *s = NULL;
	struct cs_media_digests d;
	struct cs_buf b = { 0 };

	assert_ok(cs_media_sealer_new(&s, zero));
	assert_ok(cs_media_sealer_add(s, &b, cs_buf_view(&w->photo)));
	assert_ok(cs_media_sealer_end(s, &b, &d));
	cs_media_sealer_free(s);
	seed(dir, "media", "photo", 1, cs_buf_view(&b));
	cs_buf_free(&b);
}

static void
seed_certs(const char *dir, const struct ew *w)
{
	static const struct cs_franking_operator_pin pin;
	static const struct cs_recovery recovery;
	struct cs_revocation end = { .device = { 7 },
		.at_ms = EW_NOW_MS,
		.n_kept = 1,
		.kept = { { { 8 }, { 9 } } } };
	char words[CS_RECOVERY_TEXT_SIZE];
	struct cs_buf b = { 0 };
	json_t *none = json_array();

	seed(dir, "cert", "device", 0, cs_buf_view(&w->people[0].cert));
	seed(dir, "cert", "stamp-key", 1, cs_buf_view(&w->stamp_cert));
	assert_ok(cs_role_key_cert_make(
	    &b, CS_ROLE_DESK_HPKE, w->stamp_key.public, 0, 9, &w->root));
	seed(dir, "cert", "role-key", 2, cs_buf_view(&b));
	seed(dir, "cert", "credential", 3,
	    cs_buf_view(&w->people[0].credential));
	cs_buf_reset(&b);
	assert_ok(cs_stamp_write(&b, &w->messages[0].capsule.stamp));
	seed(dir, "cert", "stamp", 4, cs_buf_view(&b));
	cs_buf_reset(&b);
	make_aad(none, &w->messages[0].capsule, &b);
	seed(dir, "cert", "safe-aad", 5, cs_buf_view(&b));
	cs_buf_reset(&b);
	assert_ok(cs_franking_operator_pin_write(&b, &pin));
	seed(dir, "cert", "operator-pin", 6, cs_buf_view(&b));
	cs_buf_reset(&b);
	memcpy(end.account, w->people[0].account, 16);
	assert_ok(cs_revocation_make(&b, &end,
	    cs_buf_view(&w->people[0].credential), &w->people[0].device_key));
	seed(dir, "cert", "revocation", 7, cs_buf_view(&b));
	assert_ok(cs_recovery_write(words, &recovery));
	seed(dir, "cert", "words", 8, cs_view_str(words));
	json_decref(none);
	cs_buf_free(&b);
}

void
vectors_write_seeds(const char *dir)
{
	static const int one[] = { 5, -1 };
	struct ew w;
	struct ew_report r;
	struct cs_buf b = { 0 };

	ew_init(&w, CS_VIEW_OF(photo));
	seed_cbor(dir);
	seed_media(dir, &w);
	seed_certs(dir, &w);
	seed(dir, "mimi", "text", -1, cs_buf_view(&w.messages[0].content));
	seed(dir, "mimi", "photo", -1, cs_buf_view(&w.messages[4].content));
	ew_pick(&r, &w, one);
	assert_ok(cs_evidence_write(&b, &r.in));
	seed(dir, "csev", "one", -1, cs_buf_view(&b));
	ew_pick(&r, &w, three);
	ew_gap(&r, &w);
	cs_buf_reset(&b);
	assert_ok(cs_evidence_write(&b, &r.in));
	seed(dir, "csev", "three", -1, cs_buf_view(&b));
	cs_buf_free(&b);
	ew_clear(&w);
}
