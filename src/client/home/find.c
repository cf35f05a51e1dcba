/* SPDX-License-Identifier: MIT */
#include "client/home/find.h"

#include <stdio.h>
#include <string.h>

#include "base/name.h"
#include "base/text.h"
#include "client/home/alias.h"
#include "client/home/client.h"
#include "client/home/contact.h"
#include "client/home/group.h"
#include "client/home/looks.h"
#include "client/home/problem.h"
#include "client/home/todo.h"
#include "franking/cert.h"
#include "franking/stamp.h"

#define SHOWN_MAX 8 /* of those that could be meant */
#define ID_PREFIX_MIN 4

/* One that could be meant. */
struct candidate {
	struct client_meant meant;
	bool accepted;
	bool by_id;
	enum cs_client_group_state state; /* of the conversation */
	bool blocked;                     /* the person is */
	char name[256], added_by[CS_HANDLE_MAX + 1];
	char id[CS_ID_TEXT_SIZE];
};

struct search {
	struct cs_client *c;
	const char *typed;
	char name[256]; /* what was typed, without the hub */
	bool person_only;
	enum client_group_find find;
	struct candidate v[SHOWN_MAX];
	size_t n, more;
};

/* ---- what was typed ----------------------------------------------------- */

static enum cs_err
other_hub(struct cs_client *c, const char *typed)
{
	return client_problem(c, CS_ERR_UNSUPPORTED,
	    "%.100s is on another hub than yours, %s.", typed, c->self.hub);
}

/* Take "@hub" off what was typed. */
static enum cs_err
take_typed(struct search *s, const char *typed)
{
	const char *at = strrchr(typed, '@');
	size_t len = strlen(typed);
	bool own = false;
	enum cs_err err;

	s->typed = typed;
	if (at != NULL) {
		if ((err = cs_name_same(&own, cs_view_str(at + 1),
			 cs_view_str(s->c->self.hub))))
			return err;
		if (!own &&
		    cs_handle_valid(cs_view(typed, (size_t)(at - typed))))
			return other_hub(s->c, typed);
	}
	s->person_only = own;
	if (own)
		len = (size_t)(at - typed);
	if (len >= sizeof s->name)
		return client_problem(s->c, CS_ERR_NOT_FOUND,
		    "No name has more than %zu bytes.", CS_NAME_MAX);
	memcpy(s->name, typed, len);
	s->name[len] = '\0';
	return CS_OK;
}

/* Can it be the beginning of what cs_id_text() writes? */
static bool
is_id(const char *typed)
{
	size_t n = strlen(typed);

	if (n < ID_PREFIX_MIN || n >= CS_ID_TEXT_SIZE)
		return false;
	for (size_t i = 0; i < n; i++)
		if (i % 5 == 4 ? typed[i] != '-'
			       : strchr("0123456789abcdefghjkmnpqrstvwxyz",
				     typed[i]) == NULL)
			return false;
	return true;
}

static bool
begins(const char *id, const char *typed)
{
	return strncmp(id, typed, strlen(typed)) == 0;
}

/* ---- candidates --------------------------------------------------------- */

static bool
have(const struct search *s, const struct candidate *x)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->v[i].id, x->id) == 0)
			return true;
	return false;
}

static void
add(struct search *s, const struct candidate *x)
{
	if (have(s, x))
		return;
	if (s->n == SHOWN_MAX)
		s->more++;
	else
		s->v[s->n++] = *x;
}

static void
take_group(struct candidate *x, const struct client_group *g)
{
	memcpy(x->meant.id, g->id, g->id_len);
	x->meant.id_len = g->id_len;
	x->state = g->state;
}

/* Of conversations of two with ${handle}, the accepted one; two people who
 * wrote to each other at the same time have two, and both continue in the one
 * with the smaller id. */
static enum cs_err
find_direct(struct candidate *x, struct cs_client *c, const char *handle)
{
	struct cs_buf ids = { 0 };
	struct cs_reader r;
	enum cs_err err = client_todo_list_named(&ids, c, handle);

	r = cs_reader(cs_buf_view(&ids));
	while (err == CS_OK && cs_reader_more(&r)) {
		struct client_group g;

		err = client_group_load_meta(&g, c, cs_read_vec(&r));
		if (err == CS_OK && g.direct && !client_group_over(&g) &&
		    strcmp(g.name, handle) == 0 &&
		    (x->meant.id_len == 0 ||
			(x->state != CS_CLIENT_ACTIVE &&
			    g.state == CS_CLIENT_ACTIVE)))
			take_group(x, &g);
		else if (client_group_damaged(err))
			err = CS_OK;
		client_group_clear(&g);
	}
	cs_buf_free(&ids);
	return err;
}

