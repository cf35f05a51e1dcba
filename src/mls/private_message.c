/* SPDX-License-Identifier: MIT */
#include "mls/private_message.h"

#include <string.h>

#include "crypto/aead.h"
#include "crypto/label.h"
#include "crypto/random.h"
#include "mls/commit.h"
#include "mls/framing.h"
#include "mls/proposal.h"

void
cs_mls_private_message_read(
    struct cs_reader *r, struct cs_mls_private_message *out)
{
	out->group_id = cs_read_vec(r);
	out->epoch = cs_read_u64(r);
	out->type = (enum cs_mls_content)cs_read_u8(r);
	if (out->type < CS_MLS_CONTENT_APPLICATION ||
	    out->type > CS_MLS_CONTENT_COMMIT)
		cs_reader_fail(r, CS_ERR_FORMAT);
	out->authenticated_data = cs_read_vec(r);
	out->encrypted_sender_data = cs_read_vec(r);
	out->ciphertext = cs_read_vec(r);
}

void
cs_mls_private_message_write(
    struct cs_writer *w, const struct cs_mls_private_message *m)
{
	cs_write_vec(w, m->group_id);
	cs_write_u64(w, m->epoch);
	cs_write_u8(w, (uint8_t)m->type);
	cs_write_vec(w, m->authenticated_data);
	cs_write_vec(w, m->encrypted_sender_data);
	cs_write_vec(w, m->ciphertext);
}

enum cs_err
cs_mls_sender_data_key(struct cs_mls_message_key *out,
    const struct cs_suite *suite,
    const struct cs_mls_sender_data_secret *secret, struct cs_view ciphertext)
{
	struct cs_view s = cs_view(secret->b, suite->hash_len);
	enum cs_err err;

	if (ciphertext.len > suite->hash_len)
		ciphertext.len = suite->hash_len;
	if ((err = cs_expand_with_label(out->key, suite->aead_key_len, suite, s,
		 cs_view_str("key"), ciphertext)))
		return err;
	return cs_expand_with_label(out->nonce, suite->aead_nonce_len, suite, s,
	    cs_view_str("nonce"), ciphertext);
}

/* SenderDataAAD, and with ${data} PrivateContentAAD. */
static enum cs_err
write_aad(struct cs_buf *out, const struct cs_mls_private_message *m,
    const struct cs_view *data)
{
	struct cs_writer w = cs_writer(out);

	cs_write_vec(&w, m->group_id);
	cs_write_u64(&w, m->epoch);
	cs_write_u8(&w, (uint8_t)m->type);
	if (data != NULL)
		cs_write_vec(&w, *data);
	return cs_writer_end(&w);
}

static struct cs_aead_params
params(const struct cs_suite *suite, const struct cs_mls_message_key *key,
    const struct cs_buf *aad)
{
	return (struct cs_aead_params){
		.aead = suite->aead,
		.key = cs_view(key->key, suite->aead_key_len),
		.nonce = cs_view(key->nonce, suite->aead_nonce_len),
		.aad = cs_buf_view(aad),
	};
}

enum cs_err
cs_mls_sender_data_open(struct cs_mls_sender_data *out,
    const struct cs_mls_private_message *m, const struct cs_suite *suite,
    const struct cs_mls_sender_data_secret *secret)
{
	struct cs_mls_message_key key = { 0 };
	struct cs_buf aad = { 0 }, plain = { 0 };
	struct cs_aead_params p;
	struct cs_reader r;
	enum cs_err err;

	if ((err = cs_mls_sender_data_key(
		 &key, suite, secret, m->ciphertext)) ||
	    (err = write_aad(&aad, m, NULL)))
		goto out;
	p = params(suite, &key, &aad);
	if ((err = cs_aead_open(&plain, &p, m->encrypted_sender_data)))
		goto out;
	r = cs_reader(cs_buf_view(&plain));
	out->leaf = cs_read_u32(&r);
	out->generation = cs_read_u32(&r);
	cs_read_copy(&r, out->reuse_guard, sizeof out->reuse_guard);
	err = cs_reader_end(&r);
out:
	cs_wipe(&key, sizeof key);
	cs_buf_free(&aad);
	cs_buf_free(&plain);
	return err;
}

/* Section 6.3.1. */
static void
guard_nonce(struct cs_mls_message_key *key, const uint8_t guard[static 4])
{
	for (int i = 0; i < 4; i++)
		key->nonce[i] ^= guard[i];
}

/* PrivateMessageContent without its padding, which has to be zero. */
static enum cs_err
read_content(struct cs_mls_unverified *io, struct cs_view plain)
{
	struct cs_reader r = cs_reader(plain);
	const uint8_t *start = r.data;
	struct cs_mls_proposal proposal;
	struct cs_mls_commit commit;
	struct cs_view padding;
	uint8_t any = 0;

	if (io->framed.type == CS_MLS_CONTENT_APPLICATION) {
		io->framed.body = cs_read_vec(&r);
	} else {
		if (io->framed.type == CS_MLS_CONTENT_PROPOSAL)
			cs_mls_proposal_read(&r, &proposal);
		else
			cs_mls_commit_read(&r, &commit);
		io->framed.body = cs_mls_read_since(&r, start);
	}
	cs_mls_auth_data_read(&r, io);
	padding = cs_read_bytes(&r, r.left);
	/* Section 6.3.1: no covert channel. */
	for (size_t i = 0; i < padding.len; i++)
		any |= padding.data[i];
	if (any != 0)
		cs_reader_fail(&r, CS_ERR_FORMAT);
	return cs_reader_end(&r);
}

