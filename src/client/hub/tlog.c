/* SPDX-License-Identifier: MIT */
#include "client/hub/tlog.h"

#include <string.h>

#include "base/alloc.h"
#include "client/home/client.h"
#include "client/home/clock.h"
#include "client/home/home.h"
#include "client/home/problem.h"
#include "client/home/tlog.h"
#include "client/hub/stamp.h"
#include "client/hub/tlog_files.h"
#include "franking/csev.h"
#include "tlog/proof_file.h"

/* What is compared at once, at most. */
#define DUES_MAX 64
#define HEARD_MAX 8

/* One look at the log. */
struct client_tlog_look {
	struct cs_client *c;
	struct client_tlog_files files;
	struct cs_note_key key;
	struct cs_buf note; /* what the hub shows now */
	struct client_tlog_kept kept;
	/* The larger of both, and its nodes. */
	struct cs_tlog_signed of;
	struct cs_tlog_checkpoint at;
	struct cs_tlog_tiles tiles;
	/* The entries that were fetched last. */
	struct cs_tlog_tile bundle_tile;
	struct cs_buf bundle;
	bool caught;
};

enum cs_err
client_tlog_look_new(struct client_tlog_look **out, struct cs_client *c)
{
	struct client_tlog_look *l = cs_calloc(1, sizeof *l);

	if ((*out = l) == NULL)
		return CS_ERR_NOMEM;
	l->c = c;
	l->files.c = c;
	l->tiles.fetch = client_tlog_tile_get;
	l->tiles.arg = &l->files;
	return CS_OK;
}

void
client_tlog_look_free(struct client_tlog_look *l)
{
	if (l == NULL)
		return;
	cs_buf_free(&l->note);
	cs_buf_free(&l->bundle);
	client_tlog_kept_clear(&l->kept);
	cs_free(l, sizeof *l);
}

/* ---- the log as a whole ------------------------------------------------- */

static enum cs_err
catch_at(struct client_tlog_look *l, const struct cs_tlog_fault *f)
{
	struct cs_tlog_fault_shown shown;
	enum cs_err err = cs_tlog_fault_verify(&shown, f, l->c->self.root);

	/* Nobody is accused of what would not convince others. */
	if (err || (err = cs_db_begin(l->c->db)))
		return err;
	l->caught = true;
	return cs_db_end(l->c->db, client_tlog_caught(l->c, f));
}

/*
 * Does the log as it is now begin with what ${s} says?  Other errors than those
 * of this device: that could not be found out.
 */
static enum cs_err
compare(struct client_tlog_look *l, const struct cs_tlog_signed *s,
    const struct cs_tlog_checkpoint *at)
{
	struct cs_tlog_fault f = {
		.kind = CS_TLOG_FAULT_FORK,
		.a = *s,
		.b = l->of,
	};
	enum cs_err err;

	if (at->size == l->at.size)
		return cs_tlog_hash_equal(&at->root, &l->at.root)
		    ? CS_OK
		    : catch_at(l, &f);
	if ((err = cs_tlog_consistency_make(&f.proof, at->size, l->at.size,
		 cs_tlog_tiles_node, &l->tiles)))
		return err;
	err = cs_tlog_consistency_verify(
	    &f.proof, at->size, &at->root, l->at.size, &l->at.root);
	if (err != CS_ERR_MISMATCH)
		return err;
	/* Either the files are not those of the checkpoint, or the log is
	 * another one: then its beginning has another root. */
	if ((err = cs_tlog_root(
		 &f.prefix, at->size, cs_tlog_tiles_node, &l->tiles)) ||
	    (err = cs_tlog_consistency_verify(
		 &f.proof, at->size, &f.prefix, l->at.size, &l->at.root)))
		return err;
	return catch_at(l, &f);
}