static enum cs_err
add_person(struct search *s, const struct client_contact *contact, bool by_id)
{
	struct candidate x = { .meant.person = true, .by_id = by_id };
	enum cs_err err;

	snprintf(x.meant.handle, sizeof x.meant.handle, "%s", contact->handle);
	snprintf(x.name, sizeof x.name, "%s", contact->handle);
	snprintf(x.added_by, sizeof x.added_by, "%s", contact->handle);
	cs_id_text(x.id, contact->account);
	if ((err = find_direct(&x, s->c, contact->handle)))
		return err;
	x.blocked = contact->state == CONTACT_BLOCKED;
	x.accepted = contact->state == CONTACT_ACCEPTED ||
	    (!x.blocked && x.meant.id_len != 0 && x.state == CS_CLIENT_ACTIVE);
	add(s, &x);
	return CS_OK;
}

static enum cs_err
is_called(bool *out, const struct search *s, const char *name)
{
	*out = false;
	return name == NULL
	    ? CS_OK
	    : cs_name_same(out, cs_view_str(s->name), cs_view_str(name));
}

static enum cs_err
people(struct search *s)
{
	enum cs_err err = CS_OK;

	for (size_t i = 0; err == CS_OK && i < s->c->contacts.n; i++) {
		const struct client_contact *contact = &s->c->contacts.v[i];
		char id[CS_ID_TEXT_SIZE];
		bool by_id, named, called;

		cs_id_text(id, contact->account);
		by_id = is_id(s->name) && begins(id, s->name);
		if ((err = is_called(&named, s, contact->handle)) ||
		    (err = is_called(&called, s,
			 client_alias_of_person(s->c, contact->account))))
			return err;
		if (by_id || named || called)
			err = add_person(s, contact, by_id);
	}
	return err;
}

static enum cs_err
add_group(struct search *s, struct cs_view id, bool by_id)
{
	struct candidate x = { .by_id = by_id };
	struct client_group g;
	bool named = true;
	enum cs_err err = client_group_load_meta(&g, s->c, id);

	if (err == CS_OK && !by_id)
		err = is_called(&named, s, g.name);
	if (err == CS_OK && !named)
		err = is_called(&named, s, client_alias_of_group(s->c, g.ref));
	/* A conversation of two is meant by the person. */
	if (err == CS_OK && named && (!g.direct || by_id)) {
		take_group(&x, &g);
		x.accepted = g.state == CS_CLIENT_ACTIVE;
		x.blocked = g.state == CS_CLIENT_BLOCKED;
		memcpy(x.name, g.name, sizeof x.name);
		memcpy(x.added_by, g.added_by, sizeof x.added_by);
		cs_group_ref_text(x.id, g.ref);
		add(s, &x);
	} else if (client_group_damaged(err)) {
		err = CS_OK;
	}
	client_group_clear(&g);
	return err;
}

static enum cs_err
groups_by_name(struct search *s)
{
	struct cs_buf ids = { 0 };
	struct cs_reader r;
	enum cs_err err = client_todo_list_named(&ids, s->c, s->name);

	r = cs_reader(cs_buf_view(&ids));
	while (err == CS_OK && cs_reader_more(&r))
		err = add_group(s, cs_read_vec(&r), false);
	cs_buf_free(&ids);
	return err;
}

/* Is the reference of the group ${id} what was typed, or has it been given that
 * name? */
static enum cs_err
by_reference(
    bool *by_id, bool *called, const struct search *s, struct cs_view id)
{
	char text[CS_ID_TEXT_SIZE];
	uint8_t ref[CS_HASH_LEN];
	enum cs_err err = cs_group_ref(ref, id);

	*by_id = *called = false;
	if (err)
		return err;
	cs_group_ref_text(text, ref);
	*by_id = is_id(s->name) && begins(text, s->name);
	return is_called(called, s, client_alias_of_group(s->c, ref));
}

