/* SPDX-License-Identifier: MIT */
/* Accounts, policy, audit, numbers, events and the description over HTTP. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "desk/console/api_internal.h"
#include "desk/show/statistics.h"

enum cs_err
api_account(struct api_call *c)
{
	uint8_t id[16];
	enum cs_err err = api_hex_id(id, c->d, c->id);

	return err ? err : cs_desk_account_show(c->out, c->d, &c->who, id);
}

/* ---- policy ------------------------------------------------------------- */

static json_t *
reason(const struct cs_desk_policy *p, const struct cs_desk_reason *r,
    enum cs_err *err)
{
	json_t *o = json_object(), *titles = json_object();

	desk_set_str(o, "code", r->code, err);
	desk_set_num(o, "number", r->number, err);
	for (size_t i = 0; i < CS_DESK_LANGUAGES; i++)
		desk_set_str(titles, cs_desk_languages[i], r->titles[i], err);
	desk_set(o, "titles", titles, err);
	desk_set_num(o, "severity", r->severity, err);
	desk_set_str(o, "action", cs_desk_act_name(r->action), err);
	desk_set_bool(o, "two_people", r->two_people, err);
	desk_set_str(o, "ground", r->illegal ? "illegal" : "terms", err);
	desk_set_bool(o, "danger", r->danger, err);
	desk_set_num(o, "hold_days", r->hold_days, err);
	desk_set_num(o, "keep_days", r->keep_days, err);
	desk_set_num(
	    o, "first_look_h", p->targets[r->severity].look_hours, err);
	desk_set_num(o, "decide_h", p->targets[r->severity].decide_hours, err);
	return o;
}

static enum cs_err
show_policy(struct api_call *c)
{
	json_t *reasons = json_array(), *two = json_array();
	struct cs_desk_policy p;
	struct cs_buf text = { 0 };
	enum cs_err err;

	if ((err = cs_desk_policy(&p, c->d))) {
		json_decref(reasons);
		json_decref(two);
		return err;
	}
	err = cs_desk_policy_text(&text, c->d);
	desk_set_view(c->out, "toml", cs_buf_view(&text), &err);
	desk_set_num(c->out, "version", p.version, &err);
	desk_set_num(c->out, "quality_share", p.quality_percent, &err);
	desk_set_num(c->out, "window_h", p.window_hours, &err);
	for (size_t i = 0; i < p.n_reasons; i++)
		desk_add(reasons, reason(&p, &p.reasons[i], &err), &err);
	for (unsigned i = 0; i <= CS_DESK_ACT_REFER; i++)
		if (p.two_people[i])
			desk_add(two, json_string(cs_desk_act_name(i)), &err);
	desk_set(c->out, "reasons", reasons, &err);
	desk_set(c->out, "two_people_actions", two, &err);
	cs_buf_free(&text);
	cs_desk_policy_clear(&p);
	return err;
}

enum cs_err
api_policy(struct api_call *c)
{
	return show_policy(c);
}

enum cs_err
api_policy_set(struct api_call *c)
{
	enum cs_err err = cs_desk_policy_set(c->d, &c->who,
	    cs_view_str(desk_str(c->in, "toml")), desk_num(c->in, "version"));

	return err ? err : show_policy(c);
}

/* ---- audit, numbers ----------------------------------------------------- */

enum cs_err
api_audit(struct api_call *c)
{
	json_t *items = json_array();
	uint64_t before = api_num_arg(c, "cursor");
	unsigned limit = (unsigned)api_num_arg(c, "limit");
	size_t n;
	enum cs_err err;

	if (limit == 0 || limit > CS_DESK_PAGE_MAX)
		limit = 50;
	err = desk_audit_page(items, c->d, before != 0 ? before : INT64_MAX,
	    api_num_arg(c, "case"), limit);
	n = json_array_size(items);
	desk_set(c->out, "items", items, &err);
	if (n == limit)
		desk_set_id(c->out, "next",
		    desk_num(json_array_get(items, n - 1), "seq"), &err);
	else
		desk_set(c->out, "next", json_null(), &err);
	return err;
}

