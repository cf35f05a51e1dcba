/* SPDX-License-Identifier: MIT */
#include "franking/stamp.h"

#include <stddef.h>
#include <string.h>

#include "base/reader.h"
#include "base/writer.h"
#include "crypto/hash.h"
#include "tlog/tree.h"

#define ALONE 1 /* versions */
#define IN_BATCH 2

/* Labels count with their terminating zero. */
static const char stamp_label[] = "countersign/stamp/v1";
static const char batch_label[] = "countersign/stamps/v1";
static const char group_label[] = "countersign/group/v1";

enum cs_err
cs_group_ref(uint8_t out[static 32], struct cs_view group_id)
{
	struct cs_view parts[2] = {
		cs_view(group_label, sizeof group_label),
		group_id,
	};

	return cs_hash_parts(out, CS_SHA256, parts, 2);
}

void
cs_group_ref_text(
    char out[static CS_GROUP_REF_TEXT_SIZE], const uint8_t group_ref[static 32])
{
	cs_id_text(out, group_ref);
}

enum cs_err
cs_operator_id(uint8_t out[static 8], const uint8_t root_public[static 32])
{
	uint8_t hash[CS_SHA256_LEN];
	enum cs_err err = cs_sha256(hash, cs_view(root_public, 32));

	memcpy(out, hash, 8);
	return err;
}

/*
 * The fields in order.  A stamp has three forms: what is signed; what the chain
 * hashes, which lacks chain_prev; and what goes over the wire, from which a
 * recipient rebuilds the others.
 */
enum form { SIGNED = 1 << 0, HASHED = 1 << 1, WIRE = 1 << 2 };
enum type { U8, U64, BYTES };
#define FIELD(type, name, forms)                                               \
	{                                                                      \
		type, offsetof(struct cs_stamp, name),                         \
		    sizeof((struct cs_stamp){ 0 }).name, forms                 \
	}
static const struct {
	enum type type;
	size_t at, size;
	unsigned forms;
} fields[] = {
	FIELD(U8, flags, SIGNED | HASHED | WIRE),
	FIELD(BYTES, operator_id, SIGNED | HASHED),
	FIELD(BYTES, key_id, SIGNED | HASHED | WIRE),
	FIELD(U64, accepted_ms, SIGNED | HASHED | WIRE),
	FIELD(BYTES, group_ref, SIGNED | HASHED),
	FIELD(U64, epoch, SIGNED | HASHED),
	FIELD(U64, group_seq, SIGNED | HASHED | WIRE),
	FIELD(BYTES, account, SIGNED | HASHED),
	FIELD(BYTES, device, SIGNED | HASHED),
	FIELD(BYTES, tag, SIGNED | HASHED),
	FIELD(BYTES, msg_hash, SIGNED | HASHED),
	FIELD(BYTES, chain_prev, SIGNED | WIRE),
	FIELD(BYTES, sig, WIRE),
};
#define N_FIELDS (sizeof fields / sizeof fields[0])

static void
write_form(struct cs_writer *w, const struct cs_stamp *s, enum form form)
{
	cs_write_u8(w, s->batch.n != 0 ? IN_BATCH : ALONE);
	for (size_t i = 0; i < N_FIELDS; i++) {
		const uint8_t *at = (const uint8_t *)s + fields[i].at;
		uint64_t x;

		if ((fields[i].forms & form) == 0)
			continue;
		switch (fields[i].type) {
		case U8:
			cs_write_u8(w, *at);
			break;
		case U64:
			memcpy(&x, at, sizeof x);
			cs_write_u64(w, x);
			break;
		case BYTES:
			cs_write_bytes(w, cs_view(at, fields[i].size));
			break;
		}
	}
}

static void
read_form(struct cs_reader *r, struct cs_stamp *s, enum form form)
{
	uint8_t version = cs_read_u8(r);

	if (version != ALONE && version != IN_BATCH)
		cs_reader_fail(r, CS_ERR_VERSION);
	/* How many there are follows. */
	s->batch.n = version == IN_BATCH;
	for (size_t i = 0; i < N_FIELDS; i++) {
		uint8_t *at = (uint8_t *)s + fields[i].at;
		uint64_t x;

		if ((fields[i].forms & form) == 0)
			continue;
		switch (fields[i].type) {
		case U8:
			*at = cs_read_u8(r);
			break;
		case U64:
			x = cs_read_u64(r);
			memcpy(at, &x, sizeof x);
			break;
		case BYTES:
			cs_read_copy(r, at, fields[i].size);
			break;
		}
	}
}

