/* SPDX-License-Identifier: MIT */
#include "tlog/policy.h"

#include <assert.h>
#include <string.h>

#include "tlog/lines.h"

#define EACH CS_TLOG_POLICY_EACH
#define NONE CS_TLOG_POLICY_NONE

/* ---- words -------------------------------------------------------------- */

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/* C2SP tlog-policy, "Character set". */
static bool
is_policy_text(struct cs_view text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] == 0x7f ||
		    (text.data[i] < ' ' && text.data[i] != '\t' &&
			text.data[i] != '\n'))
			return false;
	return true;
}

/* Take the next word off ${line}; empty: there is no more. */
static struct cs_view
next_word(struct cs_view *line)
{
	size_t from = 0, to;

	while (from < line->len && is_blank(line->data[from]))
		from++;
	for (to = from; to < line->len && !is_blank(line->data[to]);)
		to++;
	if (line->len != 0) {
		struct cs_view word = cs_view(line->data + from, to - from);

		*line = cs_view(line->data + to, line->len - to);
		return word;
	}
	return cs_view(NULL, 0);
}

static bool
is(struct cs_view word, const char *text)
{
	return cs_view_equal(word, cs_view_str(text));
}

/* ${out} is zero. */
static enum cs_err
copy_word(char *out, size_t max, struct cs_view word)
{
	if (word.len == 0)
		return CS_ERR_FORMAT;
	if (word.len > max)
		return CS_ERR_LIMIT;
	memcpy(out, word.data, word.len);
	return CS_OK;
}

/* A URL, or nothing; and that is the end of the line. */
static enum cs_err
last_url(char out[static CS_TLOG_POLICY_URL_MAX + 1], struct cs_view line)
{
	struct cs_view url = next_word(&line);
	enum cs_err err = CS_OK;

	if (url.len != 0)
		err = copy_word(out, CS_TLOG_POLICY_URL_MAX, url);
	if (err == CS_OK && next_word(&line).len != 0)
		err = CS_ERR_FORMAT;
	return err;
}

/* A key of another type is as good as none. */
static enum cs_err
key_error(enum cs_err err)
{
	return err == CS_ERR_UNSUPPORTED ? CS_ERR_FORMAT : err;
}

/* ---- names -------------------------------------------------------------- */

/* The place of a name that was defined, or NONE. */
static int
place_of(const struct cs_tlog_policy *p, struct cs_view name)
{
	for (size_t i = 0; i < p->n_witnesses; i++)
		if (is(name, p->witnesses[i].name))
			return (int)i;
	for (size_t i = 0; i < p->n_groups; i++)
		if (is(name, p->groups[i].name))
			return (int)(EACH + i);
	return NONE;
}

static enum cs_err
new_name(char out[static CS_TLOG_POLICY_NAME_MAX + 1],
    const struct cs_tlog_policy *p, struct cs_view name)
{
	if (is(name, "none") || place_of(p, name) != NONE)
		return CS_ERR_EXISTS;
	return copy_word(out, CS_TLOG_POLICY_NAME_MAX, name);
}

static bool
same_key(const struct cs_note_key *a, const struct cs_note_key *b)
{
	return cs_view_equal(CS_VIEW_OF(a->public), CS_VIEW_OF(b->public));
}

/* ---- lines -------------------------------------------------------------- */

/* What is defined is counted only once it is whole; "Duplicate" keys are those
 * of the same public half, under whatever name. */
static enum cs_err
read_log(struct cs_tlog_policy *p, struct cs_view line)
{
	struct cs_tlog_policy_log *log = &p->logs[p->n_logs];
	enum cs_err err;

	if (p->n_logs == EACH)
		return CS_ERR_LIMIT;
	if ((err = cs_note_key_read(&log->key, next_word(&line))) ||
	    (err = last_url(log->url, line)))
		return key_error(err);
	for (size_t i = 0; i < p->n_logs; i++)
		if (same_key(&p->logs[i].key, &log->key))
			return CS_ERR_EXISTS;
	p->n_logs++;
	return CS_OK;
}