/* What the hub shows now; ${at} has views into ${l->note}. */
static enum cs_err
fetch_note(struct client_tlog_look *l, struct cs_tlog_checkpoint *at)
{
	struct cs_client *c = l->c;
	enum cs_err err;

	if ((err = client_tlog_key(&l->key, c)) ||
	    (err = client_tlog_note_get(&l->note, &l->files)))
		return err;
	err = cs_tlog_checkpoint_open(
	    at, cs_buf_view(&l->note), &l->key, cs_view_str(l->key.name));
	if (err != CS_ERR_SIGNATURE)
		return err;
	if ((err = cs_db_begin(c->db)))
		return err;
	l->caught = true;
	err = cs_db_end(c->db, client_tlog_unsigned(c, cs_buf_view(&l->note)));
	return err ? err : CS_ERR_SIGNATURE;
}

/* Take the larger of what is shown and what is kept; the other one has to be
 * its beginning. */
static enum cs_err
look_at_log(struct client_tlog_look *l)
{
	struct cs_client *c = l->c;
	struct cs_tlog_checkpoint now;
	struct cs_tlog_signed shown;
	enum cs_err err, had;

	if ((err = fetch_note(l, &now)))
		return err;
	shown.cert = cs_buf_view(&c->link.session.info.tlog_cert);
	shown.note = cs_buf_view(&l->note);
	had = client_tlog_kept_load(&l->kept, c);
	if (had && had != CS_ERR_NOT_FOUND)
		return had;
	if (had == CS_OK && l->kept.checkpoint.size > now.size) {
		l->of = l->kept.as;
		l->at = l->kept.checkpoint;
	} else {
		l->of = shown;
		l->at = now;
	}
	l->tiles.size = l->at.size;
	if (had == CS_OK)
		err = l->at.size == now.size
		    ? compare(l, &l->kept.as, &l->kept.checkpoint)
		    : compare(l, &shown, &now);
	if (err || l->caught || l->at.size != now.size ||
	    (err = cs_db_begin(c->db)))
		return err;
	return cs_db_end_as(c->db, client_tlog_keep(c, &shown), CS_DB_SAFE);
}

/* ---- what members told of ----------------------------------------------- */

struct heard {
	struct cs_tlog_told v[HEARD_MAX];
	size_t n;
};

static enum cs_err
load_heard(struct heard *out, struct client_tlog_look *l)
{
	struct cs_rows rows;
	enum cs_err err;

	/* Those that are larger wait until the log has come so far. */
	err = cs_db_query(&rows, l->c->db,
	    "SELECT size,root,sig FROM tlog_heard WHERE size<=?"
	    " ORDER BY random() LIMIT ?",
	    cs_int(l->at.size), cs_int(HEARD_MAX));
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct cs_tlog_told *t = &out->v[out->n++];

		t->size = cs_col_int(&rows, 0);
		cs_col_copy(&rows, 1, t->root, sizeof t->root);
		cs_col_copy(&rows, 2, t->sig, sizeof t->sig);
	}
	return cs_rows_end(&rows, err);
}

static enum cs_err
forget_heard(struct cs_client *c, const struct cs_tlog_told *told)
{
	return cs_db_exec(c->db,
	    "DELETE FROM tlog_heard WHERE size=? AND root=?",
	    cs_int(told->size), cs_blob(CS_VIEW_OF(told->root)));
}

static enum cs_err
compare_told(struct client_tlog_look *l, const struct cs_tlog_told *told)
{
	struct cs_buf note = { 0 };
	struct cs_tlog_checkpoint at;
	struct cs_tlog_signed s;
	enum cs_err err = client_tlog_told_note(&note, told, &l->key);

	if (err == CS_OK)
		err = cs_tlog_checkpoint_open(
		    &at, cs_buf_view(&note), &l->key, cs_view_str(l->key.name));
	s.cert = cs_buf_view(&l->c->link.session.info.tlog_cert);
	s.note = cs_buf_view(&note);
	/* Of a key that the log no longer has: it says nothing any more. */
	if (err == CS_ERR_SIGNATURE)
		err = CS_OK;
	else if (err == CS_OK)
		err = compare(l, &s, &at);
	cs_buf_free(&note);
	return err ? err : forget_heard(l->c, told);
}

