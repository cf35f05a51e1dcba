/* SPDX-License-Identifier: MIT */
#include "member/lists.h"

#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "member/show.h"
#include "member/take.h"

#define PAGE 50
#define WORDS_MAX 16

static void
optional(struct cs_json_writer *j, const char *name, const char *text)
{
	if (text != NULL && text[0] != '\0')
		cs_json_string(j, name, text);
}

static void
mark(struct cs_json_writer *j, const char *name, bool is)
{
	if (is)
		cs_json_bool(j, name, true);
}

/* ---- people ------------------------------------------------------------- */

static void
show_person(void *arg, const struct cs_client_contact *contact)
{
	struct cs_json_writer *j = arg;
	char id[30];

	cs_json_object(j, NULL);
	cs_json_string(j, "name", contact->handle);
	optional(j, "alias", contact->alias);
	if (contact->met) {
		cs_id_text(id, contact->account);
		cs_json_string(j, "id", id);
	}
	cs_json_bool(j, "met", contact->met);
	cs_json_bool(j, "accepted", contact->accepted);
	cs_json_bool(j, "blocked", contact->blocked);
	cs_json_bool(j, "changed", contact->changed);
	cs_json_close(j);
}

static enum cs_err
show_people(struct member_call *k, const char *name)
{
	enum cs_err err;

	cs_json_array(k->out, name);
	err = cs_client_contacts(k->c, show_person, k->out);
	cs_json_close(k->out);
	return err;
}

enum cs_err
member_people(struct member_call *k)
{
	return show_people(k, "give");
}

/* ---- conversations ------------------------------------------------------ */

static enum cs_err
show_listed(void *arg, const struct cs_client_listed *l)
{
	struct cs_json_writer *j = arg;

	cs_json_object(j, NULL);
	cs_json_string(j, "id", l->id);
	cs_json_string(j, "name", l->name);
	optional(j, "alias", l->alias);
	optional(j, "looks_like", l->looks_like);
	optional(j, "added_by", l->added_by);
	cs_json_bool(j, "direct", l->direct);
	cs_json_string(j, "state", cs_member_state_name(l->state));
	mark(j, "picture", l->picture);
	mark(j, "lost", l->lost);
	cs_json_number(j, "unread", l->unread);
	cs_json_number(j, "time_ms", l->time_ms);
	mark(j, "pinned", l->marks.pinned);
	mark(j, "muted", l->marks.muted);
	mark(j, "archived", l->marks.archived);
	if (l->draft.len != 0)
		cs_json_text(j, "draft", l->draft);
	if (l->is_reply)
		cs_json_hex(j, "draft_reply_to", CS_VIEW_OF(l->reply_to));
	if (l->last != NULL)
		cs_member_message_json(j, "last", l->last);
	cs_json_close(j);
	return CS_OK;
}

enum cs_err
member_conversations(struct member_call *k)
{
	enum cs_err err;

	cs_json_array(k->out, "give");
	err = cs_client_listing(k->c, show_listed, k->out);
	cs_json_close(k->out);
	return err;
}

/* Ids of those that are gone come after the others. */
struct changed {
	struct cs_json_writer *j, gone;
};

static enum cs_err
show_changed(void *arg, const struct cs_client_listed *l)
{
	struct changed *c = arg;

	if (!l->gone)
		return show_listed(c->j, l);
	cs_json_string(&c->gone, NULL, l->id);
	return CS_OK;
}

static enum cs_err
show_since(struct member_call *k, struct cs_buf *gone)
{
	struct cs_client_since since = { member_number(k, "since", 0) };
	struct changed c = { k->out, cs_json_writer(gone) };
	enum cs_err err;

	cs_json_array(&c.gone, NULL);
	cs_json_array(k->out, "conversations");
	err = cs_client_listing_since(&since, k->c, show_changed, &c);
	cs_json_close(k->out);
	cs_json_close(&c.gone);
	if (err || (err = cs_json_end(&c.gone)))
		return err;
	cs_json_raw(k->out, "gone", cs_buf_view(gone));
	cs_json_number(k->out, "now", since.now);
	cs_json_bool(k->out, "whole", since.whole);
	return since.whole ? show_people(k, "people") : CS_OK;
}

enum cs_err
member_listing(struct member_call *k)
{
	struct cs_buf gone = { 0 };
	enum cs_err err;

	cs_json_object(k->out, "give");
	err = show_since(k, &gone);
	cs_json_close(k->out);
	cs_buf_free(&gone);
	return err;
}

