/* SPDX-License-Identifier: MIT */
#include "franking/csev.h"

#include <string.h>

#include "base/alloc.h"
#include "base/reader.h"
#include "base/units.h"
#include "base/writer.h"
#include "crypto/hash.h"

static const char magic[8] = "CSEV0001";
static const char report_label[] = "countersign/report/v1";

/* ---- writing ------------------------------------------------------------ */

static void
write_media(struct cs_writer *w, const struct cs_csev_media *m)
{
	cs_write_bytes(w, CS_VIEW_OF(m->file_sha256));
	cs_write_bytes(w, CS_VIEW_OF(m->plain_sha256));
	cs_write_u8(w, m->has_key);
	if (m->has_key)
		cs_write_vec(w, CS_VIEW_OF(m->key));
	cs_write_u8(w, m->has_bytes);
	if (m->has_bytes)
		cs_write_vec(w, m->bytes);
}

static void
write_item(struct cs_writer *w, const struct cs_csev_item *item)
{
	size_t media;

	cs_write_vec(w, item->application_data);
	cs_write_bytes(w, CS_VIEW_OF(item->group_ref));
	cs_write_u64(w, item->epoch);
	cs_write_u32(w, item->leaf);
	cs_write_bytes(w, CS_VIEW_OF(item->account));
	cs_write_bytes(w, CS_VIEW_OF(item->device));
	cs_write_u64(w, item->sender_seq);
	cs_write_u64(w, item->claimed_ms);
	cs_write_bytes(w, CS_VIEW_OF(item->sig));
	cs_write_vec(w, item->stamp);
	cs_write_bytes(w, CS_VIEW_OF(item->msg_hash));
	cs_write_vec(w, item->log_proof);
	media = cs_write_open(w);
	for (size_t i = 0; i < item->n_media; i++)
		write_media(w, &item->media[i]);
	cs_write_close(w, media);
}

static void
write_gap(struct cs_writer *w, const struct cs_csev_gap *gap)
{
	cs_write_bytes(w, CS_VIEW_OF(gap->group_ref));
	cs_write_u64(w, gap->first_seq);
	cs_write_vec(w, gap->leafhashes);
}

static void
write_key(struct cs_writer *w, const struct cs_csev_key *key)
{
	cs_write_u8(w, (uint8_t)key->type);
	if (key->type != CS_CSEV_ROOT)
		cs_write_vec(w, key->cert);
	else
		cs_write_bytes(w, CS_VIEW_OF(key->public));
}

enum cs_err
cs_csev_write(struct cs_buf *out, const struct cs_csev *c)
{
	struct cs_writer w = cs_writer(out);
	size_t from = out->len, vector;

	cs_write_bytes(&w, cs_view(magic, sizeof magic));
	cs_write_bytes(&w, CS_VIEW_OF(c->report_id));
	cs_write_u64(&w, c->created_ms);
	cs_write_u8(&w, (uint8_t)c->mode);
	cs_write_u16(&w, c->reason);
	cs_write_vec(&w, c->note);
	cs_write_vec(&w, c->auth);
	vector = cs_write_open(&w);
	for (size_t i = 0; i < c->n_items; i++)
		write_item(&w, &c->items[i]);
	cs_write_close(&w, vector);
	vector = cs_write_open(&w);
	for (size_t i = 0; i < c->n_gaps; i++)
		write_gap(&w, &c->gaps[i]);
	cs_write_close(&w, vector);
	vector = cs_write_open(&w);
	for (size_t i = 0; i < c->n_keys; i++)
		write_key(&w, &c->keys[i]);
	cs_write_close(&w, vector);
	if (w.err == CS_OK && out->len - from > CS_CSEV_MAX)
		cs_writer_fail(&w, CS_ERR_LIMIT);
	if (w.err != CS_OK)
		out->len = from;
	return cs_writer_end(&w);
}

/* ---- reading ------------------------------------------------------------ */

static void
read_media(struct cs_reader *r, struct cs_csev_media *m)
{
	cs_read_copy(r, m->file_sha256, sizeof m->file_sha256);
	cs_read_copy(r, m->plain_sha256, sizeof m->plain_sha256);
	m->has_key = cs_read_optional(r);
	if (m->has_key) {
		struct cs_view key = cs_read_vec(r);

		if (key.len == sizeof m->key)
			memcpy(m->key, key.data, sizeof m->key);
		else
			cs_reader_fail(r, CS_ERR_FORMAT);
	}
	m->has_bytes = cs_read_optional(r);
	if (m->has_bytes)
		m->bytes = cs_read_vec(r);
}