static enum cs_err
look_at_heard(struct client_tlog_look *l)
{
	struct heard heard = { 0 };
	enum cs_err err = load_heard(&heard, l);

	for (size_t i = 0; err == CS_OK && i < heard.n && !l->caught; i++)
		err = compare_told(l, &heard.v[i]);
	return err;
}

/* ---- promises ----------------------------------------------------------- */

/* The entry ${index}, a view into the bundle that is kept, and the proof that
 * it is in the log. */
static enum cs_err
find_entry(struct client_tlog_look *l, struct cs_view *out,
    struct cs_tlog_proof *proof, uint64_t index)
{
	struct cs_tlog_tile tile = {
		.entries = true,
		.n = index / CS_TLOG_TILE_WIDTH,
	};
	struct cs_tlog_hash leaf;
	struct cs_view rest;
	enum cs_err err = CS_OK;

	tile.width = cs_tlog_tile_width(0, tile.n, l->at.size);
	if (l->bundle_tile.width == 0 || l->bundle_tile.n != tile.n) {
		l->bundle_tile.width = 0;
		if ((err = client_tlog_tile_get(&l->files, &l->bundle, &tile)))
			return err;
		l->bundle_tile = tile;
	}
	rest = cs_buf_view(&l->bundle);
	for (uint64_t i = 0; err == CS_OK && i <= index % CS_TLOG_TILE_WIDTH;
	     i++)
		err = cs_tlog_bundle_next(out, &rest);
	if (err)
		return CS_ERR_FORMAT;
	if ((err = cs_tlog_leaf_hash(&leaf, *out)) ||
	    (err = cs_tlog_inclusion_make(
		 proof, index, l->at.size, cs_tlog_tiles_node, &l->tiles)))
		return err;
	return cs_tlog_inclusion_verify(
	    proof, &leaf, index, l->at.size, &l->at.root);
}

/* Ask how batch and entry hang together.  CS_ERR_NOT_FOUND: the hub does not
 * say, or nothing that can be read. */
static enum cs_err
ask_turn(
    struct cs_client *c, struct cs_buf *out, uint64_t entry, uint32_t number)
{
	const struct cs_wire_tlog_turn_get ask = {
		.entry = entry,
		.number = number,
	};
	struct cs_wire_tlog_turn answer;
	struct cs_tlog_turn turn;
	enum cs_err err;

	cs_buf_reset(out);
	if ((err = client_need_hub(c)) || (err = client_may_wait(c)))
		return err;
	/* Nobody waits here until a limit is over. */
	err = cs_session_call(&c->link.session, CS_WIRE_TLOG_TURN,
	    &cs_wire_tlog_turn_get_shape, &ask, &cs_wire_tlog_turn_shape,
	    &answer);
	if (err == CS_ERR_DENIED)
		return c->link.session.code == CS_WIRE_E_LIMIT
		    ? CS_ERR_BUSY
		    : CS_ERR_NOT_FOUND;
	if (err) {
		client_offline(c);
		return err;
	}
	if (cs_tlog_turn_parse(&turn, answer.turn) != CS_OK)
		return CS_ERR_NOT_FOUND;
	return cs_buf_set(out, answer.turn);
}

/* CS_OK: it is the promised one.  CS_ERR_MISMATCH: it is another. */
static enum cs_err
compare_entry(struct cs_view entry, struct cs_view turn_bytes, uint32_t number,
    const uint8_t leaf[static CS_HASH_LEN])
{
	uint8_t made[CS_TLOG_COMMIT_LEN];
	struct cs_tlog_turn turn;
	enum cs_err err;

	if ((err = cs_tlog_turn_parse(&turn, turn_bytes)))
		return err;
	err = cs_tlog_turn_entry(made, &turn, number, leaf);
	if (err == CS_ERR_FORMAT)
		return CS_ERR_MISMATCH;
	if (err)
		return err;
	return cs_view_equal(entry, CS_VIEW_OF(made)) ? CS_OK : CS_ERR_MISMATCH;
}

