/* SPDX-License-Identifier: MIT */
#include "franking/stamp.h"

#include <stddef.h>
#include <string.h>

#include "base/reader.h"
#include "base/writer.h"
#include "crypto/hash.h"

#define STAMP_VERSION 1

/* Labels count with their terminating zero. */
static const char stamp_label[] = "countersign/stamp/v1";
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
	cs_write_u8(w, STAMP_VERSION);
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
	if (cs_read_u8(r) != STAMP_VERSION)
		cs_reader_fail(r, CS_ERR_VERSION);
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

enum cs_err
cs_stamp_sign(struct cs_stamp *s, const uint8_t root_public[static 32],
    const struct cs_sign_key *key)
{
	uint8_t hash[CS_SHA256_LEN];
	struct cs_buf tbs = { 0 };
	enum cs_err err;

	if ((err = cs_operator_id(s->operator_id, root_public)) ||
	    (err = cs_sha256(hash, CS_VIEW_OF(key->public))))
		return err;
	memcpy(s->key_id, hash, sizeof s->key_id);
	if ((err = write_tbs(&tbs, s, SIGNED)) == CS_OK)
		err = cs_sign(s->sig, key, cs_buf_view(&tbs));
	cs_buf_free(&tbs);
	return err;
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
	if ((err = write_tbs(&tbs, s, SIGNED)) == CS_OK)
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

enum cs_err
cs_stamp_write(struct cs_buf *out, const struct cs_stamp *s)
{
	struct cs_writer w = cs_writer(out);

	write_form(&w, s, WIRE);
	return cs_writer_end(&w);
}

enum cs_err
cs_stamp_parse(struct cs_stamp *out, struct cs_view in)
{
	struct cs_reader r = cs_reader(in);

	memset(out, 0, sizeof *out);
	read_form(&r, out, WIRE);
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
