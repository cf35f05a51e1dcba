/* SPDX-License-Identifier: MIT */
/* What was said: page by page, and by its words. */
#include <string.h>

#include "base/name.h"
#include "client/client.h"
#include "client/home/client.h"
#include "client/home/find.h"
#include "client/home/inbox.h"
#include "client/home/message.h"
#include "client/home/problem.h"

/* ---- a conversation ----------------------------------------------------- */

/* The rows of a conversation before ${at}, the last first, or from ${at} on. */
static enum cs_err
list_side(struct cs_buf *ids, struct cs_client *c,
    const struct client_meant *meant, bool before, uint64_t at, unsigned most)
{
	struct cs_view id = cs_view(meant->id, meant->id_len);
	struct cs_writer w = cs_writer(ids);
	struct cs_rows rows;
	enum cs_err err = before
	    ? cs_db_query(&rows, c->db,
		  "SELECT id FROM message WHERE grp=? AND id<? AND about=0"
		  " AND" CLIENT_LISTED " ORDER BY id DESC LIMIT ?",
		  cs_blob(id), cs_int(at), CLIENT_LISTED_ARGS(c), cs_int(most))
	    : cs_db_query(&rows, c->db,
		  "SELECT id FROM message WHERE grp=? AND id>=? AND about=0"
		  " AND" CLIENT_LISTED " ORDER BY id LIMIT ?",
		  cs_blob(id), cs_int(at), CLIENT_LISTED_ARGS(c), cs_int(most));

	while (err == CS_OK && cs_rows_next(&rows))
		cs_write_u64(&w, cs_col_int(&rows, 0));
	err = cs_rows_end(&rows, err);
	return err ? err : cs_writer_end(&w);
}

/* The row of the message whose id begins with ${prefix}. */
static enum cs_err
find_row(uint64_t *out, struct cs_client *c, const char *prefix)
{
	uint8_t mid[CS_CLIENT_MID_LEN];
	enum cs_err err = cs_client_message_find(c, prefix, mid);

	return err ? err : client_message_by_mid(out, NULL, c, mid);
}

/* The rows of ${page}: those ${before} some row, the last first, and those
 * ${from} it on. */
static enum cs_err
list_page(struct cs_buf *before, struct cs_buf *from, struct cs_client *c,
    const struct client_meant *meant, const struct cs_client_page *page)
{
	unsigned half = page->most / 2;
	uint64_t at = INT64_MAX;
	enum cs_err err;

	if (page->after != NULL)
		return (err = find_row(&at, c, page->after))
		    ? err
		    : list_side(from, c, meant, false, at + 1, page->most);
	if (page->around != NULL)
		return (err = find_row(&at, c, page->around)) ||
			(err = list_side(before, c, meant, true, at, half))
		    ? err
		    : list_side(from, c, meant, false, at, page->most - half);
	if (page->before != NULL && (err = find_row(&at, c, page->before)))
		return err;
	return list_side(before, c, meant, true, at, page->most);
}

enum cs_err
cs_client_conversation(struct cs_client *c, const char *typed,
    const struct cs_client_page *page,
    enum cs_err (*each)(void *arg, const struct cs_client_message *m),
    void *arg)
{
	struct cs_buf before = { 0 }, from = { 0 };
	struct client_meant meant;
	struct cs_view rest;
	struct cs_reader r;
	enum cs_err err = client_find(&meant, c, typed, CLIENT_FIND_ANY);

	if (err == CS_OK)
		err = list_page(&before, &from, c, &meant, page);
	rest = cs_buf_view(&before);
	for (; err == CS_OK && rest.len >= 8; rest.len -= 8) {
		r = cs_reader(cs_view(rest.data + rest.len - 8, 8));
		err = client_inbox_show(c, cs_read_u64(&r), each, arg);
	}
	r = cs_reader(cs_buf_view(&from));
	while (err == CS_OK && cs_reader_more(&r))
		err = client_inbox_show(c, cs_read_u64(&r), each, arg);
	cs_buf_free(&before);
	cs_buf_free(&from);
	return err;
}

/* ---- words -------------------------------------------------------------- */

struct search {
	struct cs_client *c;
	struct cs_buf words; /* each folded, as <V> */
	enum cs_err (*each)(void *arg, const struct cs_client_message *m);
	void *arg;
	struct cs_buf folded; /* a text */
};

static bool
contains(struct cs_view text, struct cs_view word)
{
	return word.len <= text.len &&
	    memmem(text.data, text.len, word.data, word.len) != NULL;
}

static enum cs_err
matches(bool *out, struct search *s, const struct cs_client_message *m)
{
	struct cs_reader r = cs_reader(cs_buf_view(&s->words));
	enum cs_err err;

	*out = false;
	if (m->kind != CS_CLIENT_RECEIVED && m->kind != CS_CLIENT_SENT)
		return CS_OK;
	if ((err = cs_name_fold(&s->folded, m->text)))
		return err == CS_ERR_FORMAT ? CS_OK : err;
	*out = true;
	while (*out && cs_reader_more(&r)) {
		struct cs_view word = cs_read_vec(&r);
		bool named = false;

		for (size_t i = 0; !named && i < m->n_media; i++)
			named =
			    contains(cs_view_str(m->media[i].filename), word);
		*out = named || contains(cs_buf_view(&s->folded), word);
	}
	return CS_OK;
}

static enum cs_err
look_at(void *arg, const struct cs_client_message *m)
{
	struct search *s = arg;
	bool found = false;
	enum cs_err err = matches(&found, s, m);

	return err || !found ? err : s->each(s->arg, m);
}

static enum cs_err
fold_words(struct search *s, const char *const *words, size_t n)
{
	struct cs_writer w = cs_writer(&s->words);
	enum cs_err err = CS_OK;

	for (size_t i = 0; err == CS_OK && i < n; i++) {
		err = cs_name_fold(&s->folded, cs_view_str(words[i]));
		if (err == CS_ERR_FORMAT ||
		    (err == CS_OK && s->folded.len == 0))
			return client_problem(s->c, CS_ERR_FORMAT,
			    "\"%.100s\" is no word to look for.", words[i]);
		cs_write_vec(&w, cs_buf_view(&s->folded));
	}
	return err ? err : cs_writer_end(&w);
}

enum cs_err
cs_client_search(struct cs_client *c, const char *const *words, size_t n,
    enum cs_err (*each)(void *arg, const struct cs_client_message *m),
    void *arg)
{
	struct search s = { .c = c, .each = each, .arg = arg };
	enum cs_err err = fold_words(&s, words, n);

	if (err == CS_OK)
		err = cs_client_messages(c, CS_CLIENT_ALL, look_at, &s);
	cs_buf_free(&s.words);
	cs_buf_free(&s.folded);
	return err;
}