static void
show_members(struct cs_json_writer *j, const struct cs_client_group *g)
{
	cs_json_array(j, "members");
	for (size_t i = 0; i < g->n_members; i++) {
		cs_json_object(j, NULL);
		cs_json_string(j, "name", g->members[i]);
		cs_json_string(j, "role", cs_member_role_name(g->roles[i]));
		cs_json_close(j);
	}
	cs_json_close(j);
	cs_json_object(j, "kept");
	cs_json_bool(j, "add", g->kept.add);
	cs_json_bool(j, "rename", g->kept.rename);
	cs_json_bool(j, "timer", g->kept.timer);
	cs_json_bool(j, "write", g->kept.write);
	cs_json_close(j);
}

enum cs_err
member_conversation(struct member_call *k)
{
	struct cs_client_groups groups;
	const struct cs_client_group *g;
	enum cs_err err =
	    cs_client_group_show(&groups, k->c, member_text(k, "id"));

	if (err)
		return err;
	g = &groups.v[0];
	cs_json_object(k->out, "give");
	cs_json_string(k->out, "id", g->id);
	cs_json_string(k->out, "name", g->name);
	optional(k->out, "alias", g->alias);
	optional(k->out, "looks_like", g->looks_like);
	optional(k->out, "added_by", g->added_by);
	cs_json_bool(k->out, "direct", g->direct);
	cs_json_string(k->out, "state", cs_member_state_name(g->state));
	mark(k->out, "lost", g->lost);
	cs_json_string(k->out, "role", cs_member_role_name(g->role));
	show_members(k->out, g);
	cs_json_close(k->out);
	cs_client_groups_free(&groups);
	return CS_OK;
}

/* ---- messages ----------------------------------------------------------- */

static enum cs_err
show_message(void *arg, const struct cs_client_message *m)
{
	cs_member_message_json(arg, NULL, m);
	return CS_OK;
}

static unsigned
page_of(const struct member_call *k)
{
	uint64_t most = member_number(k, "most", PAGE);

	return most < MEMBER_PAGE_MOST ? (unsigned)most : MEMBER_PAGE_MOST;
}

enum cs_err
member_messages(struct member_call *k)
{
	const struct cs_client_page page = {
		.most = page_of(k),
		.before = member_text(k, "before"),
		.after = member_text(k, "after"),
		.around = member_text(k, "around"),
	};
	enum cs_err err;

	if ((page.before != NULL) + (page.after != NULL) +
		(page.around != NULL) >
	    1)
		return member_fail(k, CS_ERR_FORMAT,
		    "Before, after or around a message, not more than one.");
	cs_json_array(k->out, "give");
	err = cs_client_conversation(
	    k->c, member_text(k, "id"), &page, show_message, k->out);
	cs_json_close(k->out);
	return err;
}

/* The newest that were found; each as JSON, in a ring. */
struct found {
	struct cs_buf v[MEMBER_PAGE_MOST];
	size_t most, n;
};

static enum cs_err
keep_found(void *arg, const struct cs_client_message *m)
{
	struct found *f = arg;
	struct cs_buf *text = &f->v[f->n++ % f->most];
	struct cs_json_writer j = cs_json_writer(text);

	cs_buf_reset(text);
	cs_member_message_json(&j, NULL, m);
	return cs_json_end(&j);
}

static enum cs_err
search(struct member_call *k, struct found *f)
{
	const char *words[WORDS_MAX];
	size_t n = member_count(k, "words");
	enum cs_err err;

	if (n == 0 || n > WORDS_MAX)
		return member_fail(k, CS_ERR_FORMAT,
		    "Give a word to look for, and no more than %d.", WORDS_MAX);
	for (size_t i = 0; i < n; i++)
		words[i] = member_item(k, "words", i);
	if ((err = cs_client_search(k->c, words, n, keep_found, f)))
		return err;
	cs_json_array(k->out, "give");
	for (size_t i = f->n > f->most ? f->n - f->most : 0; i < f->n; i++)
		cs_json_raw(k->out, NULL, cs_buf_view(&f->v[i % f->most]));
	cs_json_close(k->out);
	return CS_OK;
}

enum cs_err
member_search(struct member_call *k)
{
	struct found *f = cs_calloc(1, sizeof *f);
	enum cs_err err;

	if (f == NULL)
		return CS_ERR_NOMEM;
	f->most = page_of(k) != 0 ? page_of(k) : 1;
	err = search(k, f);
	for (size_t i = 0; i < MEMBER_PAGE_MOST; i++)
		cs_buf_free(&f->v[i]);
	cs_free(f, sizeof *f);
	return err;
}