static enum cs_err
read_witness(struct cs_tlog_policy *p, struct cs_view line)
{
	struct cs_tlog_policy_witness *w = &p->witnesses[p->n_witnesses];
	enum cs_err err;

	if (p->n_witnesses == EACH)
		return CS_ERR_LIMIT;
	if ((err = new_name(w->name, p, next_word(&line))) ||
	    (err = cs_tlog_cosigner_read(&w->who, next_word(&line))) ||
	    (err = last_url(w->url, line)))
		return key_error(err);
	for (size_t i = 0; i < p->n_witnesses; i++)
		if (same_key(&p->witnesses[i].who.key, &w->who.key))
			return CS_ERR_EXISTS;
	p->n_witnesses++;
	return CS_OK;
}

/* Each name is a member once, so nobody counts in two ways. */
static enum cs_err
read_members(struct cs_tlog_policy *p, unsigned *n, struct cs_view line)
{
	struct cs_view name;

	*n = 0;
	while ((name = next_word(&line)).len != 0) {
		int place = place_of(p, name);

		if (place == NONE)
			return CS_ERR_NOT_FOUND;
		if (p->member_of[place] != NONE)
			return CS_ERR_EXISTS;
		p->member_of[place] = (int)(EACH + p->n_groups);
		(*n)++;
	}
	return *n != 0 ? CS_OK : CS_ERR_FORMAT;
}

static enum cs_err
read_group(struct cs_tlog_policy *p, struct cs_view line)
{
	struct cs_tlog_policy_group *g = &p->groups[p->n_groups];
	struct cs_view how;
	uint64_t k;
	enum cs_err err;

	if (p->n_groups == EACH)
		return CS_ERR_LIMIT;
	if ((err = new_name(g->name, p, next_word(&line))))
		return err;
	how = next_word(&line);
	if ((err = read_members(p, &g->n, line)))
		return err;
	if (is(how, "any"))
		k = 1;
	else if (is(how, "all"))
		k = g->n;
	else if (cs_tlog_line_number(&k, how, g->n) != CS_OK || k == 0)
		return CS_ERR_FORMAT;
	g->k = (unsigned)k;
	p->n_groups++;
	return CS_OK;
}

static enum cs_err
read_quorum(struct cs_tlog_policy *p, bool *has_quorum, struct cs_view line)
{
	struct cs_view name = next_word(&line);

	if (*has_quorum)
		return CS_ERR_EXISTS;
	if (name.len == 0 || next_word(&line).len != 0)
		return CS_ERR_FORMAT;
	*has_quorum = true;
	if (is(name, "none"))
		return CS_OK;
	p->quorum = place_of(p, name);
	return p->quorum != NONE ? CS_OK : CS_ERR_NOT_FOUND;
}

static enum cs_err
read_line(struct cs_tlog_policy *p, bool *has_quorum, struct cs_view line)
{
	struct cs_view word = next_word(&line);

	if (word.len == 0 || word.data[0] == '#')
		return CS_OK;
	if (is(word, "log"))
		return read_log(p, line);
	if (is(word, "witness"))
		return read_witness(p, line);
	if (is(word, "group"))
		return read_group(p, line);
	return is(word, "quorum") ? read_quorum(p, has_quorum, line)
				  : CS_ERR_FORMAT;
}

enum cs_err
cs_tlog_policy_parse(
    struct cs_tlog_policy *out, unsigned *line, struct cs_view text)
{
	bool has_quorum = false;
	enum cs_err err;

	*line = 0;
	memset(out, 0, sizeof *out);
	out->quorum = NONE;
	for (size_t i = 0; i < CS_TLOG_POLICY_PLACES; i++)
		out->member_of[i] = NONE;
	if (text.len > CS_TLOG_POLICY_MAX)
		return CS_ERR_LIMIT;
	if (!is_policy_text(text))
		return CS_ERR_FORMAT;
	while (text.len != 0) {
		const uint8_t *end = memchr(text.data, '\n', text.len);
		size_t n = end != NULL ? (size_t)(end - text.data) : 0;

		++*line;
		if (end == NULL)
			return CS_ERR_FORMAT;
		if ((err = read_line(out, &has_quorum, cs_view(text.data, n))))
			return err;
		text = cs_view(end + 1, text.len - n - 1);
	}
	*line = 0;
	return has_quorum ? CS_OK : CS_ERR_FORMAT;
}