/* What is signed or hashed, behind the label. */
static enum cs_err
write_tbs(struct cs_buf *out, const struct cs_stamp *s, enum form form)
{
	struct cs_writer w = cs_writer(out);

	cs_write_bytes(&w, cs_view(stamp_label, sizeof stamp_label));
	write_form(&w, s, form);
	return cs_writer_end(&w);
}

/* ---- batches ------------------------------------------------------------ */

/* The hash of a leaf of the batch's tree (RFC 6962, section 2.1). */
static enum cs_err
hash_signed(struct cs_tlog_hash *out, const struct cs_stamp *s)
{
	struct cs_buf tbs = { 0 };
	enum cs_err err = write_tbs(&tbs, s, SIGNED);

	if (err == CS_OK)
		err = cs_tlog_leaf_hash(out, cs_buf_view(&tbs));
	cs_buf_free(&tbs);
	return err;
}

/* How many hashes lead from leaf ${at} of ${n} to the root. */
static size_t
path_length(size_t at, size_t n)
{
	size_t length = 0;

	for (size_t last = n - 1; last != 0; at >>= 1, last >>= 1)
		length += (at & 1) != 0 || at != last;
	return length;
}

/* StampsTBS: what is signed of a batch whose root is ${root}. */
static enum cs_err
write_batch(struct cs_buf *out, const struct cs_stamp *s,
    const struct cs_tlog_hash *root)
{
	struct cs_writer w = cs_writer(out);

	cs_write_bytes(&w, cs_view(batch_label, sizeof batch_label));
	cs_write_bytes(&w, CS_VIEW_OF(s->operator_id));
	cs_write_bytes(&w, CS_VIEW_OF(s->key_id));
	cs_write_u64(&w, s->batch.entry);
	cs_write_u32(&w, s->batch.number);
	cs_write_u8(&w, s->batch.n);
	cs_write_bytes(&w, CS_VIEW_OF(root->bytes));
	return cs_writer_end(&w);
}

/* The root of the batch, out of one of its stamps. */
static enum cs_err
root_of(struct cs_tlog_hash *out, const struct cs_stamp *s)
{
	size_t at = s->batch.at, i = 0;
	enum cs_err err = hash_signed(out, s);

	if (s->batch.n > CS_STAMPS_MAX || at >= s->batch.n)
		return CS_ERR_FORMAT;
	for (size_t last = s->batch.n - 1u; err == CS_OK && last != 0;
	     at >>= 1, last >>= 1) {
		struct cs_tlog_hash beside;

		/* A node at the right edge that has none beside it goes up as
		 * it is. */
		if ((at & 1) == 0 && at == last)
			continue;
		memcpy(beside.bytes, s->batch.path[i++], sizeof beside.bytes);
		err = (at & 1) != 0 ? cs_tlog_node_hash(out, &beside, out)
				    : cs_tlog_node_hash(out, out, &beside);
	}
	return err;
}

/* Level by level: what is beside each, and the level above. */
static enum cs_err
climb(struct cs_stamp *v, size_t n, struct cs_tlog_hash *hashes)
{
	size_t used[CS_STAMPS_MAX] = { 0 };
	enum cs_err err = CS_OK;

	for (size_t level = 0, m = n; m > 1; level++, m = (m + 1) / 2) {
		for (size_t i = 0; i < n; i++) {
			size_t beside = (i >> level) ^ 1;

			if (beside < m)
				memcpy(v[i].batch.path[used[i]++],
				    hashes[beside].bytes, CS_HASH_LEN);
		}
		for (size_t i = 0; i < m / 2; i++)
			if ((err = cs_tlog_node_hash(&hashes[i], &hashes[2 * i],
				 &hashes[2 * i + 1])))
				return err;
		if (m % 2 != 0)
			hashes[m / 2] = hashes[m - 1];
	}
	return err;
}