struct due {
	struct cs_stamp_promise promise;
	uint8_t bytes[CS_STAMP_PROMISE_LEN];
	bool done, refused;
};
struct dues {
	struct due v[DUES_MAX];
	size_t n;
};

static enum cs_err
load_dues(struct dues *out, struct client_tlog_look *l)
{
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, l->c->db,
	    "SELECT promise FROM tlog_due WHERE entry<?"
	    " ORDER BY asked,entry LIMIT ?",
	    cs_int(l->at.size), cs_int(DUES_MAX));
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct due *d = &out->v[out->n++];

		cs_col_copy(&rows, 0, d->bytes, sizeof d->bytes);
		err = cs_stamp_promise_parse(&d->promise, CS_VIEW_OF(d->bytes));
	}
	return cs_rows_end(&rows, err);
}

static enum cs_err
catch_entry(struct client_tlog_look *l, const struct due *d,
    struct cs_view entry, const struct cs_tlog_proof *proof,
    struct cs_view turn)
{
	struct cs_tlog_fault f = {
		.kind = CS_TLOG_FAULT_ENTRY,
		.a = l->of,
		.proof = *proof,
		.promise = d->promise,
		.entry = entry,
		.turn = turn,
	};
	struct cs_buf cert = { 0 };
	enum cs_err err = client_stamp_cert(&cert, l->c, d->promise.key_id);

	f.stamp_cert = cs_buf_view(&cert);
	if (err == CS_OK)
		err = catch_at(l, &f);
	cs_buf_free(&cert);
	return err;
}

static enum cs_err
look_at_due(struct client_tlog_look *l, struct due *d)
{
	uint8_t leaf[CS_HASH_LEN];
	struct cs_tlog_proof proof;
	struct cs_buf turn = { 0 };
	struct cs_view entry;
	enum cs_err err;

	if ((err = cs_stamp_promise_leaf(leaf, &d->promise, l->c->self.root)) ||
	    (err = find_entry(l, &entry, &proof, d->promise.entry)))
		return err;
	/* Otherwise it could be no turn of stamps, whatever the hub says. */
	if (cs_tlog_entry_kind(entry) == CS_TLOG_STAMPS)
		err =
		    ask_turn(l->c, &turn, d->promise.entry, d->promise.number);
	if (err == CS_OK)
		err = compare_entry(
		    entry, cs_buf_view(&turn), d->promise.number, leaf);
	if (cs_tlog_entry_kind(entry) != CS_TLOG_STAMPS ||
	    err == CS_ERR_MISMATCH)
		err = catch_entry(l, d, entry, &proof, cs_buf_view(&turn));
	d->refused = err == CS_ERR_NOT_FOUND;
	d->done = err == CS_OK;
	cs_buf_free(&turn);
	return d->refused ? CS_OK : err;
}

static enum cs_err
store_dues(struct client_tlog_look *l, const struct dues *dues)
{
	struct cs_client *c = l->c;
	enum cs_err err = CS_OK;

	for (size_t i = 0; err == CS_OK && i < dues->n; i++) {
		const struct due *d = &dues->v[i];

		if (d->done)
			err = cs_db_exec(c->db,
			    "DELETE FROM tlog_due WHERE entry=? AND number=?"
			    " AND promise=?",
			    cs_int(d->promise.entry), cs_int(d->promise.number),
			    cs_blob(CS_VIEW_OF(d->bytes)));
		else if (d->refused)
			err = cs_db_exec(c->db,
			    "UPDATE tlog_due SET asked=? WHERE entry=?"
			    " AND number=? AND promise=?",
			    cs_int(cs_clock_ms()), cs_int(d->promise.entry),
			    cs_int(d->promise.number),
			    cs_blob(CS_VIEW_OF(d->bytes)));
	}
	return err;
}