/* ---- checkpoints -------------------------------------------------------- */

/* The checkpoint in ${note}, if one of the logs signed it. */
static enum cs_err
open_note(struct cs_tlog_checkpoint *out, const struct cs_tlog_policy *p,
    struct cs_view note)
{
	for (size_t i = 0; i < p->n_logs; i++) {
		const struct cs_note_key *key = &p->logs[i].key;
		enum cs_err err = cs_tlog_checkpoint_open(
		    out, note, key, cs_view_str(key->name));

		if (err != CS_ERR_NOT_FOUND)
			return err;
	}
	return CS_ERR_NOT_FOUND;
}

static enum cs_err
read_times(struct cs_tlog_witnessed *out, const struct cs_tlog_policy *p,
    struct cs_view note, uint64_t now_s)
{
	for (size_t i = 0; i < p->n_witnesses; i++) {
		uint64_t at = 0;
		enum cs_err err =
		    cs_tlog_cosigned(&at, note, &p->witnesses[i].who);

		if (err && err != CS_ERR_NOT_FOUND)
			return err;
		if (err == CS_OK &&
		    (at <= now_s || at - now_s <= CS_TLOG_POLICY_AHEAD_S))
			out->times[i] = at;
	}
	return CS_OK;
}

/* A time at each place: since when it witnesses, UINT64_MAX if never; or until
 * when, 0 if never. */
enum side { SINCE, UNTIL };

/* The ${k}th time of the members of ${group}, the smallest or the largest
 * first: since then, or until then, ${k} of them witness. */
static uint64_t
time_of_group(const uint64_t times[static CS_TLOG_POLICY_PLACES],
    const struct cs_tlog_policy *p, size_t group, enum side side)
{
	uint64_t sorted[CS_TLOG_POLICY_PLACES];
	const struct cs_tlog_policy_group *g = &p->groups[group];
	size_t n = 0;

	for (size_t place = 0; place < EACH + group; place++) {
		size_t at;

		if (p->member_of[place] != (int)(EACH + group))
			continue;
		for (at = n++; at > 0 && sorted[at - 1] > times[place]; at--)
			sorted[at] = sorted[at - 1];
		sorted[at] = times[place];
	}
	assert(n == g->n && g->k >= 1 && g->k <= n);
	return side == SINCE ? sorted[g->k - 1] : sorted[n - g->k];
}

static uint64_t
time_of_quorum(const struct cs_tlog_witnessed *w,
    const struct cs_tlog_policy *p, enum side side)
{
	const uint64_t never = side == SINCE ? UINT64_MAX : 0;
	uint64_t times[CS_TLOG_POLICY_PLACES];

	if (p->quorum == NONE)
		return never;
	for (size_t i = 0; i < CS_TLOG_POLICY_PLACES; i++)
		times[i] = i < p->n_witnesses && w->times[i] != 0 ? w->times[i]
								  : never;
	/* A group's members stand before it. */
	for (size_t i = 0; i < p->n_groups; i++)
		times[EACH + i] = time_of_group(times, p, i, side);
	return times[p->quorum];
}

enum cs_err
cs_tlog_policy_verify(struct cs_tlog_witnessed *out,
    const struct cs_tlog_policy *policy, struct cs_view note,
    const struct cs_note_key *log, uint64_t now_s)
{
	enum cs_err err;

	memset(out, 0, sizeof *out);
	out->by_s = UINT64_MAX;
	err = log != NULL ? cs_tlog_checkpoint_open(&out->checkpoint, note, log,
				cs_view_str(log->name))
			  : open_note(&out->checkpoint, policy, note);
	if (err || (err = read_times(out, policy, note, now_s)))
		return err;
	out->by_s = time_of_quorum(out, policy, SINCE);
	out->as_of_s = time_of_quorum(out, policy, UNTIL);
	return policy->quorum == NONE || out->as_of_s != 0 ? CS_OK
							   : CS_ERR_DENIED;
}