enum cs_err
cs_mls_private_message_open(struct cs_mls_unverified *out, struct cs_buf *plain,
    const struct cs_mls_private_message *m, const struct cs_suite *suite,
    const struct cs_mls_sender_data *data, const struct cs_mls_message_key *key)
{
	struct cs_mls_message_key guarded = *key;
	struct cs_buf aad = { 0 };
	struct cs_aead_params p;
	enum cs_err err;

	guard_nonce(&guarded, data->reuse_guard);
	if ((err = write_aad(&aad, m, &m->authenticated_data)))
		goto out;
	p = params(suite, &guarded, &aad);
	if ((err = cs_aead_open(plain, &p, m->ciphertext)))
		goto out;
	*out = (struct cs_mls_unverified){
		.wire = CS_MLS_WIRE_PRIVATE,
		.framed = {
			.group_id = m->group_id,
			.epoch = m->epoch,
			.sender = { CS_MLS_SENDER_MEMBER, data->leaf },
			.authenticated_data = m->authenticated_data,
			.type = m->type,
		},
	};
	err = read_content(out, cs_buf_view(plain));
out:
	cs_wipe(&guarded, sizeof guarded);
	cs_buf_free(&aad);
	return err;
}

/* How many zero bytes follow ${len} bytes of content. */
static size_t
padding_for(size_t len, uint32_t policy)
{
	unsigned e = 0, keep = 0;
	size_t step;

	if (policy == CS_MLS_PADDING_PADME) {
		/* Of a length of e + 1 bits, only the first log2(e) + 1 may
		 * differ from zero: at most 12 percent are added. */
		while (len >> (e + 1) != 0)
			e++;
		while (e >> keep != 0)
			keep++;
		step = (size_t)1 << (e > keep ? e - keep : 0);
	} else {
		step = policy;
	}
	return step < 2 || len % step == 0 ? 0 : step - len % step;
}

/* PrivateMessageContent. */
static enum cs_err
write_content(
    struct cs_buf *out, const struct cs_mls_unverified *c, uint32_t padding)
{
	struct cs_writer w = cs_writer(out);
	uint8_t *zero;
	size_t n;
	enum cs_err err;

	if (c->framed.type == CS_MLS_CONTENT_APPLICATION)
		cs_write_vec(&w, c->framed.body);
	else
		cs_write_bytes(&w, c->framed.body);
	cs_mls_auth_data_write(&w, c);
	if ((err = cs_writer_end(&w)))
		return err;
	n = padding_for(out->len, padding);
	return n == 0 ? CS_OK : cs_buf_extend(out, n, &zero);
}

static enum cs_err
seal_sender_data(struct cs_buf *out, const struct cs_mls_private_message *m,
    const struct cs_suite *suite,
    const struct cs_mls_sender_data_secret *secret,
    const struct cs_mls_sender_data *data)
{
	struct cs_mls_message_key key = { 0 };
	struct cs_buf aad = { 0 }, plain = { 0 };
	struct cs_writer w = cs_writer(&plain);
	struct cs_aead_params p;
	enum cs_err err;

	cs_write_u32(&w, data->leaf);
	cs_write_u32(&w, data->generation);
	cs_write_bytes(&w, CS_VIEW_OF(data->reuse_guard));
	if ((err = cs_writer_end(&w)) ||
	    (err = cs_mls_sender_data_key(
		 &key, suite, secret, m->ciphertext)) ||
	    (err = write_aad(&aad, m, NULL)))
		goto out;
	p = params(suite, &key, &aad);
	err = cs_aead_seal(out, &p, cs_buf_view(&plain));
out:
	cs_wipe(&key, sizeof key);
	cs_buf_free(&aad);
	cs_buf_free(&plain);
	return err;
}

enum cs_err
cs_mls_private_message_seal(struct cs_buf *out,
    const struct cs_mls_unverified *content, const struct cs_suite *suite,
    const struct cs_mls_sender_data_secret *secret,
    const struct cs_mls_pending_key *key, uint32_t padding)
{
	const struct cs_mls_framed *f = &content->framed;
	struct cs_mls_private_message m = { f->group_id, f->epoch, f->type,
		f->authenticated_data, { NULL, 0 }, { NULL, 0 } };
	struct cs_mls_sender_data data = { f->sender.index, key->generation,
		{ 0 } };
	struct cs_mls_message_key guarded = key->key;
	struct cs_buf aad = { 0 }, plain = { 0 }, sealed = { 0 }, sd = { 0 };
	struct cs_writer w = cs_writer(out);
	struct cs_aead_params p;
	enum cs_err err;

	/* Section 6.3.2: sender data know members only. */
	if (f->sender.type != CS_MLS_SENDER_MEMBER)
		return CS_ERR_MISUSE;
	cs_random(data.reuse_guard, sizeof data.reuse_guard);
	guard_nonce(&guarded, data.reuse_guard);
	if ((err = write_content(&plain, content, padding)) ||
	    (err = write_aad(&aad, &m, &m.authenticated_data)))
		goto out;
	p = params(suite, &guarded, &aad);
	if ((err = cs_aead_seal(&sealed, &p, cs_buf_view(&plain))))
		goto out;
	m.ciphertext = cs_buf_view(&sealed);
	if ((err = seal_sender_data(&sd, &m, suite, secret, &data)))
		goto out;
	m.encrypted_sender_data = cs_buf_view(&sd);
	cs_mls_message_write(&w, CS_MLS_WIRE_PRIVATE);
	cs_mls_private_message_write(&w, &m);
	err = cs_writer_end(&w);
out:
	cs_wipe(&guarded, sizeof guarded);
	cs_buf_free(&aad);
	cs_buf_free(&plain);
	cs_buf_free(&sealed);
	cs_buf_free(&sd);
	return err;
}