enum cs_err
cs_stamps_place(struct cs_stamp *v, size_t n, uint8_t leaf[static CS_HASH_LEN])
{
	struct cs_tlog_hash hashes[CS_STAMPS_MAX], out;
	struct cs_buf tbs = { 0 };
	enum cs_err err;

	if (n == 0 || n > CS_STAMPS_MAX)
		return CS_ERR_MISUSE;
	for (size_t i = 0; i < n; i++) {
		v[i].batch.n = (uint8_t)n;
		v[i].batch.at = (uint8_t)i;
		if ((err = hash_signed(&hashes[i], &v[i])))
			return err;
	}
	if ((err = climb(v, n, hashes)))
		return err;
	if ((err = write_batch(&tbs, &v[0], &hashes[0])) == CS_OK)
		err = cs_tlog_leaf_hash(&out, cs_buf_view(&tbs));
	cs_buf_free(&tbs);
	memcpy(leaf, out.bytes, CS_HASH_LEN);
	return err;
}

enum cs_err
cs_stamp_batch_leaf(uint8_t leaf[static CS_HASH_LEN], const struct cs_stamp *s)
{
	struct cs_tlog_hash root, out;
	struct cs_buf tbs = { 0 };
	enum cs_err err;

	if (s->batch.n == 0)
		return CS_ERR_NOT_FOUND;
	if ((err = root_of(&root, s)))
		return err;
	if ((err = write_batch(&tbs, s, &root)) == CS_OK)
		err = cs_tlog_leaf_hash(&out, cs_buf_view(&tbs));
	cs_buf_free(&tbs);
	if (err == CS_OK)
		memcpy(leaf, out.bytes, CS_HASH_LEN);
	return err;
}

/* ---- signatures --------------------------------------------------------- */

static enum cs_err
fill_ids(struct cs_stamp *s, const uint8_t root_public[static 32],
    const struct cs_sign_key *key)
{
	uint8_t hash[CS_SHA256_LEN];
	enum cs_err err;

	if ((err = cs_operator_id(s->operator_id, root_public)) ||
	    (err = cs_sha256(hash, CS_VIEW_OF(key->public))))
		return err;
	memcpy(s->key_id, hash, sizeof s->key_id);
	return CS_OK;
}

enum cs_err
cs_stamp_sign(struct cs_stamp *s, const uint8_t root_public[static 32],
    const struct cs_sign_key *key)
{
	struct cs_buf tbs = { 0 };
	enum cs_err err;

	s->batch = (struct cs_stamp_batch){ 0 };
	if ((err = fill_ids(s, root_public, key)))
		return err;
	if ((err = write_tbs(&tbs, s, SIGNED)) == CS_OK)
		err = cs_sign(s->sig, key, cs_buf_view(&tbs));
	cs_buf_free(&tbs);
	return err;
}

enum cs_err
cs_stamps_sign(struct cs_stamp *v, size_t n,
    const uint8_t root_public[static 32], const struct cs_sign_key *key)
{
	uint8_t leaf[CS_HASH_LEN];
	struct cs_tlog_hash root;
	struct cs_buf tbs = { 0 };
	enum cs_err err = CS_OK;

	for (size_t i = 0; err == CS_OK && i < n; i++) {
		err = fill_ids(&v[i], root_public, key);
		v[i].batch.entry = v[0].batch.entry;
		v[i].batch.number = v[0].batch.number;
	}
	if (err || (err = cs_stamps_place(v, n, leaf)) ||
	    (err = root_of(&root, &v[0])))
		return err;
	if ((err = write_batch(&tbs, &v[0], &root)) == CS_OK)
		err = cs_sign(v[0].sig, key, cs_buf_view(&tbs));
	cs_buf_free(&tbs);
	for (size_t i = 1; err == CS_OK && i < n; i++)
		memcpy(v[i].sig, v[0].sig, sizeof v[i].sig);
	return err;
}

/* What the signature of ${s} is over. */
static enum cs_err
write_what_is_signed(struct cs_buf *out, const struct cs_stamp *s)
{
	struct cs_tlog_hash root;
	enum cs_err err;

	if (s->batch.n == 0)
		return write_tbs(out, s, SIGNED);
	err = root_of(&root, s);
	return err ? err : write_batch(out, s, &root);
}

