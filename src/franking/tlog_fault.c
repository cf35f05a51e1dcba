/* SPDX-License-Identifier: MIT */
#include "franking/tlog_fault.h"

#include <string.h>

#include "base/reader.h"
#include "base/writer.h"

static const char magic[8] = "CSFAULT1";

/* ---- as bytes ----------------------------------------------------------- */

static void
write_signed(struct cs_writer *w, const struct cs_tlog_signed *s)
{
	cs_write_vec(w, s->cert);
	cs_write_vec(w, s->note);
}

static void
write_proof(struct cs_writer *w, const struct cs_tlog_proof *proof)
{
	size_t vector = cs_write_open(w);

	for (size_t i = 0; i < proof->n; i++)
		cs_write_bytes(w, CS_VIEW_OF(proof->hashes[i].bytes));
	cs_write_close(w, vector);
}

static void
write_fork(struct cs_writer *w, const struct cs_tlog_fault *f)
{
	write_signed(w, &f->a);
	write_signed(w, &f->b);
	cs_write_bytes(w, CS_VIEW_OF(f->prefix.bytes));
	write_proof(w, &f->proof);
}

static enum cs_err
write_entry(struct cs_writer *w, const struct cs_tlog_fault *f)
{
	struct cs_buf promise = { 0 };
	enum cs_err err = cs_stamp_promise_write(&promise, &f->promise);

	cs_write_bytes(w, cs_buf_view(&promise));
	cs_buf_free(&promise);
	cs_write_vec(w, f->stamp_cert);
	write_signed(w, &f->a);
	cs_write_vec(w, f->entry);
	write_proof(w, &f->proof);
	cs_write_vec(w, f->turn);
	return err;
}

bool
cs_tlog_fault_is(struct cs_view file)
{
	return file.len > sizeof magic &&
	    cs_view_equal(cs_view(file.data, sizeof magic - 1),
		cs_view(magic, sizeof magic - 1));
}

enum cs_err
cs_tlog_fault_write(struct cs_buf *out, const struct cs_tlog_fault *f)
{
	struct cs_writer w = cs_writer(out);
	size_t from = out->len;
	enum cs_err err = CS_OK;

	cs_write_bytes(&w, cs_view(magic, sizeof magic));
	cs_write_u8(&w, (uint8_t)f->kind);
	if (f->kind == CS_TLOG_FAULT_FORK)
		write_fork(&w, f);
	else
		err = write_entry(&w, f);
	if (err == CS_OK)
		err = cs_writer_end(&w);
	if (err == CS_OK && out->len - from > CS_TLOG_FAULT_MAX)
		err = CS_ERR_LIMIT;
	if (err)
		out->len = from;
	return err;
}

static void
read_signed(struct cs_reader *r, struct cs_tlog_signed *s)
{
	s->cert = cs_read_vec_max(r, CS_CERT_MAX);
	s->note = cs_read_vec_max(r, CS_TLOG_NOTE_MAX);
}

static void
read_proof(struct cs_reader *r, struct cs_tlog_proof *proof)
{
	struct cs_reader sub = cs_read_sub(r);

	while (cs_reader_more(&sub)) {
		if (proof->n == CS_TLOG_PROOF_MAX)
			cs_reader_fail(&sub, CS_ERR_LIMIT);
		else
			cs_read_copy(
			    &sub, proof->hashes[proof->n++].bytes, CS_HASH_LEN);
	}
	cs_read_sub_end(r, &sub);
}

static void
read_fork(struct cs_reader *r, struct cs_tlog_fault *f)
{
	read_signed(r, &f->a);
	read_signed(r, &f->b);
	cs_read_copy(r, f->prefix.bytes, sizeof f->prefix.bytes);
	read_proof(r, &f->proof);
}

static void
read_entry(struct cs_reader *r, struct cs_tlog_fault *f)
{
	enum cs_err err = cs_stamp_promise_parse(
	    &f->promise, cs_read_bytes(r, CS_STAMP_PROMISE_LEN));

	if (err)
		cs_reader_fail(r, err);
	f->stamp_cert = cs_read_vec_max(r, CS_CERT_MAX);
	read_signed(r, &f->a);
	f->entry = cs_read_vec_max(r, CS_TLOG_ENTRY_MAX);
	read_proof(r, &f->proof);
	f->turn = cs_read_vec_max(r, CS_TLOG_TURN_MAX);
}

enum cs_err
cs_tlog_fault_parse(struct cs_tlog_fault *out, struct cs_view in)
{
	struct cs_reader r = cs_reader(in);
	struct cs_view begin = cs_read_bytes(&r, sizeof magic);
	uint8_t kind = cs_read_u8(&r);

	memset(out, 0, sizeof *out);
	if (in.len > CS_TLOG_FAULT_MAX)
		return CS_ERR_LIMIT;
	if (r.err || !cs_tlog_fault_is(in))
		return CS_ERR_FORMAT;
	if (!cs_view_equal(begin, cs_view(magic, sizeof magic)))
		return CS_ERR_VERSION;
	out->kind = (enum cs_tlog_fault_kind)kind;
	if (kind == CS_TLOG_FAULT_FORK)
		read_fork(&r, out);
	else if (kind == CS_TLOG_FAULT_ENTRY)
		read_entry(&r, out);
	else
		cs_reader_fail(&r, CS_ERR_FORMAT);
	return cs_reader_end(&r);
}