static void
read_item(struct cs_reader *r, struct cs_csev_item *item)
{
	struct cs_reader media;

	item->application_data = cs_read_vec_max(r, CS_CSEV_DATA_MAX);
	cs_read_copy(r, item->group_ref, sizeof item->group_ref);
	item->epoch = cs_read_u64(r);
	item->leaf = cs_read_u32(r);
	cs_read_copy(r, item->account, sizeof item->account);
	cs_read_copy(r, item->device, sizeof item->device);
	item->sender_seq = cs_read_u64(r);
	item->claimed_ms = cs_read_u64(r);
	cs_read_copy(r, item->sig, sizeof item->sig);
	item->stamp = cs_read_vec_max(r, CS_STAMP_WIRE_MAX);
	cs_read_copy(r, item->msg_hash, sizeof item->msg_hash);
	item->log_proof = cs_read_vec_max(r, CS_CSEV_LOG_PROOF_MAX);
	media = cs_read_sub(r);
	while (cs_reader_more(&media)) {
		if (item->n_media == CS_CSEV_MEDIA_MAX)
			cs_reader_fail(&media, CS_ERR_LIMIT);
		else
			read_media(&media, &item->media[item->n_media++]);
	}
	cs_read_sub_end(r, &media);
}

static void
read_items(struct cs_reader *r, struct cs_csev *out)
{
	struct cs_reader sub = cs_read_sub(r);

	while (cs_reader_more(&sub)) {
		if (out->n_items == CS_CSEV_ITEMS_MAX)
			cs_reader_fail(&sub, CS_ERR_LIMIT);
		else
			read_item(&sub, &out->items[out->n_items++]);
	}
	/* A bundle that discloses nothing would prove nothing, and "all of
	 * it" at the same time. */
	if (out->n_items == 0)
		cs_reader_fail(&sub, CS_ERR_FORMAT);
	cs_read_sub_end(r, &sub);
}

static void
read_gaps(struct cs_reader *r, struct cs_csev *out)
{
	struct cs_reader sub = cs_read_sub(r);
	size_t hashes = 0;

	while (cs_reader_more(&sub)) {
		struct cs_csev_gap *gap = &out->gaps[out->n_gaps];

		if (out->n_gaps == CS_CSEV_GAPS_MAX) {
			cs_reader_fail(&sub, CS_ERR_LIMIT);
			break;
		}
		out->n_gaps++;
		cs_read_copy(&sub, gap->group_ref, sizeof gap->group_ref);
		gap->first_seq = cs_read_u64(&sub);
		gap->leafhashes = cs_read_vec(&sub);
		if (gap->leafhashes.len == 0 || gap->leafhashes.len % 32 != 0)
			cs_reader_fail(&sub, CS_ERR_FORMAT);
		hashes += gap->leafhashes.len / 32;
		if (hashes > CS_CSEV_HASHES_MAX)
			cs_reader_fail(&sub, CS_ERR_LIMIT);
	}
	cs_read_sub_end(r, &sub);
}

static void
read_key(struct cs_reader *r, struct cs_csev_key *key)
{
	uint8_t type = cs_read_u8(r);

	if (type < CS_CSEV_CREDENTIAL || type > CS_CSEV_LOG_KEY_CERT)
		cs_reader_fail(r, CS_ERR_FORMAT);
	key->type = (enum cs_csev_key_type)type;
	if (type == CS_CSEV_ROOT)
		cs_read_copy(r, key->public, sizeof key->public);
	else
		key->cert = cs_read_vec_max(r,
		    type == CS_CSEV_CREDENTIAL ? CS_CREDENTIAL_MAX
					       : CS_CERT_MAX);
}

static void
read_keys(struct cs_reader *r, struct cs_csev *out)
{
	struct cs_reader sub = cs_read_sub(r);

	while (cs_reader_more(&sub)) {
		if (out->n_keys == CS_CSEV_KEYS_MAX)
			cs_reader_fail(&sub, CS_ERR_LIMIT);
		else
			read_key(&sub, &out->keys[out->n_keys++]);
	}
	cs_read_sub_end(r, &sub);
}

static void
read_header(struct cs_reader *r, struct cs_csev *out)
{
	struct cs_view begin = cs_read_bytes(r, sizeof magic);
	uint8_t mode;

	if (begin.len != sizeof magic || memcmp(begin.data, magic, 4) != 0)
		cs_reader_fail(r, CS_ERR_FORMAT);
	else if (memcmp(begin.data, magic, sizeof magic) != 0)
		cs_reader_fail(r, CS_ERR_VERSION);
	cs_read_copy(r, out->report_id, sizeof out->report_id);
	out->created_ms = cs_read_u64(r);
	mode = cs_read_u8(r);
	if (mode > CS_CSEV_NAMED)
		cs_reader_fail(r, CS_ERR_FORMAT);
	out->mode = (enum cs_csev_mode)mode;
	out->reason = cs_read_u16(r);
	out->note = cs_read_vec_max(r, CS_CSEV_NOTE_MAX);
}

static enum cs_err
parse(struct cs_csev *out, struct cs_view in)
{
	struct cs_reader r = cs_reader(in);

	read_header(&r, out);
	out->before_auth = cs_view(in.data, in.len - r.left);
	out->auth = cs_read_vec_max(&r, CS_CSEV_AUTH_MAX);
	out->behind_auth = cs_view(r.data, r.left);
	read_items(&r, out);
	read_gaps(&r, out);
	read_keys(&r, out);
	return cs_reader_end(&r);
}