static bool
has_group_aliases(const struct cs_client *c)
{
	for (size_t i = 0; i < c->aliases.n; i++)
		if (!c->aliases.v[i].person)
			return true;
	return false;
}

static enum cs_err
groups_by_reference(struct search *s)
{
	struct cs_buf ids = { 0 };
	struct cs_reader r;
	enum cs_err err = CS_OK;

	/* Only then is each group looked at. */
	if (is_id(s->name) || has_group_aliases(s->c))
		err = client_group_list(&ids, s->c);
	r = cs_reader(cs_buf_view(&ids));
	while (err == CS_OK && cs_reader_more(&r)) {
		struct cs_view id = cs_read_vec(&r);
		bool by_id, called;

		if ((err = by_reference(&by_id, &called, s, id)) == CS_OK &&
		    (by_id || called))
			err = add_group(s, id, by_id);
	}
	cs_buf_free(&ids);
	return err;
}

/* ---- choosing ----------------------------------------------------------- */

static bool
counts(const struct search *s, const struct candidate *x)
{
	return (x->meant.person
		       ? s->find != CLIENT_FIND_GROUP
		       : s->find != CLIENT_FIND_DIRECT && !s->person_only) &&
	    (x->accepted || x->by_id);
}

static enum cs_err
ambiguous(const struct search *s, const bool *meant)
{
	char list[3000] = "";
	size_t len = 0;

	for (size_t i = 0; i < s->n; i++) {
		const struct candidate *x = &s->v[i];

		if (!meant[i])
			continue;
		len += (size_t)snprintf(list + len, sizeof list - len,
		    x->meant.person ? "\n  %s  the person %s"
				    : "\n  %s  the group \"%s\", made or "
				      "shown to you by %s",
		    x->id, x->name, x->added_by);
		if (len >= sizeof list)
			break;
	}
	return client_problem(s->c, CS_ERR_EXISTS,
	    "\"%.255s\" could mean more than one%s. Nothing was done; say "
	    "which by its id, or the beginning of it:%s",
	    s->name, s->more != 0 ? ", these and others" : "", list);
}

/* What the name would mean, if it were accepted. */
static enum cs_err
only_unaccepted(const struct search *s, const struct candidate *x)
{
	if (x->meant.person && x->blocked)
		return client_problem(s->c, CS_ERR_MEMBER,
		    "You blocked %s. \"countersign accept %s\" undoes that.",
		    x->name, x->name);
	if (x->meant.person)
		return client_problem(s->c, CS_ERR_MEMBER,
		    "%s has written to you, and you have not accepted that. "
		    "\"countersign accept %s\" lets them in; an answer to one "
		    "of their messages (--reply) does, too.",
		    x->name, x->name);
	if (x->state == CS_CLIENT_REQUEST)
		return client_problem(s->c, CS_ERR_MEMBER,
		    "%s added you to a group called \"%.255s\", and you have "
		    "not accepted that. \"countersign accept %s\" does; or "
		    "say its id, %.9s.",
		    x->added_by, x->name, x->added_by, x->id);
	return client_problem(s->c, CS_ERR_MEMBER,
	    x->blocked ? "The group \"%.255s\" came from %s, whom you "
			 "blocked. Its id is %.9s."
		       : "You have left the group \"%.255s\" of %s. Its id "
			 "is %.9s.",
	    x->name, x->added_by, x->id);
}

static enum cs_err
nothing(const struct search *s)
{
	const struct candidate *best = NULL;

	/* A conversation that waits tells more than one that is over. */
	for (size_t i = 0; i < s->n; i++) {
		const struct candidate *x = &s->v[i];

		if (x->meant.person && x->meant.id_len == 0 && !x->blocked)
			continue; /* somebody from a group, and new */
		if (x->meant.person ? s->find == CLIENT_FIND_GROUP
				    : s->find == CLIENT_FIND_DIRECT)
			continue;
		if (best == NULL || (x->meant.person && !best->meant.person))
			best = x;
	}
	if (best != NULL)
		return only_unaccepted(s, best);
	return client_problem(s->c, CS_ERR_NOT_FOUND,
	    s->find == CLIENT_FIND_GROUP
		? "You are in no group called \"%.255s\"."
		: "\"%.255s\" is neither a group that you are in nor "
		  "somebody that you know.",
	    s->name);
}