static enum cs_err
look_at_dues(struct client_tlog_look *l)
{
	struct dues *dues = cs_calloc(1, sizeof *dues);
	enum cs_err err = CS_ERR_NOMEM, stored;

	if (dues == NULL)
		return err;
	err = load_dues(dues, l);
	for (size_t i = 0; err == CS_OK && i < dues->n && !l->caught; i++)
		err = look_at_due(l, &dues->v[i]);
	if ((stored = cs_db_begin(l->c->db)) == CS_OK)
		stored =
		    cs_db_end_as(l->c->db, store_dues(l, dues), CS_DB_SAFE);
	cs_free(dues, sizeof *dues);
	return err ? err : stored;
}

/* ---- a look ------------------------------------------------------------- */

/* Nobody can tell any more whether the hub kept these promises. */
static enum cs_err
give_up(struct cs_client *c)
{
	uint64_t now = client_now_ms(c);
	enum cs_err err;

	if (now < CLIENT_TLOG_DUE_MS)
		return CS_OK;
	err = cs_db_exec(c->db, "DELETE FROM tlog_due WHERE stamped<?",
	    cs_int(now - CLIENT_TLOG_DUE_MS));
	return err
	    ? err
	    : client_tlog_note_dropped(c, (uint64_t)cs_db_changes(c->db));
}

static enum cs_err
note(struct cs_client *c, bool done)
{
	enum cs_err err = cs_db_begin(c->db);

	if (err)
		return err;
	if ((err = give_up(c)) == CS_OK)
		err = client_tlog_note_try(c, done);
	return cs_db_end_as(c->db, err, CS_DB_SAFE);
}

/* What may be otherwise the next time, or is the hub's affair.  A connection
 * that is gone is not. */
static bool
is_harmless(const struct cs_client *c, enum cs_err err)
{
	if (err == CS_ERR_CLOSED || err == CS_ERR_TIMEOUT || err == CS_ERR_BUSY)
		return c->link.online;
	return cs_err_class(err) == CS_ERR_CLASS_THEIRS;
}

/* CS_OK also if the hub was caught. */
static enum cs_err
look(struct cs_client *c)
{
	struct client_tlog_look *l;
	enum cs_err err = client_tlog_look_new(&l, c), noted;

	if (err == CS_OK && (err = look_at_log(l)) == CS_OK && !l->caught &&
	    (err = look_at_heard(l)) == CS_OK && !l->caught)
		err = look_at_dues(l);
	if (l != NULL && l->caught && err == CS_ERR_SIGNATURE)
		err = CS_OK;
	noted = note(c, err == CS_OK);
	client_tlog_look_free(l);
	return err && !is_harmless(c, err) ? err : noted ? noted : err;
}

enum cs_err
client_tlog_check(struct cs_client *c)
{
	struct cs_client_log state;
	uint64_t now = client_now_ms(c);
	struct cs_note_key key;
	enum cs_err err;

	if (!c->link.online)
		return CS_OK;
	if ((err = cs_client_log(&state, c)))
		return err;
	/* A clock that was set back hides nothing. */
	if (state.tried_ms <= now &&
	    now - state.tried_ms < CLIENT_TLOG_CHECK_MS)
		return CS_OK;
	if ((err = client_tlog_key(&key, c)) == CS_OK)
		err = look(c);
	return is_harmless(c, err) ? CS_OK : err;
}

