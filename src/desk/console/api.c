/* SPDX-License-Identifier: MIT */
#include "desk/console/api.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "crypto/random.h"
#include "desk/console/api_routes.h"
#include "desk/console/api_session.h"
#include "desk/console/call.h"
#include "desk/console/rate.h"
#include "desk/core/desk.h"
#include "desk/core/json.h"
#include "desk/people/attempts.h"
#include "store/clock.h"
#include "store/db.h"

#define BASE "/api/v1"

enum cs_err
cs_desk_api_new(struct cs_desk_api **out, struct cs_desk *d,
    const struct cs_desk_api_options *options)
{
	struct cs_desk_api *api = cs_calloc(1, sizeof *api);

	*out = api;
	if (api == NULL)
		return CS_ERR_NOMEM;
	api->d = d;
	api->routes = api_routes;
	api->options = *options;
	desk_attempts_init(&api->attempts);
	api_rate_init(&api->rate);
	cs_random(api->challenge_key, sizeof api->challenge_key);
	return CS_OK;
}

void
cs_desk_api_free(struct cs_desk_api *api)
{
	if (api != NULL)
		cs_free(api, sizeof *api);
}

#define HTTP_PORT 80
#define HTTPS_PORT 443

/* Write the host as browsers do, which leave out the usual port. */
static void
set_host(char out[static API_HOST_SIZE], const char *name, int port, int usual)
{
	if (port == usual)
		snprintf(out, API_HOST_SIZE, "%s", name);
	else
		snprintf(out, API_HOST_SIZE, "%s:%d", name, port);
}

void
cs_desk_api_listens(struct cs_desk_api *api, const char *host, int port)
{
	const char *name = api->options.name;
	bool tls = api->options.tls;
	int usual = tls ? HTTPS_PORT : HTTP_PORT;

	set_host(api->hosts[0], host, port, usual);
	set_host(api->hosts[1], "localhost", port, usual);
	if (name != NULL)
		set_host(api->hosts[2], name, port, usual);
	snprintf(api->address, sizeof api->address, "%s://%s/",
	    tls ? "https" : "http", api->hosts[name != NULL ? 2 : 0]);
}

/* ---- refusing ----------------------------------------------------------- */