/* ---- verified ----------------------------------------------------------- */

enum cs_err
cs_tlog_signed_open(struct cs_tlog_checkpoint *out,
    struct cs_role_key_cert *cert, struct cs_note_key *key,
    const struct cs_tlog_signed *s, const uint8_t root_public[static 32])
{
	char name[CS_NOTE_NAME_MAX + 1];
	struct cs_view text, lines;
	enum cs_err err;

	err = cs_role_key_cert_verify(
	    cert, s->cert, cs_view(root_public, 32), CS_ROLE_TLOG, 0);
	if (err != CS_ERR_EXPIRED && err)
		return err;
	if ((err = cs_note_split(&text, &lines, s->note)) ||
	    (err = cs_tlog_checkpoint_parse(out, text)))
		return err;
	if (out->origin.len > CS_NOTE_NAME_MAX)
		return CS_ERR_FORMAT;
	memcpy(name, out->origin.data, out->origin.len);
	name[out->origin.len] = '\0';
	if ((err = cs_note_key(key, name, cert->public)))
		return err;
	return cs_tlog_checkpoint_open(out, s->note, key, out->origin);
}

static enum cs_err
verify_fork(struct cs_tlog_fault_shown *out, const struct cs_tlog_fault *f,
    const uint8_t root_public[static 32])
{
	struct cs_role_key_cert cert;
	struct cs_note_key key;
	enum cs_err err;

	if ((err = cs_tlog_signed_open(
		 &out->a, &cert, &key, &f->a, root_public)) ||
	    (err = cs_tlog_signed_open(
		 &out->b, &cert, &key, &f->b, root_public)))
		return err;
	if (!cs_view_equal(out->a.origin, out->b.origin))
		return CS_ERR_MISMATCH;
	if (out->a.size > out->b.size)
		return CS_ERR_FORMAT;
	if (out->a.size == out->b.size) {
		if (f->proof.n != 0 ||
		    !cs_view_is_zero(CS_VIEW_OF(f->prefix.bytes)))
			return CS_ERR_FORMAT;
		return cs_tlog_hash_equal(&out->a.root, &out->b.root)
		    ? CS_ERR_NOT_FOUND
		    : CS_OK;
	}
	/* All hashes of the proof are nodes of the larger tree, or its root
	 * would be another: so is what they make of its beginning. */
	if ((err = cs_tlog_consistency_verify(&f->proof, out->a.size,
		 &f->prefix, out->b.size, &out->b.root)))
		return err;
	return cs_tlog_hash_equal(&f->prefix, &out->a.root) ? CS_ERR_NOT_FOUND
							    : CS_OK;
}

/* CS_OK: the entry is another than the promised one, as far as can be seen. */
static enum cs_err
compare(struct cs_tlog_fault_shown *out, const struct cs_tlog_fault *f,
    const uint8_t root_public[static 32])
{
	uint8_t leaf[CS_HASH_LEN], entry[CS_TLOG_COMMIT_LEN];
	struct cs_tlog_turn turn;
	enum cs_err err;

	out->outright = cs_tlog_entry_kind(f->entry) != CS_TLOG_STAMPS;
	if (out->outright)
		return CS_OK;
	if ((err = cs_stamp_promise_leaf(leaf, &f->promise, root_public)) ||
	    (err = cs_tlog_turn_parse(&turn, f->turn)))
		return err;
	err = cs_tlog_turn_entry(entry, &turn, f->promise.number, leaf);
	/* A path that is too short leads nowhere. */
	if (err == CS_ERR_FORMAT)
		return CS_OK;
	if (err)
		return err;
	return cs_view_equal(f->entry, CS_VIEW_OF(entry)) ? CS_ERR_NOT_FOUND
							  : CS_OK;
}

static enum cs_err
verify_entry(struct cs_tlog_fault_shown *out, const struct cs_tlog_fault *f,
    const uint8_t root_public[static 32])
{
	struct cs_stamp_key_cert stamp;
	struct cs_role_key_cert cert;
	struct cs_note_key key;
	struct cs_tlog_hash leaf;
	enum cs_err err;

	if ((err = cs_stamp_key_cert_parse(
		 &stamp, f->stamp_cert, cs_view(root_public, 32))) ||
	    (err = cs_stamp_promise_verify(&f->promise, &stamp, root_public)) ||
	    (err = cs_tlog_signed_open(
		 &out->a, &cert, &key, &f->a, root_public)) ||
	    (err = cs_tlog_leaf_hash(&leaf, f->entry)) ||
	    (err = cs_tlog_inclusion_verify(&f->proof, &leaf, f->promise.entry,
		 out->a.size, &out->a.root)))
		return err;
	return compare(out, f, root_public);
}

enum cs_err
cs_tlog_fault_verify(struct cs_tlog_fault_shown *out,
    const struct cs_tlog_fault *f, const uint8_t root_public[static 32])
{
	memset(out, 0, sizeof *out);
	return f->kind == CS_TLOG_FAULT_FORK
	    ? verify_fork(out, f, root_public)
	    : verify_entry(out, f, root_public);
}
