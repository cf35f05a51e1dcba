/* SPDX-License-Identifier: MIT */
#include "content/custody.h"

#include <string.h>

#include "base/alloc.h"
#include "base/reader.h"
#include "base/text.h"
#include "base/units.h"
#include "base/writer.h"
#include "franking/cert.h"

static const char magic[] = "CSCUST01";
#define MAGIC_LEN (sizeof magic - 1)
static const char label[] = "countersign/custody/v1"; /* with its zero */
#define LABEL cs_view(label, sizeof label)

enum cs_err
cs_custody_begin(uint8_t hash[static CS_SHA256_LEN],
    const uint8_t report[static 16], const uint8_t bundle_sha256[static 32])
{
	const struct cs_view parts[] = { LABEL, cs_view(report, 16),
		cs_view(bundle_sha256, 32) };

	return cs_hash_parts(hash, CS_SHA256, parts, 3);
}

/* From h_{n-1} to h_n. */
static enum cs_err
next(uint8_t hash[static CS_SHA256_LEN], struct cs_view entry)
{
	const struct cs_view parts[] = { cs_view(hash, CS_SHA256_LEN), entry };

	return cs_hash_parts(hash, CS_SHA256, parts, 2);
}

enum cs_err
cs_custody_entry_write(struct cs_buf *out, uint8_t hash[static CS_SHA256_LEN],
    struct cs_custody_entry *e)
{
	size_t from = out->len;
	struct cs_writer w = cs_writer(out);
	enum cs_err err;

	if (e->actor.len > CS_CUSTODY_TEXT_MAX ||
	    e->what.len > CS_CUSTODY_TEXT_MAX)
		return CS_ERR_LIMIT;
	cs_write_u64(&w, e->at_ms);
	cs_write_vec(&w, e->actor);
	cs_write_vec(&w, e->what);
	if ((err = cs_writer_end(&w)) == CS_OK &&
	    (err = next(hash, cs_view(out->data + from, out->len - from))) ==
		CS_OK)
		memcpy(e->hash, hash, CS_SHA256_LEN);
	return err;
}

static enum cs_err
to_be_signed(
    struct cs_buf *out, uint64_t n, const uint8_t hash[static CS_SHA256_LEN])
{
	struct cs_writer w = cs_writer(out);

	cs_write_bytes(&w, LABEL);
	cs_write_u64(&w, n);
	cs_write_bytes(&w, cs_view(hash, CS_SHA256_LEN));
	return cs_writer_end(&w);
}

enum cs_err
cs_custody_write(struct cs_buf *out, const struct cs_custody_input *in,
    const struct cs_sign_key *key)
{
	uint8_t signature[CS_SIGNATURE_LEN];
	struct cs_buf tbs = { 0 };
	struct cs_writer w = cs_writer(out);
	enum cs_err err;

	if ((err = to_be_signed(&tbs, in->n, in->head)) == CS_OK &&
	    (err = cs_sign(signature, key, cs_buf_view(&tbs))) == CS_OK) {
		cs_write_bytes(&w, cs_view(magic, MAGIC_LEN));
		cs_write_bytes(&w, cs_view(in->report, CS_ID_LEN));
		cs_write_bytes(&w, cs_view(in->bundle_sha256, CS_HASH_LEN));
		cs_write_vec(&w, in->desk_cert);
		cs_write_bytes(&w, CS_VIEW_OF(signature));
		cs_write_vec(&w, in->entries);
		err = cs_writer_end(&w);
	}
	cs_buf_free(&tbs);
	return err;
}

/* ---- reading ------------------------------------------------------------ */

bool
cs_custody_is(struct cs_view file)
{
	return file.len >= MAGIC_LEN &&
	    memcmp(file.data, magic, MAGIC_LEN) == 0;
}

static bool
plain_text(struct cs_view v)
{
	return v.len <= CS_CUSTODY_TEXT_MAX && cs_utf8_valid(v);
}