enum cs_err
cs_stamp_verify(const struct cs_stamp *s, const struct cs_stamp_key_cert *key,
    const uint8_t root_public[static 32])
{
	uint8_t operator_id[8];
	struct cs_buf tbs = { 0 };
	enum cs_err err;

	if ((err = cs_operator_id(operator_id, root_public)))
		return err;
	if (memcmp(operator_id, s->operator_id, sizeof operator_id) != 0 ||
	    memcmp(key->key_id, s->key_id, sizeof s->key_id) != 0)
		return CS_ERR_STAMP;
	if ((err = write_what_is_signed(&tbs, s)) == CS_OK)
		err = cs_sign_verify_again(CS_VIEW_OF(key->public),
		    cs_buf_view(&tbs), CS_VIEW_OF(s->sig));
	cs_buf_free(&tbs);
	if (cs_err_class(err) == CS_ERR_CLASS_THEIRS)
		return CS_ERR_STAMP;
	if (err)
		return err;
	/* FRANKING: the key has to be good when the hub says it accepted. */
	if (s->accepted_ms / 1000 < key->not_before ||
	    s->accepted_ms / 1000 > key->not_after)
		return CS_ERR_EXPIRED;
	return CS_OK;
}

/* ---- what it promises --------------------------------------------------- */

enum cs_err
cs_stamp_promise(struct cs_stamp_promise *out, const struct cs_stamp *s)
{
	struct cs_tlog_hash root;
	enum cs_err err;

	if (s->batch.n == 0)
		return CS_ERR_NOT_FOUND;
	if ((err = root_of(&root, s)))
		return err;
	memcpy(out->key_id, s->key_id, sizeof out->key_id);
	out->entry = s->batch.entry;
	out->number = s->batch.number;
	out->n = s->batch.n;
	memcpy(out->root, root.bytes, sizeof out->root);
	memcpy(out->sig, s->sig, sizeof out->sig);
	return CS_OK;
}

static enum cs_err
write_promised(struct cs_buf *out, const struct cs_stamp_promise *p,
    const uint8_t root_public[static 32])
{
	struct cs_stamp s = { .batch = {
				  .entry = p->entry,
				  .number = p->number,
				  .n = p->n,
			      } };
	struct cs_tlog_hash root;
	enum cs_err err = cs_operator_id(s.operator_id, root_public);

	memcpy(s.key_id, p->key_id, sizeof s.key_id);
	memcpy(root.bytes, p->root, sizeof root.bytes);
	return err ? err : write_batch(out, &s, &root);
}

enum cs_err
cs_stamp_promise_leaf(uint8_t leaf[static CS_HASH_LEN],
    const struct cs_stamp_promise *p, const uint8_t root_public[static 32])
{
	struct cs_tlog_hash out;
	struct cs_buf tbs = { 0 };
	enum cs_err err = write_promised(&tbs, p, root_public);

	if (err == CS_OK)
		err = cs_tlog_leaf_hash(&out, cs_buf_view(&tbs));
	cs_buf_free(&tbs);
	if (err == CS_OK)
		memcpy(leaf, out.bytes, CS_HASH_LEN);
	return err;
}

enum cs_err
cs_stamp_promise_verify(const struct cs_stamp_promise *p,
    const struct cs_stamp_key_cert *key, const uint8_t root_public[static 32])
{
	struct cs_buf tbs = { 0 };
	enum cs_err err;

	if (!cs_view_equal(CS_VIEW_OF(key->key_id), CS_VIEW_OF(p->key_id)))
		return CS_ERR_STAMP;
	if ((err = write_promised(&tbs, p, root_public)) == CS_OK)
		err = cs_sign_verify(CS_VIEW_OF(key->public), cs_buf_view(&tbs),
		    CS_VIEW_OF(p->sig));
	cs_buf_free(&tbs);
	return cs_err_class(err) == CS_ERR_CLASS_THEIRS ? CS_ERR_STAMP : err;
}

enum cs_err
cs_stamp_promise_write(struct cs_buf *out, const struct cs_stamp_promise *p)
{
	struct cs_writer w = cs_writer(out);

	cs_write_bytes(&w, CS_VIEW_OF(p->key_id));
	cs_write_u64(&w, p->entry);
	cs_write_u32(&w, p->number);
	cs_write_u8(&w, p->n);
	cs_write_bytes(&w, CS_VIEW_OF(p->root));
	cs_write_bytes(&w, CS_VIEW_OF(p->sig));
	return cs_writer_end(&w);
}

