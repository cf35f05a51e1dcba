/* SPDX-License-Identifier: MIT */
#include "hub/tlog/witnessed.h"

#include <string.h>

#include "base/alloc.h"
#include "store/file.h"

struct hub_witnessed {
	struct cs_tlog_writer *writer;
	const struct cs_note_key *key;
	const struct cs_tlog_policy *policy; /* NULL: there are no witnesses */
	const char *cosigned;                /* path */
	/* The checkpoint that is asked about: the log's own note, and lines
	 * that were verified. */
	struct cs_buf note, lines;
	size_t n_lines;
	uint64_t number, size;
	bool asking;
	/* The one that is shown. */
	struct cs_buf shown;
	uint64_t shown_size, shown_ms;
	bool shows; /* since ${shown_ms} */
};

enum cs_err
hub_witnessed_new(struct hub_witnessed **out, struct cs_tlog_writer *writer,
    const struct cs_note_key *key, const struct cs_tlog_policy *policy,
    const char *cosigned)
{
	struct hub_witnessed *w = cs_calloc(1, sizeof *w);

	*out = w;
	if (w == NULL)
		return CS_ERR_NOMEM;
	w->writer = writer;
	w->key = key;
	w->policy = policy;
	w->cosigned = cosigned;
	w->note.max = w->lines.max = w->shown.max = CS_TLOG_NOTE_MAX;
	return CS_OK;
}

void
hub_witnessed_free(struct hub_witnessed *w)
{
	if (w == NULL)
		return;
	cs_buf_free(&w->note);
	cs_buf_free(&w->lines);
	cs_buf_free(&w->shown);
	cs_free_plain(w);
}

/* ---- what is asked ------------------------------------------------------ */

/* The writer's note with its first line, which is the log's own. */
static enum cs_err
own_note(struct cs_view *out, const struct cs_tlog_writer *writer)
{
	struct cs_view note = cs_tlog_writer_note(writer), text, lines;
	const uint8_t *end;
	enum cs_err err = cs_note_split(&text, &lines, note);

	if (err)
		return err;
	end = lines.len != 0 ? memchr(lines.data, '\n', lines.len) : NULL;
	if (end == NULL)
		return CS_ERR_FORMAT;
	*out = cs_view(note.data, (size_t)(end + 1 - note.data));
	return CS_OK;
}

/* Is the checkpoint that was asked about last the writer's? */
static bool
is_newest(const struct hub_witnessed *w)
{
	struct cs_view own;

	return own_note(&own, w->writer) == CS_OK &&
	    cs_view_equal(own, cs_buf_view(&w->note));
}

bool
hub_witnessed_next(
    struct cs_view *note, uint64_t *number, struct hub_witnessed *w)
{
	struct cs_view own;

	if (w->policy == NULL || w->asking || is_newest(w) ||
	    own_note(&own, w->writer) != CS_OK ||
	    cs_buf_set(&w->note, own) != CS_OK)
		return false;
	cs_buf_reset(&w->lines);
	w->n_lines = 0;
	w->size = cs_tlog_writer_size(w->writer);
	w->asking = true;
	*note = cs_buf_view(&w->note);
	*number = ++w->number;
	return true;
}

/* Put what was cosigned into the public folder, if the log has not grown
 * meanwhile. */
static enum cs_err
publish(struct hub_witnessed *w)
{
	return w->n_lines != 0 && is_newest(w)
	    ? cs_tlog_writer_cosigned(w->writer, cs_buf_view(&w->lines))
	    : CS_OK;
}

enum cs_err
hub_witnessed_asked(struct hub_witnessed *w, uint64_t number)
{
	if (!w->asking || number != w->number)
		return CS_OK;
	w->asking = false;
	return publish(w);
}

/* ---- what is taken ------------------------------------------------------ */

/* The note with all lines and ${line}. */
static enum cs_err
note_with(
    struct cs_buf *out, const struct hub_witnessed *w, struct cs_view line)
{
	enum cs_err err = cs_buf_set(out, cs_buf_view(&w->note));

	if (err == CS_OK)
		err = cs_buf_add(out, cs_buf_view(&w->lines));
	return err ? err : cs_buf_add(out, line);
}

/* Does ${line} add something, and nothing else than a line of a witness?
 * ${*quorum}: it is enough then. */
static enum cs_err
check(struct cs_buf *note, bool *quorum, const struct hub_witnessed *w,
    struct cs_view line, uint64_t now_ms)
{
	struct cs_tlog_witnessed before, after;
	uint64_t now_s = now_ms / CS_SECOND_MS;
	enum cs_err err;