static void
refuse_err(struct api_call *c, const struct api_route *route, enum cs_err err)
{
	static const struct {
		enum cs_err err;
		int status;
		const char *code;
	} table[] = {
		{ CS_ERR_EXISTS, 409, "conflict" },
		{ CS_ERR_DENIED, 403, "denied" },
		{ CS_ERR_NOT_FOUND, 404, "not-found" },
		{ CS_ERR_FORMAT, 400, "malformed" },
		{ CS_ERR_LIMIT, 429, "limit" },
		{ CS_ERR_MISUSE, 422, "misuse" },
		{ CS_ERR_TYPE, 422, "refused" },
		{ CS_ERR_UNSUPPORTED, 422, "refused" },
		{ CS_ERR_BUSY, 503, "unavailable" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (table[i].err == err) {
			api_refuse_said(c, table[i].status, table[i].code, err);
			return;
		}
	api_refuse(c, 500, "failed", "failed", "The desk failed; see its log.");
	/* Print the pattern: a path may hold control characters of a
	 * terminal. */
	fprintf(stderr, "countersign-desk: %s %s: %s\n", route->method,
	    route->path, cs_err_text(err));
}

/* ---- pages -------------------------------------------------------------- */

static void
page(const struct cs_desk_api *api, const char *path, struct cs_web_answer *a)
{
	const struct cs_web_file *f = api->options.files;

	if (strcmp(path, "/") == 0)
		path = "/index.html";
	for (; f != NULL && f->path != NULL; f++)
		if (strcmp(f->path, path) == 0) {
			a->status = 200;
			a->media_type = f->media_type;
			if (cs_buf_add(&a->body, cs_view(f->data, f->len)) !=
			    CS_OK)
				a->status = 503;
			return;
		}
	a->status = 404;
	(void)!cs_buf_add(&a->body, cs_view_str("There is nothing here.\n"));
}

/* ---- routes ------------------------------------------------------------- */

#define ID_SIZE 64 /* of what stands in a path, with its zero */

/* Does ${path} match?  ${id} is what stands for ":id". */
static bool
matches(const char *pattern, const char *path, char id[static ID_SIZE])
{
	id[0] = '\0';
	while (*pattern != '\0') {
		if (strncmp(pattern, ":id", 3) == 0) {
			size_t n = strcspn(path, "/");

			if (n == 0 || n > ID_SIZE - 1)
				return false;
			memcpy(id, path, n);
			id[n] = '\0';
			path += n;
			pattern += 3;
		} else if (*pattern++ != *path++) {
			return false;
		}
	}
	return *path == '\0';
}

static const struct api_route *
find(const struct cs_web_request *rq, char id[static ID_SIZE], bool *path_known)
{
	const char *path = rq->path + strlen(BASE);

	*path_known = false;
	for (const struct api_route *r = api_routes; r->method != NULL; r++)
		if (matches(r->path, path, id)) {
			*path_known = true;
			if (strcmp(r->method, rq->method) == 0)
				return r;
		}
	return NULL;
}

/* Is it from our own page?  A page of somebody else has another origin, and
 * no token. */
static bool
same_origin(const struct api_call *c)
{
	const char *origin = c->rq->origin, *rest = strstr(origin, "://");

	if (origin[0] == '\0')
		return true; /* no browser, or an old one: the token decides */
	return rest != NULL && strcmp(rest + 3, c->rq->host) == 0;
}

static bool
csrf_good(const struct api_call *c)
{
	size_t n = strlen(c->session->csrf);

	return strlen(c->rq->csrf) == n &&
	    cs_equal_ct(c->rq->csrf, c->session->csrf, n);
}

/* Does ${c} ask too often?  If so, it has been refused. */
static bool
too_many(struct api_call *c, bool known)
{
	const char *who = !known ? c->rq->peer
	    : c->session != NULL ? c->session->csrf
				 : c->rq->authorization;
	unsigned wait = api_rate_wait(&c->api->rate,
	    known ? API_RATE_OF_SIGNED_IN : API_RATE_OF_ADDRESS,
	    cs_view_str(who), cs_clock_ms());

	if (wait == 0)
		return false;
	c->answer->retry_after_s = wait;
	api_refuse(c, 429, "limit", "too-many-requests",
	    "Too many requests. Wait, then try again.");
	return true;
}

/* May the request go on?  If not, it has been refused. */
static bool
allowed(struct api_call *c, const struct api_route *route)
{
	unsigned scopes = 0;
	bool known = false, change = strcmp(c->rq->method, "GET") != 0;

	if (change && !same_origin(c)) {
		api_refuse(c, 403, "csrf", "other-page",
		    "This comes from another page.");
		return false;
	}
	if (!api_identify(c, route, &scopes, &known) || too_many(c, known))
		return false;
	c->answer->known = known;
	if (route->allowed & API_ANYBODY)
		return true;
	if (!known) {
		api_refuse(
		    c, 401, "signed-out", "sign-in-first", "Sign in first.");
		return false;
	}
	if (c->session != NULL && change && !csrf_good(c)) {
		api_refuse(
		    c, 403, "csrf", "no-csrf", "The X-CSRF-Token is missing.");
		return false;
	}
	if (c->session != NULL && c->session->locked &&
	    (route->allowed & API_LOCKED) == 0) {
		api_refuse(c, 423, "locked", "session-locked",
		    "The session is locked.");
		return false;
	}
	if ((route->allowed & 1u << c->actor.role) == 0 ||
	    (c->session == NULL &&
		((route->allowed & API_NO_TOKEN) != 0 ||
		    (scopes & route->scope) != route->scope))) {
		api_refuse(
		    c, 403, "denied", "role", "Your role does not allow this.");
		return false;
	}
	return true;
}

static bool
parse_body(struct api_call *c, const struct api_route *route)
{
	if (route->allowed & API_TEXT)
		return true;
	/* A document is many times as large in memory as on the wire. */
	if (c->rq->body.len > (route->allowed & API_ANYBODY
				      ? API_JSON_STRANGER_MAX
				      : API_JSON_MAX)) {
		api_refuse(c, 413, "limit", "body-too-large",
		    "The body is too large.");
		return false;
	}
	if (c->rq->body.len != 0) {
		json_decref(c->in);
		c->in = json_loadb((const char *)c->rq->body.data,
		    c->rq->body.len, JSON_REJECT_DUPLICATES, NULL);
	}
	if (json_is_object(c->in))
		return true;
	api_refuse(c, 400, "malformed", "body-no-object",
	    "The body is not a JSON object.");
	return false;
}

static void
run(struct api_call *c)
{
	const struct api_route *route;
	char id[ID_SIZE];
	bool path_known;
	enum cs_err err;

	route = find(c->rq, id, &path_known);
	c->id = id;
	if (route == NULL) {
		api_refuse(c, path_known ? 405 : 404, "not-found",
		    "no-such-path", "There is nothing of that name.");
		return;
	}
	if (!allowed(c, route) || !parse_body(c, route))
		return;
	desk_problem_forget(c->d);
	memset(&c->d->conflict, 0, sizeof c->d->conflict);
	err = route->handle(c);
	if (err && c->answer->status < 400)
		refuse_err(c, route, err);
	/* Undo what a handler left open. */
	if (cs_db_in_transaction(c->d->db))
		cs_db_rollback(c->d->db);
}

static bool
host_known(const struct cs_desk_api *api, const char *host)
{
	for (size_t i = 0; i < 3; i++)
		if (api->hosts[i][0] != '\0' &&
		    strcmp(api->hosts[i], host) == 0)
			return true;
	return false;
}

static void
write_json(struct cs_web_answer *a, const json_t *out)
{
	a->media_type = "application/json";
	if (json_text(&a->body, out) != CS_OK)
		a->status = 503;
}

void
cs_desk_api_handle(
    void *arg, const struct cs_web_request *rq, struct cs_web_answer *answer)
{
	struct cs_desk_api *api = arg;
	struct api_call c = {
		.api = api, .d = api->d, .rq = rq, .answer = answer
	};

	answer->status = 200;
	/* Is it a name of ours?  Somebody else can let their name point to
	 * this address (DNS rebinding). */
	if (!host_known(api, rq->host)) {
		answer->status = 421;
		return;
	}
	if (strncmp(rq->path, BASE "/", sizeof BASE) != 0) {
		if (strcmp(rq->method, "GET") == 0)
			page(api, rq->path, answer);
		else
			answer->status = 405;
		return;
	}
	c.in = json_object();
	c.out = json_object();
	run(&c);
	if (answer->stream == NULL && answer->body.len == 0)
		write_json(answer, c.out);
	json_decref(c.in);
	json_decref(c.out);
}