enum cs_err
cs_stamp_promise_parse(struct cs_stamp_promise *out, struct cs_view in)
{
	struct cs_reader r = cs_reader(in);

	cs_read_copy(&r, out->key_id, sizeof out->key_id);
	out->entry = cs_read_u64(&r);
	out->number = cs_read_u32(&r);
	out->n = cs_read_u8(&r);
	cs_read_copy(&r, out->root, sizeof out->root);
	cs_read_copy(&r, out->sig, sizeof out->sig);
	if (out->n == 0 || out->n > CS_STAMPS_MAX)
		cs_reader_fail(&r, CS_ERR_FORMAT);
	return cs_reader_end(&r);
}

/* ---- as bytes ----------------------------------------------------------- */

void
cs_stamp_place_write(struct cs_writer *w, const struct cs_stamp_batch *b)
{
	cs_write_u64(w, b->entry);
	cs_write_u32(w, b->number);
	cs_write_u8(w, b->n);
	cs_write_u8(w, b->at);
	for (size_t i = 0; i < path_length(b->at, b->n); i++)
		cs_write_bytes(w, CS_VIEW_OF(b->path[i]));
}

void
cs_stamp_place_read(struct cs_reader *r, struct cs_stamp_batch *b)
{
	b->entry = cs_read_u64(r);
	b->number = cs_read_u32(r);
	b->n = cs_read_u8(r);
	b->at = cs_read_u8(r);
	if (b->n > CS_STAMPS_MAX || b->at >= b->n)
		cs_reader_fail(r, CS_ERR_FORMAT);
	for (size_t i = 0; r->err == CS_OK && i < path_length(b->at, b->n); i++)
		cs_read_copy(r, b->path[i], CS_HASH_LEN);
}

enum cs_err
cs_stamp_write(struct cs_buf *out, const struct cs_stamp *s)
{
	struct cs_writer w = cs_writer(out);

	if (s->batch.n > CS_STAMPS_MAX ||
	    (s->batch.n != 0 && s->batch.at >= s->batch.n))
		return CS_ERR_MISUSE;
	write_form(&w, s, WIRE);
	if (s->batch.n != 0)
		cs_stamp_place_write(&w, &s->batch);
	return cs_writer_end(&w);
}

enum cs_err
cs_stamp_parse(struct cs_stamp *out, struct cs_view in)
{
	struct cs_reader r = cs_reader(in);

	memset(out, 0, sizeof *out);
	read_form(&r, out, WIRE);
	if (out->batch.n != 0)
		cs_stamp_place_read(&r, &out->batch);
	if ((out->flags & ~CS_STAMP_FLAGS) != 0)
		cs_reader_fail(&r, CS_ERR_FORMAT);
	return cs_reader_end(&r);
}

enum cs_err
cs_stamp_leafhash(uint8_t out[static 32], const struct cs_stamp *s)
{
	static const uint8_t leaf = 0x00;
	struct cs_buf tbs = { 0 };
	struct cs_view parts[2];
	enum cs_err err;

	if ((err = write_tbs(&tbs, s, HASHED)) == CS_OK) {
		parts[0] = cs_view(&leaf, 1);
		parts[1] = cs_buf_view(&tbs);
		err = cs_hash_parts(out, CS_SHA256, parts, 2);
	}
	cs_buf_free(&tbs);
	return err;
}

enum cs_err
cs_chain_next(uint8_t chain[static 32], const uint8_t leafhash[static 32])
{
	static const uint8_t node = 0x01;
	struct cs_view parts[3] = {
		cs_view(&node, 1),
		cs_view(chain, 32),
		cs_view(leafhash, 32),
	};

	return cs_hash_parts(chain, CS_SHA256, parts, 3);
}

enum cs_err
cs_stamp_chain(uint8_t chain[static 32], const struct cs_stamp *s)
{
	uint8_t leafhash[32];
	enum cs_err err = cs_stamp_leafhash(leafhash, s);

	return err ? err : cs_chain_next(chain, leafhash);
}