static enum cs_err
choose(struct client_meant *out, const struct search *s)
{
	bool person[SHOWN_MAX] = { false }, group[SHOWN_MAX] = { false };
	bool any[SHOWN_MAX] = { false }, by_id = false;
	size_t people_n = 0, groups_n = 0, first = 0;

	for (size_t i = 0; i < s->n; i++) {
		if (!counts(s, &s->v[i]))
			continue;
		any[i] = true;
		by_id |= s->v[i].by_id;
		if (s->v[i].meant.person)
			person[i] = ++people_n != 0;
		else
			group[i] = ++groups_n != 0;
	}
	if (people_n + groups_n == 0)
		return nothing(s);
	/* Whoever chooses a name like an id does not come before the id. */
	if (by_id && people_n + groups_n > 1)
		return ambiguous(s, any);
	if (people_n > 1)
		return ambiguous(s, person);
	if (people_n == 0 && (groups_n > 1 || s->more != 0))
		return ambiguous(s, group);
	while (!(people_n != 0 ? person : group)[first])
		first++;
	*out = s->v[first].meant;
	return CS_OK;
}

enum cs_err
client_find(struct client_meant *out, struct cs_client *c, const char *typed,
    enum client_group_find find)
{
	struct search s = { .c = c, .find = find };
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if ((err = take_typed(&s, typed)) || (err = people(&s)) ||
	    (err = groups_by_name(&s)) || (err = groups_by_reference(&s)))
		return err;
	return choose(out, &s);
}

enum cs_err
client_find_person(
    char out[static CS_HANDLE_MAX + 1], struct cs_client *c, const char *typed)
{
	struct search s = { .c = c, .find = CLIENT_FIND_DIRECT };
	bool all[SHOWN_MAX];
	struct cs_buf folded = { 0 };
	struct cs_view name;
	enum cs_err err;

	out[0] = '\0';
	if ((err = take_typed(&s, typed)) || (err = people(&s)))
		return err;
	if (s.n == 1 && s.more == 0) {
		snprintf(out, CS_HANDLE_MAX + 1, "%s", s.v[0].meant.handle);
		return CS_OK;
	}
	memset(all, true, sizeof all);
	if (s.n != 0)
		return ambiguous(&s, all);
	err = cs_name_fold(&folded, cs_view_str(s.name));
	name = cs_buf_view(&folded);
	if (err == CS_OK && cs_handle_valid(name)) {
		memcpy(out, name.data, name.len);
		out[name.len] = '\0';
	} else if (err == CS_OK || err == CS_ERR_FORMAT) {
		err = client_problem(c, CS_ERR_FORMAT,
		    "\"%.100s\" is not a name that anybody can have.", typed);
	}
	cs_buf_free(&folded);
	return err;
}

enum cs_err
client_find_direct(
    struct client_meant *out, struct cs_client *c, const char *handle)
{
	struct candidate x = { .meant.person = true };
	enum cs_err err = find_direct(&x, c, handle);

	snprintf(x.meant.handle, sizeof x.meant.handle, "%s", handle);
	*out = x.meant;
	return err || out->id_len != 0 ? err : CS_ERR_NOT_FOUND;
}

/* ---- loading ------------------------------------------------------------ */

enum cs_err
client_meant_load(struct client_group *out, struct cs_client *c,
    const struct client_meant *meant)
{
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if (meant->id_len == 0)
		return CS_ERR_NOT_FOUND;
	err = client_group_load(out, c, cs_view(meant->id, meant->id_len));
	if (client_group_damaged(err))
		err = client_problem(c, err,
		    "What this device stored of the conversation \"%.255s\" is "
		    "damaged. See: countersign group repair.",
		    out->name);
	return err;
}

enum cs_err
client_meant_load_meta(struct client_group *out, struct cs_client *c,
    const struct client_meant *meant)
{
	memset(out, 0, sizeof *out);
	return meant->id_len == 0
	    ? CS_ERR_NOT_FOUND
	    : client_group_load_meta(out, c, cs_view(meant->id, meant->id_len));
}