enum cs_err
cs_csev_parse(struct cs_csev **out, struct cs_view in)
{
	struct cs_csev *c;
	enum cs_err err;

	*out = NULL;
	if (in.len > CS_CSEV_MAX)
		return CS_ERR_LIMIT;
	if ((c = cs_calloc(1, sizeof *c)) == NULL)
		return CS_ERR_NOMEM;
	if ((err = parse(c, in))) {
		cs_csev_free(c);
		return err;
	}
	*out = c;
	return CS_OK;
}

void
cs_csev_free(struct cs_csev *c)
{
	cs_free(c, sizeof *c);
}

enum cs_err
cs_csev_log_proof_write(
    struct cs_buf *out, struct cs_view turn, struct cs_view proof)
{
	struct cs_writer w = cs_writer(out);

	if (turn.len > CS_TLOG_TURN_MAX || proof.len > CS_TLOG_PROOF_FILE_MAX)
		return CS_ERR_LIMIT;
	cs_write_vec(&w, turn);
	cs_write_vec(&w, proof);
	return cs_writer_end(&w);
}

enum cs_err
cs_csev_log_proof_parse(
    struct cs_view *turn, struct cs_view *proof, struct cs_view in)
{
	struct cs_reader r = cs_reader(in);

	*turn = cs_read_vec_max(&r, CS_TLOG_TURN_MAX);
	*proof = cs_read_vec_max(&r, CS_TLOG_PROOF_FILE_MAX);
	return cs_reader_end(&r);
}

/* ---- who reports -------------------------------------------------------- */

/* What the reporter signs; its hash is over the bundle with an empty auth. */
struct report_tbs {
	uint8_t bytes[sizeof report_label + CS_SHA256_LEN];
};

static enum cs_err
make_tbs(struct report_tbs *out, const struct cs_view *parts, size_t n)
{
	memcpy(out->bytes, report_label, sizeof report_label);
	return cs_hash_parts(
	    out->bytes + sizeof report_label, CS_SHA256, parts, n);
}

enum cs_err
cs_csev_sign(struct cs_buf *auth, struct cs_view unsigned_bundle,
    struct cs_view credential, const struct cs_sign_key *device_key)
{
	struct cs_writer w = cs_writer(auth);
	uint8_t sig[CS_SIGNATURE_LEN];
	struct report_tbs tbs;
	enum cs_err err;

	if ((err = make_tbs(&tbs, &unsigned_bundle, 1)) ||
	    (err = cs_sign(sig, device_key, CS_VIEW_OF(tbs.bytes))))
		return err;
	cs_write_vec(&w, credential);
	cs_write_bytes(&w, CS_VIEW_OF(sig));
	return cs_writer_end(&w);
}

enum cs_err
cs_csev_sign_unnamed(struct cs_buf *auth, struct cs_view unsigned_bundle)
{
	struct cs_writer w = cs_writer(auth);
	uint8_t sig[CS_SIGNATURE_LEN];
	struct cs_sign_key once;
	struct report_tbs tbs;
	enum cs_err err;

	if ((err = make_tbs(&tbs, &unsigned_bundle, 1)) ||
	    (err = cs_sign_key_new(&once)) ||
	    (err = cs_sign(sig, &once, CS_VIEW_OF(tbs.bytes))))
		goto out;
	cs_write_bytes(&w, CS_VIEW_OF(once.public));
	cs_write_bytes(&w, CS_VIEW_OF(sig));
	err = cs_writer_end(&w);
out:
	cs_wipe(&once, sizeof once);
	return err;
}

enum cs_err
cs_csev_verify_auth(struct cs_identity *reporter, const struct cs_csev *c,
    struct cs_view root_public)
{
	static const uint8_t empty_vector = 0;
	struct cs_view parts[3] = { c->before_auth, cs_view(&empty_vector, 1),
		c->behind_auth };
	bool named = c->mode == CS_CSEV_NAMED;
	struct cs_reader r = cs_reader(c->auth);
	struct cs_view by = named ? cs_read_vec(&r) : cs_read_bytes(&r, 32);
	struct cs_view sig = cs_read_bytes(&r, CS_SIGNATURE_LEN);
	struct report_tbs tbs;
	enum cs_err err;

	memset(reporter, 0, sizeof *reporter);
	if ((err = cs_reader_end(&r)) ||
	    (named &&
		(err = cs_identity_verify(reporter, by, root_public,
		     c->created_ms / CS_SECOND_MS))) ||
	    (err = make_tbs(&tbs, parts, 3)))
		return err;
	return cs_sign_verify(named ? CS_VIEW_OF(reporter->device.public) : by,
	    CS_VIEW_OF(tbs.bytes), sig);
}
