/* SPDX-License-Identifier: MIT */
#include "hub/site/filing.h"

#include <string.h>

#include "base/alloc.h"
#include "content/evidence.h"
#include "crypto/random.h"
#include "franking/cert.h"
#include "hub/site/far.h"
#include "hub/site/refuse.h"
#include "store/clock.h"

struct site_filing *
site_filing_new(struct site_visit *v)
{
	struct site_filing *f = cs_calloc(1, sizeof *f);

	if (f == NULL)
		return NULL;
	f->sealed.max = CS_FILING_SEALED_MAX;
	f->texts.max = f->hashes.max = CS_BUF_MAX;
	site_filing_free(v->filing);
	v->filing = f;
	return f;
}

void
site_filing_free(struct site_filing *f)
{
	if (f == NULL)
		return;
	cs_buf_free(&f->texts);
	cs_buf_free(&f->hashes);
	cs_buf_free(&f->sealed);
	cs_free(f, sizeof *f);
}

/* ---- what is in it ------------------------------------------------------- */

static bool
is_proved(const struct cs_evidence_item *item)
{
	for (size_t i = 0; i < CS_LINKS; i++)
		if (item->proof.links[i] != CS_OK)
			return false;
	return true;
}

/* A bundle of evidence says by itself what is proved. */
static void
look_at(struct site_visit *v, size_t i)
{
	struct site_filing *f = v->filing;
	struct cs_evidence *e = NULL;

	if (cs_evidence_check(
		&e, f->body.files[i].bytes, v->site->root_public) != CS_OK)
		return;
	f->proofs[i] = e->all_proved ? SITE_PROOF_ALL : SITE_PROOF_NOT;
	for (size_t k = 0; k < e->n_items; k++)
		f->messages[i] += is_proved(&e->items[k]);
	cs_evidence_free(e);
}

static enum cs_err
make_ids(struct site_filing *f)
{
	enum cs_err err;

	cs_random(f->wire.id, sizeof f->wire.id);
	cs_random(f->body.salt, sizeof f->body.salt);
	/* What is about a notice has its secret. */
	if (f->wire.about == 0) {
		cs_random(f->secret, sizeof f->secret);
		f->own_secret = true;
	}
	if ((err = cs_filing_secret_hash(f->wire.secret_hash, f->secret)))
		return err;
	return cs_filing_reply_key(f->body.reply_key, f->secret);
}

/* The key of the desk, certified by the operator's root for this time. */
static enum cs_err
desk_key(uint8_t out[static CS_KEY_LEN], const struct site_visit *v)
{
	struct cs_role_key_cert cert;
	enum cs_err err = cs_role_key_cert_verify(&cert,
	    cs_buf_view(&v->desk_cert), CS_VIEW_OF(v->site->root_public),
	    CS_ROLE_DESK_HPKE, cs_clock_ms() / CS_SECOND_MS);

	memcpy(out, cert.public, CS_KEY_LEN);
	return err;
}

/* Write it down and seal it. */
static enum cs_err
prepare(struct site_visit *v)
{
	struct site_filing *f = v->filing;
	struct cs_filing_body *b = &f->body;
	uint8_t desk[CS_KEY_LEN];
	struct cs_buf body = { .max = CS_FILING_BODY_MAX };
	enum cs_err err;

	b->what = f->wire.what;
	b->category = f->wire.category;
	b->flags = f->wire.flags;
	b->about = f->wire.about;
	b->hashes = cs_buf_view(&f->hashes);
	b->language = cs_view_str(v->words->code);
	if ((err = make_ids(f)) || (err = cs_filing_body_write(&body, b)) ||
	    (err = cs_filing_commit(f->wire.commitment, cs_buf_view(&body))) ||
	    (err = desk_key(desk, v)))
		goto out;
	for (size_t i = 0; i < b->n_files; i++)
		look_at(v, i);
	err = cs_filing_body_seal(
	    &f->sealed, cs_buf_view(&body), CS_VIEW_OF(desk));
out:
	cs_buf_free(&body);
	return err;
}

/* ---- on its way ---------------------------------------------------------- */

static void send_piece(struct site_visit *v);

static bool
is_answer(const struct cs_wire_frame *frame)
{
	return frame != NULL && frame->kind == CS_WIRE_ANSWER;
}

static void
on_receipt(struct site_visit *v, const struct cs_wire_frame *answer)
{
	struct cs_wire_receipt bytes;
	struct cs_receipt receipt;

	if (!is_answer(answer) ||
	    cs_wire_parse(&bytes, &cs_wire_receipt_shape, answer->body) !=
		CS_OK ||
	    cs_receipt_verify(&receipt, bytes.receipt, bytes.registrar_cert,
		v->site->root_public) != CS_OK)
		site_refuse_frame(v, answer);
	else
		v->filing->done(v, &receipt, &bytes);
}

static void
on_piece(struct site_visit *v, const struct cs_wire_frame *answer)
{
	if (!is_answer(answer)) {
		site_refuse_frame(v, answer);
		return;
	}
	v->filing->next++;
	send_piece(v);
}

/* The next piece; behind the last one, the filing. */
static void
send_piece(struct site_visit *v)
{
	struct site_filing *f = v->filing;
	size_t at = (size_t)f->next * CS_WIRE_FILING_PIECE_MAX;
	struct cs_wire_filing_piece piece = { .n = f->next };
	size_t left = f->sealed.len > at ? f->sealed.len - at : 0;

	if (left == 0) {
		f->wire.pieces = f->next;
		site_far_ask(v, CS_WIRE_FILING, &cs_wire_filing_shape, &f->wire,
		    on_receipt);
		return;
	}
	if (left > CS_WIRE_FILING_PIECE_MAX)
		left = CS_WIRE_FILING_PIECE_MAX;
	memcpy(piece.id, f->wire.id, sizeof piece.id);
	piece.bytes = cs_view(f->sealed.data + at, left);
	site_far_ask(v, CS_WIRE_FILING_PIECE, &cs_wire_filing_piece_shape,
	    &piece, on_piece);
}

void
site_filing_send(struct site_visit *v)
{
	site_far_greet(v, site_filing_go_on);
}

void
site_filing_go_on(struct site_visit *v)
{
	enum cs_err err = CS_OK;

	if (!v->filing->sealed_there)
		err = prepare(v);
	if (err == CS_ERR_MISUSE || err == CS_ERR_FORMAT)
		site_refuse(v, 400, "malformed", 0);
	else if (err == CS_ERR_LIMIT)
		site_refuse(v, 413, "too-large", 0);
	else if (err)
		site_refuse(v, 503, "unavailable", 0);
	else
		send_piece(v);
}