struct head {
	uint64_t n;
	char hash[65];
};

static void
see_line(void *arg, const struct cs_desk_line *line)
{
	struct head *h = arg;

	h->n = line->seq;
	cs_hex(h->hash, cs_view(line->hash, 32));
}

enum cs_err
api_audit_verify(struct api_call *c)
{
	struct head h = { 0 };
	enum cs_err err = CS_OK, found = cs_desk_audit(c->d, see_line, &h);

	desk_set_bool(c->out, "ok", found == CS_OK, &err);
	desk_set_num(c->out, "entries", h.n, &err);
	desk_set_str(c->out, "head", h.hash, &err);
	desk_set_str(c->out, "problem",
	    found == CS_OK ? ""
			   : "What comes after the last good entry does not "
			     "follow from it.",
	    &err);
	if (found == CS_OK || found == CS_ERR_CHAIN || found == CS_ERR_CORRUPT)
		return err;
	return found;
}

enum cs_err
api_statistics(struct api_call *c)
{
	uint64_t days = api_num_arg(c, "days");

	if (days == 0 || days > 3660)
		days = 30;
	return cs_desk_statistics(c->out, c->d, (unsigned)days);
}

enum cs_err
api_statements(struct api_call *c)
{
	json_t *items = json_array();
	enum cs_err err =
	    cs_desk_statements(items, c->d, api_num_arg(c, "from_ms"));

	desk_set(c->out, "statements", items, &err);
	return err;
}

/* ---- events ------------------------------------------------------------- */

#define COMMENT_EVERY 30 /* looks, of half a second */

#define STREAMS_PERSON 16 /* pages of one person, or programs */

/* For whom, and by which right: it ends with that. */
struct events {
	char session[44];  /* its token; "": a token of the API */
	uint8_t token[32]; /* the hash of that one */
	struct cs_desk_who who;
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
		n += e->who.id == person;
	return n;
}

