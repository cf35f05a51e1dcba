/* SPDX-License-Identifier: MIT */
#include "franking/tlog_entry.h"

#include <string.h>

#include "crypto/hash.h"

#define VERSION 1

static const char label[] = "countersign/log/v1";

enum cs_err
cs_tlog_commit(uint8_t out[static CS_TLOG_COMMIT_LEN], enum cs_tlog_kind kind,
    const uint8_t *salt, struct cs_view content)
{
	static const uint8_t none[CS_TLOG_SALT_LEN];
	const uint8_t byte = (uint8_t)kind;
	const struct cs_view parts[] = {
		cs_view(label, sizeof label),
		cs_view(&byte, 1),
		cs_view(salt != NULL ? salt : none, CS_TLOG_SALT_LEN),
		content,
	};

	out[0] = VERSION;
	out[1] = byte;
	return cs_hash_parts(
	    out + 2, CS_SHA256, parts, sizeof parts / sizeof *parts);
}

void
cs_tlog_name_entry(
    uint8_t out[static CS_TLOG_NAME_LEN], const struct cs_tlog_map_leaf *leaf)
{
	out[0] = VERSION;
	out[1] = CS_TLOG_NAME;
	memcpy(out + 2, leaf->label, sizeof leaf->label);
	memcpy(out + 2 + sizeof leaf->label, leaf->value, sizeof leaf->value);
}

/* ---- entries that are there whole --------------------------------------- */

static size_t
length_of(uint8_t kind)
{
	switch (kind) {
	case CS_TLOG_RESTORED:
		return CS_TLOG_RESTORED_LEN;
	case CS_TLOG_NOTICE:
		return CS_FILING_ENTRY_LEN;
	case CS_TLOG_ANSWER:
		return CS_FILING_ANSWERED_LEN;
	case CS_TLOG_OVERDUE:
		return CS_FILING_OVERDUE_LEN;
	case CS_TLOG_NAMES:
		return CS_TLOG_NAMES_LEN;
	case CS_TLOG_NAME:
		return CS_TLOG_NAME_LEN;
	default:
		return CS_TLOG_COMMIT_LEN;
	}
}

uint8_t
cs_tlog_entry_kind(struct cs_view entry)
{
	return entry.len >= 2 && entry.data[0] == VERSION &&
		entry.len == length_of(entry.data[1])
	    ? entry.data[1]
	    : 0;
}

struct cs_writer
cs_tlog_entry_begin(struct cs_buf *out, enum cs_tlog_kind kind)
{
	struct cs_writer w = cs_writer(out);

	cs_write_u8(&w, VERSION);
	cs_write_u8(&w, (uint8_t)kind);
	return w;
}

struct cs_reader
cs_tlog_entry_open(struct cs_view entry, enum cs_tlog_kind kind)
{
	struct cs_reader r = cs_reader(entry);

	if (cs_read_u8(&r) != VERSION || cs_read_u8(&r) != kind)
		cs_reader_fail(&r, CS_ERR_FORMAT);
	return r;
}

enum cs_err
cs_tlog_names_write(struct cs_buf *out, const struct cs_tlog_names *names)
{
	struct cs_writer w = cs_tlog_entry_begin(out, CS_TLOG_NAMES);

	cs_write_u64(&w, names->n);
	cs_write_bytes(&w, CS_VIEW_OF(names->root.bytes));
	cs_write_bytes(&w, CS_VIEW_OF(names->key));
	return cs_writer_end(&w);
}

enum cs_err
cs_tlog_names_parse(struct cs_tlog_names *out, struct cs_view entry)
{
	struct cs_reader r = cs_tlog_entry_open(entry, CS_TLOG_NAMES);

	out->n = cs_read_u64(&r);
	cs_read_copy(&r, out->root.bytes, sizeof out->root.bytes);
	cs_read_copy(&r, out->key, sizeof out->key);
	return cs_reader_end(&r);
}

enum cs_err
cs_tlog_restored_write(struct cs_buf *out, uint64_t from, uint64_t to)
{
	struct cs_writer w = cs_tlog_entry_begin(out, CS_TLOG_RESTORED);

	cs_write_u64(&w, from);
	cs_write_u64(&w, to);
	return cs_writer_end(&w);
}

enum cs_err
cs_tlog_restored_parse(uint64_t *from, uint64_t *to, struct cs_view entry)
{
	struct cs_reader r = cs_tlog_entry_open(entry, CS_TLOG_RESTORED);

	*from = cs_read_u64(&r);
	*to = cs_read_u64(&r);
	return cs_reader_end(&r);
}

/* ---- turns -------------------------------------------------------------- */

enum cs_err
cs_tlog_turn_commit(uint8_t out[static CS_TLOG_COMMIT_LEN],
    const uint8_t salt[static CS_TLOG_SALT_LEN], uint32_t batches,
    const struct cs_tlog_hash *root)
{
	struct cs_buf content = { 0 };
	struct cs_writer w = cs_writer(&content);
	enum cs_err err;

	cs_write_u32(&w, batches);
	cs_write_bytes(&w, CS_VIEW_OF(root->bytes));
	if ((err = cs_writer_end(&w)) == CS_OK)
		err = cs_tlog_commit(
		    out, CS_TLOG_STAMPS, salt, cs_buf_view(&content));
	cs_buf_free(&content);
	return err;
}

enum cs_err
cs_tlog_turn_entry(uint8_t out[static CS_TLOG_COMMIT_LEN],
    const struct cs_tlog_turn *turn, uint32_t number,
    const uint8_t leaf[static CS_HASH_LEN])
{
	struct cs_tlog_hash hash, root;
	enum cs_err err;

	memcpy(hash.bytes, leaf, CS_HASH_LEN);
	err = cs_tlog_inclusion_root(
	    &root, &turn->path, &hash, number, turn->batches);
	return err ? err
		   : cs_tlog_turn_commit(out, turn->salt, turn->batches, &root);
}

enum cs_err
cs_tlog_turn_write(struct cs_buf *out, const struct cs_tlog_turn *turn)
{
	struct cs_writer w = cs_writer(out);
	size_t mark;

	cs_write_bytes(&w, CS_VIEW_OF(turn->salt));
	cs_write_u32(&w, turn->batches);
	mark = cs_write_open(&w);
	for (size_t i = 0; i < turn->path.n; i++)
		cs_write_bytes(&w, CS_VIEW_OF(turn->path.hashes[i].bytes));
	cs_write_close(&w, mark);
	return cs_writer_end(&w);
}

enum cs_err
cs_tlog_turn_parse(struct cs_tlog_turn *out, struct cs_view in)
{
	struct cs_reader r = cs_reader(in), path;

	memset(out, 0, sizeof *out);
	cs_read_copy(&r, out->salt, sizeof out->salt);
	out->batches = cs_read_u32(&r);
	path = cs_read_sub(&r);
	while (cs_reader_more(&path)) {
		if (out->path.n == CS_TLOG_PROOF_MAX)
			return CS_ERR_FORMAT;
		cs_read_copy(
		    &path, out->path.hashes[out->path.n++].bytes, CS_HASH_LEN);
	}
	if (path.err)
		return path.err;
	return cs_reader_end(&r);
}
