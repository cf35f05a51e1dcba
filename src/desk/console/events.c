/* SPDX-License-Identifier: MIT */
#include "desk/console/events.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/units.h"
#include "desk/cases/case.h"
#include "desk/console/api_session.h"
#include "desk/console/call.h"
#include "desk/core/actor.h"
#include "desk/core/desk.h"
#include "desk/core/problem.h"
#include "desk/decisions/decision.h"
#include "desk/people/people.h"
#include "store/db.h"

#define AT_ONCE 100      /* changes */
#define COMMENT_EVERY 30 /* looks, of half a second */

#define STREAMS_PERSON 16 /* pages of one person, or programs */

/* A stream: for whom, and by which right; it ends with that right. */
struct events {
	char session[44];           /* its token; "": a token of the API */
	uint8_t token[CS_HASH_LEN]; /* the hash of that one */
	struct cs_desk_actor actor;
	struct events *next; /* of all of them */
	uint64_t last;
	unsigned looks;
	bool online;
};

static unsigned
streams_of(const struct cs_desk_api *api, uint64_t person)
{
	unsigned n = 0;

	for (const struct events *e = api->events; e != NULL; e = e->next)
		n += e->actor.id == person;
	return n;
}

enum cs_err
api_events(struct api_call *c)
{
	struct events *e;
	enum cs_err err = CS_OK;

	if (streams_of(c->api, c->actor.id) >= STREAMS_PERSON)
		return desk_problem(c->d, CS_ERR_LIMIT, "too-many-streams",
		    "You listen with %d pages or programs already.",
		    STREAMS_PERSON);
	if ((e = cs_calloc(1, sizeof *e)) == NULL)
		return CS_ERR_NOMEM;
	e->actor = c->actor;
	if (c->session != NULL)
		memcpy(e->session, c->session->token, sizeof e->session);
	else
		err = api_token_hash(e->token, c->rq);
	if (err ||
	    (err = cs_db_get_int(&e->last, c->d->db,
		 "SELECT COALESCE(MAX(id),0) FROM change"))) {
		cs_free(e, sizeof *e);
		return err;
	}
	e->looks = COMMENT_EVERY - 1; /* the first look says hello */
	e->online = api_online(c->api);
	e->next = c->api->events;
	c->api->events = e;
	c->answer->media_type = "text/event-stream";
	c->answer->stream = e;
	return CS_OK;
}

static void
add_text(struct cs_buf *out, const char *s, enum cs_err *err)
{
	if (*err == CS_OK)
		*err = cs_buf_add(out, cs_view_str(s));
}

static void
add_case_change(struct cs_buf *out, struct cs_desk *d,
    const struct cs_rows *rows, enum cs_err *err)
{
	struct cs_desk_actor actor = { 0 };
	char line[300];

	/* Nobody: the desk itself. */
	if (cs_col_int(rows, 4) != 0)
		(void)!cs_desk_person(&actor, d, cs_col_int(rows, 4));
	snprintf(line, sizeof line,
	    "data: {\"type\":\"case\",\"id\":\"%llu\","
	    "\"version\":%llu,\"by\":\"%s\"}\n\n"
	    "data: {\"type\":\"queue\"}\n\n",
	    (unsigned long long)cs_col_int(rows, 2),
	    (unsigned long long)cs_col_int(rows, 3), actor.name);
	add_text(out, line, err);
}

static void
add_decision_change(
    struct cs_buf *out, const struct cs_rows *rows, enum cs_err *err)
{
	uint64_t state = cs_col_int(rows, 3);
	char line[300];

	if (state > CS_DESK_DECISION_REVERSED) {
		*err = CS_ERR_CORRUPT;
		return;
	}
	snprintf(line, sizeof line,
	    "data: {\"type\":\"decision\",\"id\":\"%llu\","
	    "\"state\":\"%s\"}\n\n",
	    (unsigned long long)cs_col_int(rows, 2),
	    desk_decision_state_name((enum cs_desk_decision_state)state));
	add_text(out, line, err);
}

/* Columns id, kind, ref, n, person. */
static void
add_change(struct cs_buf *out, struct cs_desk *d, const struct cs_rows *rows,
    enum cs_err *err)
{
	if (cs_col_int(rows, 1) == DESK_CHANGE_CASE)
		add_case_change(out, d, rows, err);
	else
		add_decision_change(out, rows, err);
}

static bool
session_good(struct cs_desk_api *api, const struct events *e)
{
	char cookie[64];
	const struct api_session *s;

	snprintf(cookie, sizeof cookie, "countersign=%s", e->session);
	s = api_session_find(api, cookie);
	return s != NULL && !s->locked;
}

static bool
token_good(struct cs_desk_api *api, const struct events *e)
{
	uint64_t n = 0;

	return cs_db_get_int(&n, api->d->db,
		   "SELECT COUNT(*) FROM token WHERE hash=?",
		   cs_blob(CS_VIEW_OF(e->token))) == CS_OK &&
	    n == 1;
}

/* May they still listen?  Checked each time, so that nobody hears more after
 * they sign out or are let go. */
static bool
may_listen(struct cs_desk_api *api, const struct events *e)
{
	bool session = e->session[0] != '\0';
	struct cs_desk_actor now;

	if (session ? !session_good(api, e) : !token_good(api, e))
		return false;
	return cs_desk_person(&now, api->d, e->actor.id) == CS_OK &&
	    now.passwords == e->actor.passwords;
}

bool
cs_desk_events_more(void *arg, void *stream, struct cs_buf *out)
{
	struct cs_desk_api *api = arg;
	struct events *e = stream;
	bool online = api_online(api);
	struct cs_rows rows;
	enum cs_err err = CS_OK;

	if (!may_listen(api, e))
		return false;
	if (online != e->online) {
		e->online = online;
		add_text(out,
		    online ? "data: {\"type\":\"hub\",\"online\":true}\n\n"
			   : "data: {\"type\":\"hub\",\"online\":false}\n\n",
		    &err);
	}
	if (err == CS_OK)
		err = cs_db_query(&rows, api->d->db,
		    "SELECT id,kind,ref,n,person FROM change WHERE id>?"
		    " ORDER BY id LIMIT ?",
		    cs_int(e->last), cs_int(AT_ONCE));
	if (err)
		return false;
	while (err == CS_OK && cs_rows_next(&rows)) {
		e->last = cs_col_int(&rows, 0);
		add_change(out, api->d, &rows, &err);
	}
	err = cs_rows_end(&rows, err);
	if (++e->looks >= COMMENT_EVERY) {
		e->looks = 0;
		add_text(out, ": here\n\n", &err);
	}
	return err == CS_OK;
}

void
cs_desk_events_ended(void *arg, void *stream)
{
	struct cs_desk_api *api = arg;
	struct events *e = stream, **at = &api->events;

	while (*at != e)
		at = &(*at)->next;
	*at = e->next;
	cs_free(e, sizeof *e);
}
