/* SPDX-License-Identifier: MIT */
/* What somebody outside files, as it comes from a hub. */
#pragma once

#include "base/units.h"
#include "content/filing_body.h"
#include "content/letter.h"
#include "desk/daemon/filings.h"
#include "desk/reports/filing.h"
#include "franking/filing.h"
#include "store/clock.h"
#include "store/vault.h"
#include "unit/desk/case_home.h"
#include "wire/codec.h"
#include "wire/filings.h"
#include "wire/messages.h"

#define FILED_SECRET "0123456789abcdef"

/* Something that is filed: change ${body} and ${item}, then filed_take(). */
struct filed {
	struct cs_wire_desk_filing item;
	struct cs_filing_body body;
	struct cs_buf hashes;
	struct cs_sign_key by; /* of an organisation */
	bool truncate, commit_other, signed_by;
};

/* A notice of ${category}, as number ${number}. */
static inline void
filed_notice(struct filed *f, uint64_t number, uint8_t category)
{
	memset(f, 0, sizeof *f);
	f->item.number = number;
	f->item.pieces = 1;
	f->item.received_ms = cs_clock_ms();
	f->item.what = f->body.what = CS_FILING_NOTICE;
	f->item.category = f->body.category = category;
	f->body.flags = CS_FILING_GOOD_FAITH;
	memset(f->body.salt, (int)number, sizeof f->body.salt);
	assert_ok(cs_filing_reply_key(
	    f->body.reply_key, (const uint8_t *)FILED_SECRET));
	f->body.text = cs_view_str("A woman is offered for sale there.");
	f->body.contact = cs_view_str("desk@shelter.example");
	f->body.name = cs_view_str("Shelter");
}

/* The same by an organisation. */
static inline void
filed_by(struct filed *f, uint8_t key, const char *name)
{
	uint8_t seed[CS_SIGN_SEED_LEN];

	memset(seed, key, sizeof seed);
	assert_ok(cs_sign_key_from_seed(&f->by, seed));
	f->signed_by = true;
	memcpy(f->item.organisation, f->by.public, CS_KEY_LEN);
	f->item.name = cs_view_str(name);
	f->item.scope = cs_view_str("trafficking");
	f->item.trusted = 1;
}

static inline void
filed_handle(struct filed *f, const char *handle)
{
	f->body.places[f->body.n_places++] =
	    (struct cs_filing_place){ .kind = CS_FILING_PLACE_HANDLE,
		    .value = cs_view_str(handle) };
}

/* More to a notice, or an appeal against its answer. */
static inline void
filed_about(struct filed *f, uint64_t number, uint8_t what, uint64_t about)
{
	filed_notice(f, number, CS_FILING_TRAFFICKING);
	f->item.what = f->body.what = what;
	f->item.about = f->body.about = about;
	f->body.text = cs_view_str("It goes on.");
}

/* Hashes of a photo of a person at risk. */
static inline void
filed_hashes(struct filed *f, uint64_t number, uint8_t hash)
{
	struct cs_filing_hash one = { .label = cs_view_str("my portrait") };

	filed_notice(f, number, CS_FILING_TRAFFICKING);
	f->item.what = f->body.what = CS_FILING_PHOTOS;
	one.pdq[0] = hash;
	assert_ok(cs_filing_hash_add(&f->hashes, &one));
	f->body.hashes = cs_buf_view(&f->hashes);
}

/* Sign what the hub says of it by the organisation's key. */
static inline void
filed_sign(struct filed *f)
{
	struct cs_filing_signed s = {
		.hub = cs_view_str("hub.example"),
		.what = f->item.what,
		.category = f->item.category,
		.about = f->item.about,
	};

	memcpy(s.commitment, f->item.commitment, sizeof s.commitment);
	assert_ok(cs_filing_sign(f->item.signature, &s, &f->by));
}

