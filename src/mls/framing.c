/* SPDX-License-Identifier: MIT */
#include "mls/framing.h"

#include <string.h>

#include "crypto/hash.h"
#include "crypto/label.h"
#include "mls/commit.h"
#include "mls/proposal.h"

enum cs_mls_wire
cs_mls_message_read(struct cs_reader *r)
{
	uint16_t wire;

	cs_mls_read_version(r);
	wire = cs_read_u16(r);
	if (wire < CS_MLS_WIRE_PUBLIC || wire > CS_MLS_WIRE_KEY_PACKAGE)
		cs_reader_fail(r, CS_ERR_UNSUPPORTED);
	else if (wire <= CS_MLS_WIRE_PRIVATE && r->left > CS_MLS_MAX_MESSAGE)
		cs_reader_fail(r, CS_ERR_LIMIT);
	return (enum cs_mls_wire)wire;
}

void
cs_mls_message_write(struct cs_writer *w, enum cs_mls_wire wire)
{
	cs_write_u16(w, CS_MLS_VERSION_10);
	cs_write_u16(w, (uint16_t)wire);
}

static void
read_sender(struct cs_reader *r, struct cs_mls_sender *out)
{
	out->type = (enum cs_mls_sender_type)cs_read_u8(r);
	out->index = 0;
	switch (out->type) {
	case CS_MLS_SENDER_MEMBER:
	case CS_MLS_SENDER_EXTERNAL:
		out->index = cs_read_u32(r);
		break;
	case CS_MLS_SENDER_NEW_MEMBER_PROPOSAL:
	case CS_MLS_SENDER_NEW_MEMBER_COMMIT:
		break;
	default:
		cs_reader_fail(r, CS_ERR_FORMAT);
	}
}

static void
write_sender(struct cs_writer *w, const struct cs_mls_sender *s)
{
	cs_write_u8(w, (uint8_t)s->type);
	if (s->type == CS_MLS_SENDER_MEMBER ||
	    s->type == CS_MLS_SENDER_EXTERNAL)
		cs_write_u32(w, s->index);
}

/* The part that the content type selects; its end is found by parsing. */
static struct cs_view
read_body(struct cs_reader *r, enum cs_mls_content type)
{
	const uint8_t *start = r->data;
	struct cs_mls_proposal proposal;
	struct cs_mls_commit commit;

	switch (type) {
	case CS_MLS_CONTENT_APPLICATION:
		return cs_read_vec(r);
	case CS_MLS_CONTENT_PROPOSAL:
		cs_mls_proposal_read(r, &proposal);
		break;
	case CS_MLS_CONTENT_COMMIT:
		cs_mls_commit_read(r, &commit);
		break;
	default:
		cs_reader_fail(r, CS_ERR_FORMAT);
	}
	return cs_mls_read_since(r, start);
}

static void
write_body(struct cs_writer *w, const struct cs_mls_framed *f)
{
	if (f->type == CS_MLS_CONTENT_APPLICATION)
		cs_write_vec(w, f->body);
	else
		cs_write_bytes(w, f->body);
}

static void
framed_read(struct cs_reader *r, struct cs_mls_framed *out)
{
	out->group_id = cs_read_vec(r);
	out->epoch = cs_read_u64(r);
	read_sender(r, &out->sender);
	out->authenticated_data = cs_read_vec(r);
	out->type = (enum cs_mls_content)cs_read_u8(r);
	out->body = read_body(r, out->type);
}

void
cs_mls_framed_write(struct cs_writer *w, const struct cs_mls_framed *f)
{
	cs_write_vec(w, f->group_id);
	cs_write_u64(w, f->epoch);
	write_sender(w, &f->sender);
	cs_write_vec(w, f->authenticated_data);
	cs_write_u8(w, (uint8_t)f->type);
	write_body(w, f);
}

void
cs_mls_auth_data_read(struct cs_reader *r, struct cs_mls_unverified *io)
{
	io->signature = cs_read_vec(r);
	io->confirmation_tag = cs_view(NULL, 0);
	if (io->framed.type == CS_MLS_CONTENT_COMMIT)
		io->confirmation_tag = cs_read_vec(r);
}

void
cs_mls_auth_data_write(struct cs_writer *w, const struct cs_mls_unverified *c)
{
	cs_write_vec(w, c->signature);
	if (c->framed.type == CS_MLS_CONTENT_COMMIT)
		cs_write_vec(w, c->confirmation_tag);
}

void
cs_mls_authenticated_read(struct cs_reader *r, struct cs_mls_unverified *out)
{
	out->wire = (enum cs_mls_wire)cs_read_u16(r);
	if (out->wire != CS_MLS_WIRE_PUBLIC && out->wire != CS_MLS_WIRE_PRIVATE)
		cs_reader_fail(r, CS_ERR_FORMAT);
	framed_read(r, &out->framed);
	cs_mls_auth_data_read(r, out);
}

static void
authenticated_write(struct cs_writer *w, const struct cs_mls_unverified *c)
{
	cs_write_u16(w, (uint16_t)c->wire);
	cs_mls_framed_write(w, &c->framed);
	cs_mls_auth_data_write(w, c);
}

/* FramedContentTBS, section 6.1. */
static void
write_tbs(struct cs_writer *w, enum cs_mls_wire wire,
    const struct cs_mls_framed *f, struct cs_view context)
{
	cs_mls_message_write(w, wire);
	cs_mls_framed_write(w, f);
	if (f->sender.type == CS_MLS_SENDER_MEMBER ||
	    f->sender.type == CS_MLS_SENDER_NEW_MEMBER_COMMIT)
		cs_write_bytes(w, context);
}