enum cs_err
client_group_find(struct client_group *out, struct cs_client *c,
    const char *typed, enum client_group_find find)
{
	struct client_meant meant;
	enum cs_err err = client_find(&meant, c, typed, find);

	memset(out, 0, sizeof *out);
	if (err)
		return err;
	err = client_meant_load(out, c, &meant);
	return err == CS_ERR_NOT_FOUND
	    ? client_problem(
		  c, err, "You have no conversation with %s.", meant.handle)
	    : err;
}

/* ---- beside a name ------------------------------------------------------- */

void
client_find_alias(char out[static CS_CLIENT_ALIAS_MAX + 1], struct cs_client *c,
    const char *handle)
{
	const struct client_contact *contact =
	    client_contact_by_handle(c, handle);
	const char *alias = contact != NULL
	    ? client_alias_of_person(c, contact->account)
	    : NULL;

	snprintf(
	    out, CS_CLIENT_ALIAS_MAX + 1, "%s", alias != NULL ? alias : "");
}

enum cs_err
client_find_words(char alias[static CS_CLIENT_ALIAS_MAX + 1],
    char looks_like[static CLIENT_NAME_SIZE], struct cs_client *c,
    const struct client_group *g)
{
	const char *given;

	looks_like[0] = '\0';
	if (g->direct) {
		client_find_alias(alias, c, g->name);
		return CS_OK;
	}
	given = client_alias_of_group(c, g->ref);
	snprintf(
	    alias, CS_CLIENT_ALIAS_MAX + 1, "%s", given != NULL ? given : "");
	return client_looks_like(looks_like, c, g->name);
}

/* ---- names that the user gives ------------------------------------------ */

/* A name that somebody has already would be of two. */
static enum cs_err
check_free(
    struct cs_client *c, const char *alias, const struct client_alias *for_whom)
{
	struct client_meant meant;
	char own[CLIENT_NAME_SIZE];
	enum cs_err err = client_find(&meant, c, alias, CLIENT_FIND_ANY);

	if (err == CS_ERR_NOT_FOUND || err == CS_ERR_MEMBER) {
		err = client_looks_like(own, c, alias);
		if (err || own[0] == '\0')
			return err;
	} else if (err == CS_ERR_UNSUPPORTED || (err && err != CS_ERR_EXISTS)) {
		return err;
	} else if (err == CS_OK && meant.person && for_whom->person) {
		const struct client_contact *contact =
		    client_contact_by_handle(c, meant.handle);

		/* What they are called already. */
		if (contact != NULL &&
		    memcmp(contact->account, for_whom->of, CS_ID_LEN) == 0)
			return CS_OK;
	}
	return client_problem(c, CS_ERR_EXISTS,
	    "\"%.255s\" is, or looks like, the name of somebody or something "
	    "else. Nothing was changed.",
	    alias);
}

/* Of whom or what it will be. */
static enum cs_err
find_named(struct client_alias *out, struct cs_client *c, const char *typed)
{
	const struct client_contact *contact;
	struct client_group g;
	struct client_meant meant;
	enum cs_err err = client_find(&meant, c, typed, CLIENT_FIND_ANY);

	if (err)
		return err;
	out->person = meant.person;
	if (meant.person) {
		contact = client_contact_by_handle(c, meant.handle);
		memcpy(out->of, contact->account, CS_ID_LEN);
		return CS_OK;
	}
	err = client_meant_load_meta(&g, c, &meant);
	memcpy(out->of, g.ref, sizeof out->of);
	client_group_clear(&g);
	return err;
}

enum cs_err
cs_client_alias(struct cs_client *c, const char *typed, const char *alias)
{
	struct client_alias given = { 0 };
	enum cs_err err;

	if ((err = find_named(&given, c, typed)))
		return err;
	cs_name_clean(given.name, sizeof given.name, cs_view_str(alias));
	if (strcmp(given.name, alias) != 0)
		return client_problem(c, CS_ERR_FORMAT,
		    "A name of yours is one line of at most %d bytes of "
		    "UTF-8.",
		    CS_CLIENT_ALIAS_MAX);
	if (alias[0] != '\0' && (err = check_free(c, alias, &given)))
		return err;
	if ((err = cs_db_begin(c->db)))
		return err;
	return cs_db_end(c->db, client_alias_set(c, &given));
}