/* Seal it as it is to be sent; ${sealed} is the caller's. */
static inline void
filed_seal(struct world *w, struct filed *f, struct cs_buf *sealed)
{
	struct cs_buf plain = { 0 };

	*sealed = (struct cs_buf){ .max = CS_FILING_SEALED_MAX };
	assert_ok(cs_filing_body_write(&plain, &f->body));
	assert_ok(cs_filing_commit(f->item.commitment, cs_buf_view(&plain)));
	f->item.commitment[0] ^= f->commit_other;
	assert_ok(cs_filing_body_seal(
	    sealed, cs_buf_view(&plain), CS_VIEW_OF(w->seal_public)));
	sealed->len -= f->truncate;
	if (f->signed_by)
		filed_sign(f);
	f->item.bytes = (uint32_t)sealed->len;
	cs_buf_free(&plain);
	cs_buf_free(&f->hashes);
}

static inline enum cs_err
filed_try(struct world *w, struct filed *f)
{
	struct cs_buf sealed;
	enum cs_err err;

	filed_seal(w, f, &sealed);
	err = desk_filing_take(w->d, &f->item, cs_buf_view(&sealed));
	cs_buf_free(&sealed);
	return err;
}

static inline void
filed_take(struct world *w, struct filed *f)
{
	assert_ok(filed_try(w, f));
}

/* Take it, and compare who it is by. */
static inline void
filed_is_by(struct world *w, struct filed *f, enum desk_key_state state)
{
	struct desk_filing row;

	filed_take(w, f);
	assert_ok(desk_filing_load(&row, w->d, f->item.number));
	assert_int_equal(row.key_state, state);
	assert_int_equal(desk_filing_is_by_nobody(&row),
	    state == DESK_KEY_NONE || state == DESK_KEY_UNPROVED);
	assert_int_equal(
	    row.trusted, state == DESK_KEY_FIRST || state == DESK_KEY_KNOWN);
	assert_string_equal(
	    row.claimed, state == DESK_KEY_UNPROVED ? "Shelter" : "");
	/* It waits for an answer, whoever filed it. */
	assert_string_equal(row.problem, "");
	assert_int_equal(row.state, DESK_FILING_OPEN);
	assert_int_not_equal(row.case_id, 0);
	desk_filing_clear(&row);
}

/* A notice by one of the keys that somebody called Shelter has. */
static inline void
filed_by_shelter(struct filed *f, uint64_t number, uint8_t key)
{
	filed_notice(f, number, CS_FILING_TRAFFICKING);
	filed_by(f, key, "Shelter");
}

/* The case of what was filed; 0: none. */
static inline uint64_t
filed_case(struct world *w, uint64_t number)
{
	struct desk_filing f;
	uint64_t id;

	assert_ok(desk_filing_load(&f, w->d, number));
	id = f.case_id;
	desk_filing_clear(&f);
	return id;
}

/* The last answer that is on its way about it, as the hub and whoever filed it
 * see it; ${text} is the caller's. */
static inline uint8_t
filed_answer(struct world *w, struct cs_buf *text, uint64_t number)
{
	struct cs_wire_desk_filing_answer message;
	struct cs_filing_answer answer;
	struct cs_buf body = { 0 };
	uint8_t subject[16], key[32], name[8];
	struct cs_rows row;
	uint64_t id;

	cs_filing_subject(subject, number);
	assert_ok(cs_db_row(&row, w->d->db,
	    "SELECT id,sealed FROM outbox WHERE kind=? AND target=?"
	    " ORDER BY id DESC LIMIT 1",
	    cs_int(CS_WIRE_DESK_FILING_ANSWER), cs_blob(CS_VIEW_OF(subject))));
	id = cs_col_int(&row, 0);
	cs_vault_row(name, id);
	assert_ok(cs_vault_open(&body, &w->d->key, "outbox", CS_VIEW_OF(name),
	    cs_col_blob(&row, 1)));
	assert_ok(cs_rows_end(&row, CS_OK));
	assert_ok(cs_wire_parse(
	    &message, &cs_wire_desk_filing_answer_shape, cs_buf_view(&body)));
	assert_ok(
	    cs_filing_answer_verify(&answer, message.answer, w->sign_public));
	assert_int_equal(answer.number, number);
	assert_true(cs_view_equal(answer.hub, cs_view_str("hub.example")));
	cs_buf_reset(text);
	if (answer.text.len != 0) {
		assert_ok(
		    cs_filing_reply_key(key, (const uint8_t *)FILED_SECRET));
		assert_ok(cs_reply_open(text, key, subject, answer.text));
	}
	cs_buf_free(&body);
	return answer.outcome;
}