enum cs_err
cs_mls_framed_sign(struct cs_mls_signature *out, enum cs_mls_wire wire,
    const struct cs_mls_framed *f, const struct cs_signer *signer,
    struct cs_view context)
{
	struct cs_buf tbs = { 0 };
	struct cs_writer w = cs_writer(&tbs);
	enum cs_err err;

	write_tbs(&w, wire, f, context);
	if ((err = cs_writer_end(&w)) == CS_OK)
		err = cs_sign_with_label(out->b, &out->n, signer,
		    cs_view_str("FramedContentTBS"), cs_buf_view(&tbs));
	cs_buf_free(&tbs);
	return err;
}

enum cs_err
cs_mls_framed_verify(struct cs_mls_verified *out,
    const struct cs_mls_unverified *in, const struct cs_suite *suite,
    struct cs_view signature_key, struct cs_view context)
{
	struct cs_buf tbs = { 0 };
	struct cs_writer w = cs_writer(&tbs);
	enum cs_err err;

	write_tbs(&w, in->wire, &in->framed, context);
	if ((err = cs_writer_end(&w)) == CS_OK)
		err = cs_verify_with_label(suite->sig, signature_key,
		    cs_view_str("FramedContentTBS"), cs_buf_view(&tbs),
		    in->signature);
	cs_buf_free(&tbs);
	if (err != CS_OK)
		return err;
	out->wire = in->wire;
	out->framed = in->framed;
	out->signature = in->signature;
	out->confirmation_tag = in->confirmation_tag;
	return CS_OK;
}

enum cs_err
cs_mls_proposal_ref(
    uint8_t *out, const struct cs_suite *suite, const struct cs_mls_verified *c)
{
	const struct cs_mls_unverified whole = { c->wire, c->framed,
		c->signature, c->confirmation_tag };
	struct cs_buf in = { 0 };
	struct cs_writer w = cs_writer(&in);
	enum cs_err err;

	authenticated_write(&w, &whole);
	if ((err = cs_writer_end(&w)) == CS_OK)
		err = cs_ref_hash(out, suite,
		    cs_view_str("MLS 1.0 Proposal Reference"),
		    cs_buf_view(&in));
	cs_buf_free(&in);
	return err;
}

void
cs_mls_public_message_read(
    struct cs_reader *r, struct cs_mls_public_message *out)
{
	out->content.wire = CS_MLS_WIRE_PUBLIC;
	framed_read(r, &out->content.framed);
	cs_mls_auth_data_read(r, &out->content);
	out->membership_tag = cs_view(NULL, 0);
	if (out->content.framed.sender.type == CS_MLS_SENDER_MEMBER)
		out->membership_tag = cs_read_vec(r);
}

void
cs_mls_public_message_write(
    struct cs_writer *w, const struct cs_mls_public_message *m)
{
	cs_mls_framed_write(w, &m->content.framed);
	cs_mls_auth_data_write(w, &m->content);
	if (m->content.framed.sender.type == CS_MLS_SENDER_MEMBER)
		cs_write_vec(w, m->membership_tag);
}

/* MAC over AuthenticatedContentTBM, section 6.2. */
static enum cs_err
membership_tag(uint8_t *out, const struct cs_mls_unverified *c,
    const struct cs_suite *suite, const struct cs_mls_membership_key *key,
    struct cs_view context)
{
	struct cs_buf tbm = { 0 };
	struct cs_writer w = cs_writer(&tbm);
	struct cs_view v;
	enum cs_err err;

	write_tbs(&w, c->wire, &c->framed, context);
	cs_mls_auth_data_write(&w, c);
	v = cs_buf_view(&tbm);
	if ((err = cs_writer_end(&w)) == CS_OK)
		err = cs_hmac_parts(
		    out, suite->hash, cs_view(key->b, suite->hash_len), &v, 1);
	cs_buf_free(&tbm);
	return err;
}

enum cs_err
cs_mls_membership_check(const struct cs_mls_public_message *m,
    const struct cs_suite *suite, const struct cs_mls_membership_key *key,
    struct cs_view context)
{
	uint8_t want[CS_HASH_MAX];
	enum cs_err err;

	/* Section 6.2. */
	if ((err = membership_tag(want, &m->content, suite, key, context)))
		return err;
	if (m->membership_tag.len != suite->hash_len ||
	    !cs_equal_ct(m->membership_tag.data, want, suite->hash_len))
		return CS_ERR_MAC;
	return CS_OK;
}

enum cs_err
cs_mls_public_message_seal(struct cs_buf *out,
    const struct cs_mls_unverified *content, const struct cs_suite *suite,
    const struct cs_mls_membership_key *key, struct cs_view context)
{
	struct cs_mls_public_message m = { *content, { NULL, 0 } };
	struct cs_writer w = cs_writer(out);
	uint8_t tag[CS_HASH_MAX];
	enum cs_err err;

	/* Section 6: application data is never sent in the open. */
	if (content->framed.type == CS_MLS_CONTENT_APPLICATION)
		return CS_ERR_MISUSE;
	if (content->framed.sender.type == CS_MLS_SENDER_MEMBER) {
		if ((err = membership_tag(tag, content, suite, key, context)))
			return err;
		m.membership_tag = cs_view(tag, suite->hash_len);
	}
	cs_mls_message_write(&w, CS_MLS_WIRE_PUBLIC);
	cs_mls_public_message_write(&w, &m);
	return cs_writer_end(&w);
}