enum cs_err
cs_client_log_check(struct cs_client *c)
{
	struct cs_note_key key;
	enum cs_err err;

	if ((err = client_need_hub(c)))
		return err;
	if ((err = client_tlog_key(&key, c)) == CS_ERR_NOT_FOUND)
		return client_problem(c, err, "This hub shows no log.");
	if (err || (err = look(c)) == CS_OK || !is_harmless(c, err))
		return err;
	return client_problem(c, err,
	    "The hub's log could not be checked (%s). That shows nothing; if "
	    "it stays so, ask the operator why.",
	    cs_err_text(err));
}

/* ---- the log as it is known --------------------------------------------- */

static enum cs_err
use_kept(struct client_tlog_look *l)
{
	enum cs_err err;

	if (l->kept.bytes.len != 0)
		return CS_OK;
	if ((err = client_tlog_kept_load(&l->kept, l->c)))
		return err;
	l->of = l->kept.as;
	l->at = l->kept.checkpoint;
	l->tiles.size = l->at.size;
	return CS_OK;
}

enum cs_err
client_tlog_entry(
    struct cs_view *out, struct client_tlog_look *l, uint64_t index)
{
	struct cs_tlog_proof proof;
	enum cs_err err = use_kept(l);

	if (err)
		return err;
	return index < l->at.size ? find_entry(l, out, &proof, index)
				  : CS_ERR_NOT_FOUND;
}

enum cs_err
client_tlog_has(
    struct client_tlog_look *l, uint64_t index, struct cs_view entry)
{
	struct cs_view there;
	enum cs_err err = l->c->link.online
	    ? client_tlog_entry(&there, l, index)
	    : CS_ERR_NOT_FOUND;

	if (err)
		return is_harmless(l->c, err) ? CS_ERR_NOT_FOUND : err;
	return cs_view_equal(there, entry) ? CS_OK : CS_ERR_MISMATCH;
}

/* ---- for evidence ------------------------------------------------------- */

static enum cs_err
write_proof(struct cs_buf *out, struct client_tlog_look *l, uint64_t index,
    const struct cs_tlog_proof *proof, struct cs_view turn)
{
	struct cs_tlog_proof_file file = {
		.index = index,
		.proof = *proof,
		.note = l->of.note,
	};
	struct cs_buf text = { 0 };
	enum cs_err err = cs_tlog_proof_file_write(&text, &file);

	if (err == CS_OK)
		err = cs_csev_log_proof_write(out, turn, cs_buf_view(&text));
	cs_buf_free(&text);
	return err;
}

static enum cs_err
prove(struct cs_buf *log_proof, struct cs_buf *cert, struct client_tlog_look *l,
    const struct cs_stamp *s)
{
	uint8_t leaf[CS_HASH_LEN];
	struct cs_tlog_proof proof;
	struct cs_buf turn = { 0 };
	struct cs_view entry;
	enum cs_err err;

	if ((err = use_kept(l)))
		return err;
	if (s->batch.entry >= l->at.size)
		return CS_ERR_NOT_FOUND;
	if ((err = cs_stamp_batch_leaf(leaf, s)) ||
	    (err = find_entry(l, &entry, &proof, s->batch.entry)) ||
	    (err = ask_turn(l->c, &turn, s->batch.entry, s->batch.number)) ||
	    (err = compare_entry(
		 entry, cs_buf_view(&turn), s->batch.number, leaf)) ||
	    (err = write_proof(
		 log_proof, l, s->batch.entry, &proof, cs_buf_view(&turn))))
		goto out;
	err = cs_buf_set(cert, l->of.cert);
out:
	cs_buf_free(&turn);
	return err;
}

enum cs_err
client_tlog_prove(struct cs_buf *log_proof, struct cs_buf *cert,
    struct client_tlog_look *l, const struct cs_stamp *s)
{
	struct cs_client *c = l->c;
	enum cs_err err;

	if (!c->link.online || s->batch.n == 0)
		return CS_ERR_NOT_FOUND;
	err = prove(log_proof, cert, l, s);
	if (err)
		cs_buf_reset(log_proof);
	return is_harmless(c, err) ? CS_ERR_NOT_FOUND : err;
}