enum cs_err
api_events(struct api_call *c)
{
	struct events *e;
	enum cs_err err = CS_OK;

	if (streams_of(c->api, c->who.id) >= STREAMS_PERSON)
		return desk_problem(c->d, CS_ERR_LIMIT,
		    "You listen with %d pages or programs already.",
		    STREAMS_PERSON);
	if ((e = cs_calloc(1, sizeof *e)) == NULL)
		return CS_ERR_NOMEM;
	e->who = c->who;
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
add_change(struct cs_buf *out, struct cs_desk *d, const struct cs_rows *rows,
    enum cs_err *err)
{
	uint64_t kind = cs_col_int(rows, 1), ref = cs_col_int(rows, 2),
		 n = cs_col_int(rows, 3);
	struct cs_desk_who who = { 0 };
	char line[300];

	/* Nobody: the desk by itself. */
	if (cs_col_int(rows, 4) != 0)
		(void)!cs_desk_person(&who, d, cs_col_int(rows, 4));
	if (kind == DESK_CHANGE_CASE)
		snprintf(line, sizeof line,
		    "data: {\"type\":\"case\",\"id\":\"%llu\","
		    "\"version\":%llu,\"by\":\"%s\"}\n\n"
		    "data: {\"type\":\"queue\"}\n\n",
		    (unsigned long long)ref, (unsigned long long)n, who.name);
	else
		snprintf(line, sizeof line,
		    "data: {\"type\":\"decision\",\"id\":\"%llu\","
		    "\"state\":\"%s\"}\n\n",
		    (unsigned long long)ref,
		    desk_decision_state_name(
			(enum cs_desk_decision_state)(n % 8)));
	add_text(out, line, err);
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

/* May they still listen?  Asked each time: who signs out or is let go, hears
 * nothing more. */
static bool
may_listen(struct cs_desk_api *api, const struct events *e)
{
	bool session = e->session[0] != '\0';
	struct cs_desk_who now;

	if (session ? !session_good(api, e) : !token_good(api, e))
		return false;
	return cs_desk_person(&now, api->d, e->who.id) == CS_OK &&
	    (session ? now.passwords == e->who.passwords
		     : now.resets == e->who.resets);
}

bool
cs_desk_api_more(void *arg, void *stream, struct cs_buf *out)
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
		    " ORDER BY id LIMIT 100",
		    cs_int(e->last));
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
cs_desk_api_ended(void *arg, void *stream)
{
	struct cs_desk_api *api = arg;
	struct events *e = stream, **at = &api->events;

	while (*at != e)
		at = &(*at)->next;
	*at = e->next;
	cs_free(e, sizeof *e);
}

/* ---- the description ---------------------------------------------------- */

/* "version text" as properties; what each holds, the messages say. */
static json_t *
body(const char *fields, enum cs_err *err)
{
	json_t *properties = json_object(), *schema = json_object();
	char name[40];

	while (*fields != '\0') {
		size_t n = strcspn(fields, " ");

		snprintf(name, sizeof name, "%.*s", (int)n, fields);
		desk_set(properties, name, json_object(), err);
		fields += n + (fields[n] == ' ');
	}
	desk_set_str(schema, "type", "object", err);
	desk_set(schema, "properties", properties, err);
	return json_pack(
	    "{s:{s:{s:o}}}", "content", "application/json", "schema", schema);
}

static void
add_route(json_t *paths, const struct api_route *r, enum cs_err *err)
{
	static const char *const scopes[] = { "read", "work", "decide",
		"admin" };
	char path[128], method[8];
	const char *id = strstr(r->path, ":id");
	json_t *at, *op = json_object();

	if (id != NULL)
		snprintf(path, sizeof path, "/api/v1%.*s{id}%s",
		    (int)(id - r->path), r->path, id + 3);
	else
		snprintf(path, sizeof path, "/api/v1%s", r->path);
	for (size_t i = 0; i < sizeof method; i++)
		if ((method[i] = r->method[i]) == '\0')
			break;
		else
			method[i] |= 0x20;
	desk_set_str(op, "summary", r->summary, err);
	if (id != NULL)
		desk_set(op, "parameters",
		    json_pack("[{s:s,s:s,s:b,s:{s:s}}]", "name", "id", "in",
			"path", "required", 1, "schema", "type", "string"),
		    err);
	if (*r->fields != '\0')
		desk_set(op, "requestBody", body(r->fields, err), err);
	if ((r->who & API_ANYBODY) != 0) {
		desk_set(op, "security", json_array(), err);
	} else {
		json_t *security = json_array();

		desk_add(security, json_pack("{s:[]}", "session"), err);
		for (size_t i = 0; i < 4; i++)
			if ((r->scope & 1u << i) != 0 &&
			    (r->who & API_NO_TOKEN) == 0)
				desk_add(security,
				    json_pack("{s:[s]}", "token", scopes[i]),
				    err);
		desk_set(op, "security", security, err);
	}
	desk_set(op, "responses",
	    json_pack("{s:{s:s},s:{s:s}}", "200", "description", "Done.",
		"default", "description", "{\"error\":{\"code\",\"message\"}}"),
	    err);
	at = json_object_get(paths, path);
	if (at == NULL) {
		at = json_object();
		desk_set(paths, path, at, err);
	}
	desk_set(at, method, op, err);
}

enum cs_err
api_openapi(struct api_call *c)
{
	json_t *paths = json_object();
	enum cs_err err = CS_OK;

	for (const struct api_route *r = api_routes; r->method != NULL; r++)
		add_route(paths, r, &err);
	desk_set_str(c->out, "openapi", "3.1.0", &err);
	desk_set(c->out, "info",
	    json_pack("{s:s,s:s}", "title", "Countersign report desk",
		"version", CS_VERSION),
	    &err);
	desk_set(c->out, "paths", paths, &err);
	desk_set(c->out, "components",
	    json_pack("{s:{s:{s:s,s:s,s:s},s:{s:s,s:s}}}", "securitySchemes",
		"session", "type", "apiKey", "in", "cookie", "name",
		"countersign", "token", "type", "http", "scheme", "bearer"),
	    &err);
	return err;
}