	if (line.len == 0 ||
	    memchr(line.data, '\n', line.len) != line.data + line.len - 1 ||
	    w->n_lines == CS_NOTE_LINES_MAX - 1)
		return CS_ERR_DENIED;
	if ((err = note_with(note, w, cs_view(NULL, 0))))
		return err;
	err = cs_tlog_policy_verify(
	    &before, w->policy, cs_buf_view(note), w->key, now_s);
	if (err && err != CS_ERR_DENIED)
		return err == CS_ERR_NOMEM ? err : CS_ERR_DENIED;
	if ((err = cs_buf_add(note, line)))
		return err == CS_ERR_NOMEM ? err : CS_ERR_DENIED;
	err = cs_tlog_policy_verify(
	    &after, w->policy, cs_buf_view(note), w->key, now_s);
	if (err && err != CS_ERR_DENIED)
		return err == CS_ERR_NOMEM ? err : CS_ERR_DENIED;
	*quorum = err == CS_OK;
	for (size_t i = 0; i < w->policy->n_witnesses; i++)
		if (after.times[i] > before.times[i])
			return CS_OK;
	return CS_ERR_DENIED;
}

/* What is shown never becomes smaller: to whoever saw more it would look like a
 * log that was put back. */
static enum cs_err
show(struct hub_witnessed *w, struct cs_view note, uint64_t size,
    uint64_t now_ms)
{
	enum cs_err err;

	if (w->shows && size < w->shown_size)
		return CS_OK;
	if ((err = cs_buf_set(&w->shown, note)))
		return err;
	w->shown_size = size;
	w->shown_ms = now_ms;
	w->shows = true;
	return CS_OK;
}

static enum cs_err
take_quorum(struct hub_witnessed *w, struct cs_view note, uint64_t now_ms)
{
	enum cs_err err = show(w, note, w->size, now_ms);

	/* For the operator, so the log goes on without. */
	(void)!cs_file_write(w->cosigned, note, 0600);
	return err ? err : publish(w);
}

enum cs_err
hub_witnessed_line(struct hub_witnessed *w, uint64_t number,
    struct cs_view line, uint64_t now_ms)
{
	struct cs_buf note = { .max = CS_TLOG_NOTE_MAX };
	bool quorum = false;
	enum cs_err err;

	if (!w->asking || number != w->number)
		return CS_ERR_DENIED;
	if ((err = check(&note, &quorum, w, line, now_ms)) == CS_OK &&
	    (err = cs_buf_add(&w->lines, line)) == CS_OK) {
		w->n_lines++;
		if (quorum)
			err = take_quorum(w, cs_buf_view(&note), now_ms);
	}
	cs_buf_free(&note);
	return err;
}

/* ---- what is shown ------------------------------------------------------ */

struct cs_view
hub_witnessed_shown(struct hub_witnessed *w, uint64_t now_ms)
{
	struct cs_view newest = cs_tlog_writer_note(w->writer);
	uint64_t size = cs_tlog_writer_size(w->writer);

	if (w->policy == NULL)
		return newest;
	/* A clock that goes back must not hold up the log. */
	if (!w->shows ||
	    (size > w->shown_size &&
		(now_ms < w->shown_ms ||
		    now_ms - w->shown_ms >= HUB_WITNESSED_PATIENCE_MS)))
		if (show(w, newest, size, now_ms) != CS_OK)
			return newest;
	return cs_buf_view(&w->shown);
}

/* ---- a witness that disagrees ------------------------------------------- */

/* Is ${c}, which is no larger than the log, a checkpoint of it? */
static enum cs_err
continues(
    bool *out, struct hub_witnessed *w, const struct cs_tlog_checkpoint *c)
{
	struct cs_tlog_tiles *tiles = cs_calloc(1, sizeof *tiles);
	struct cs_tlog_hash root;
	enum cs_err err;

	if (tiles == NULL)
		return CS_ERR_NOMEM;
	cs_tlog_writer_tiles(w->writer, tiles);
	err = cs_tlog_root(&root, c->size, cs_tlog_tiles_node, tiles);
	*out = err == CS_OK && cs_tlog_hash_equal(&root, &c->root);
	cs_free_plain(tiles);
	return err;
}

enum cs_err
hub_witnessed_disagrees(
    uint64_t *more, struct hub_witnessed *w, struct cs_view note)
{
	uint64_t size = cs_tlog_writer_size(w->writer);
	struct cs_tlog_checkpoint c;
	bool same = false;
	enum cs_err err = cs_tlog_checkpoint_open(
	    &c, note, w->key, cs_view_str(w->key->name));

	if (err)
		return err == CS_ERR_NOMEM ? err : CS_ERR_DENIED;
	if (c.size > size) {
		*more = c.size;
		return CS_OK;
	}
	if ((err = continues(&same, w, &c)))
		return err == CS_ERR_NOMEM ? err : CS_ERR_DENIED;
	/* Another history, which is as long as this one: whatever is added here
	 * contradicts it. */
	*more = size + 1;
	return same ? CS_ERR_DENIED : CS_OK;
}