/* One entry; its bytes are what the reader moves over. */
static void
read_entry(struct cs_custody_entry *e, struct cs_reader *r,
    uint8_t hash[static CS_SHA256_LEN])
{
	const uint8_t *from = r->data;
	enum cs_err err;

	e->at_ms = cs_read_u64(r);
	e->actor = cs_read_vec_max(r, CS_CUSTODY_TEXT_MAX);
	e->what = cs_read_vec_max(r, CS_CUSTODY_TEXT_MAX);
	if (r->err == CS_OK && (!plain_text(e->actor) || !plain_text(e->what)))
		cs_reader_fail(r, CS_ERR_FORMAT);
	if (r->err == CS_OK &&
	    (err = next(hash, cs_view(from, (size_t)(r->data - from)))))
		cs_reader_fail(r, err);
	memcpy(e->hash, hash, CS_SHA256_LEN);
}

static enum cs_err
read_entries(struct cs_custody *c, struct cs_view entries)
{
	struct cs_custody_entry skipped;
	struct cs_reader r = cs_reader(entries);
	enum cs_err err;

	if ((err = cs_custody_begin(c->head, c->report, c->bundle_sha256)))
		return err;
	while (cs_reader_more(&r)) {
		if (++c->n > CS_CUSTODY_ENTRIES_MAX)
			return CS_ERR_LIMIT;
		read_entry(&skipped, &r, c->head);
	}
	if ((err = cs_reader_end(&r)))
		return err;
	c->entries = cs_calloc(c->n != 0 ? c->n : 1, sizeof *c->entries);
	if (c->entries == NULL)
		return CS_ERR_NOMEM;
	/* Again, now that there is room for them. */
	if ((err = cs_custody_begin(c->head, c->report, c->bundle_sha256)))
		return err;
	r = cs_reader(entries);
	for (size_t i = 0; i < c->n; i++)
		read_entry(&c->entries[i], &r, c->head);
	return cs_reader_end(&r);
}

static enum cs_err
check(struct cs_custody *c, struct cs_view cert, struct cs_view signature,
    const uint8_t root_public[static 32])
{
	uint64_t last_ms = c->n != 0 ? c->entries[c->n - 1].at_ms : 0;
	struct cs_role_key_cert role = { 0 };
	struct cs_buf tbs = { 0 };
	enum cs_err err;

	c->cert_err = cs_role_key_cert_verify(&role, cert,
	    cs_view(root_public, 32), CS_ROLE_DESK_SIGNING, last_ms / 1000);
	if ((err = to_be_signed(&tbs, c->n, c->head)) == CS_OK)
		c->signature_err = c->cert_err != CS_OK
		    ? CS_ERR_CERT
		    : cs_sign_verify(CS_VIEW_OF(role.public), cs_buf_view(&tbs),
			  signature);
	cs_buf_free(&tbs);
	return err;
}

enum cs_err
cs_custody_check(struct cs_custody **out, struct cs_view record,
    const uint8_t root_public[static 32])
{
	struct cs_custody *c = cs_calloc(1, sizeof *c);
	struct cs_view cert, signature, entries;
	struct cs_reader r = cs_reader(record);
	enum cs_err err;

	*out = NULL;
	if (c == NULL)
		return CS_ERR_NOMEM;
	if (!cs_custody_is(record) || record.len > CS_CUSTODY_MAX)
		cs_reader_fail(&r, CS_ERR_FORMAT);
	cs_read_bytes(&r, MAGIC_LEN);
	cs_read_copy(&r, c->report, sizeof c->report);
	cs_read_copy(&r, c->bundle_sha256, sizeof c->bundle_sha256);
	cert = cs_read_vec_max(&r, 512);
	signature = cs_read_bytes(&r, CS_SIGNATURE_LEN);
	entries = cs_read_vec(&r);
	if ((err = cs_reader_end(&r)) == CS_OK &&
	    (err = read_entries(c, entries)) == CS_OK)
		err = check(c, cert, signature, root_public);
	if (err)
		cs_custody_free(c);
	else
		*out = c;
	return err;
}

void
cs_custody_free(struct cs_custody *c)
{
	if (c == NULL)
		return;
	cs_free(c->entries, (c->n != 0 ? c->n : 1) * sizeof *c->entries);
	cs_free(c, sizeof *c);
}
