/* SPDX-License-Identifier: MIT */
#include "programs/countersign/page_http.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "crypto/random.h"
#include "programs/countersign/page_files.h"
#include "store/file.h"

#define COOKIE "countersign-page="
#define COOKIE_HEX 33
#define CALLS_MAX 64   /* that wait */
#define EVENTS_MAX 512 /* that nobody has fetched */
#define TAKE_MAX ((size_t)256 << 10)
#define JSON_TYPE "application/json"

struct call {
	struct call *next;
	uint64_t ticket;
	char method[64];
	struct cs_buf take;
};

/* One thing that happened, as JSON. */
struct happened {
	struct happened *next;
	uint64_t number;
	struct cs_buf json;
};

struct page_http {
	struct page_conf conf;
	const char *exchange;
	struct cs_member *m;
	bool begun; /* the token was used */
	char cookie[COOKIE_HEX];
	struct call *calls, **calls_end;
	size_t n_calls;
	uint64_t tickets, number;
	struct happened *first, **last;
	size_t n_happened;
};

enum cs_err
page_http_new(
    struct page_http **out, const struct page_conf *conf, const char *exchange)
{
	struct page_http *p = cs_calloc(1, sizeof *p);

	*out = p;
	if (p == NULL)
		return CS_ERR_NOMEM;
	p->conf = *conf;
	p->exchange = exchange;
	p->calls_end = &p->calls;
	p->last = &p->first;
	return CS_OK;
}

static struct call *
take_call(struct page_http *p)
{
	struct call *c = p->calls;

	if (c == NULL)
		return NULL;
	p->calls = c->next;
	if (p->calls == NULL)
		p->calls_end = &p->calls;
	p->n_calls--;
	return c;
}

static void
free_call(struct call *c)
{
	cs_buf_free(&c->take);
	cs_free(c, sizeof *c);
}

static void
forget_first(struct page_http *p)
{
	struct happened *h = p->first;

	p->first = h->next;
	if (p->first == NULL)
		p->last = &p->first;
	p->n_happened--;
	cs_buf_free(&h->json);
	cs_free(h, sizeof *h);
}

void
page_http_free(struct page_http *p)
{
	struct call *c;

	if (p == NULL)
		return;
	while ((c = take_call(p)) != NULL)
		free_call(c);
	while (p->first != NULL)
		forget_first(p);
	cs_free(p, sizeof *p);
}

void
page_http_serves(struct page_http *p, struct cs_member *m)
{
	p->m = m;
}

/* ---- what happened ------------------------------------------------------ */

void
page_http_event(void *arg, struct cs_view json)
{
	struct page_http *p = arg;
	struct happened *h = cs_calloc(1, sizeof *h);

	/* Whoever misses one asks for everything anew. */
	if (h == NULL || cs_buf_set(&h->json, json) != CS_OK) {
		if (h != NULL)
			cs_free(h, sizeof *h);
		return;
	}
	if (p->n_happened == EVENTS_MAX)
		forget_first(p);
	h->number = ++p->number;
	*p->last = h;
	p->last = &h->next;
	p->n_happened++;
}

/* What the page has fetched is forgotten. */
static void
give_events(struct page_http *p, uint64_t after, struct cs_json_writer *j)
{
	while (p->first != NULL && p->first->number <= after)
		forget_first(p);
	cs_json_object(j, NULL);
	cs_json_bool(j, "missed",
	    p->first != NULL && p->first->number != after + 1 && after != 0);
	cs_json_array(j, "events");
	for (struct happened *h = p->first; h != NULL; h = h->next)
		cs_json_raw(j, NULL, cs_buf_view(&h->json));
	cs_json_close(j);
	cs_json_number(j, "last", p->number);
	cs_json_close(j);
}

/* ---- calls -------------------------------------------------------------- */

bool
page_http_has_call(const struct page_http *p)
{
	return p->calls != NULL;
}

enum cs_err
page_http_call(struct page_http *p)
{
	struct call *c = take_call(p);
	struct cs_buf answer = { 0 }, event = { 0 };
	struct cs_json_writer j = cs_json_writer(&event);
	enum cs_err err;

	if (c == NULL)
		return CS_OK;
	err = cs_member_do(p->m, c->method, cs_buf_view(&c->take), &answer);
	if (err == CS_OK) {
		cs_json_object(&j, NULL);
		cs_json_string(&j, "event", "answer");
		cs_json_number(&j, "ticket", c->ticket);
		cs_json_raw(&j, "answer", cs_buf_view(&answer));
		cs_json_close(&j);
		err = cs_json_end(&j);
	}
	if (err == CS_OK)
		page_http_event(p, cs_buf_view(&event));
	cs_buf_free(&answer);
	cs_buf_free(&event);
	free_call(c);
	return err;
}

static enum cs_err
queue(struct page_http *p, const char *method, struct cs_view take,
    uint64_t *ticket)
{
	struct call *c;

	if (p->n_calls == CALLS_MAX)
		return CS_ERR_LIMIT;
	if ((c = cs_calloc(1, sizeof *c)) == NULL)
		return CS_ERR_NOMEM;
	if (cs_buf_set(&c->take, take) != CS_OK) {
		free_call(c);
		return CS_ERR_NOMEM;
	}
	snprintf(c->method, sizeof c->method, "%s", method);
	*ticket = c->ticket = ++p->tickets;
	*p->calls_end = c;
	p->calls_end = &c->next;
	p->n_calls++;
	cs_member_hurry(p->m);
	return CS_OK;
}

/* ---- requests ----------------------------------------------------------- */

struct request {
	struct page_http *p;
	const struct cs_web_request *rq;
	struct cs_web_answer *answer;
};

static void
refuse(struct request *r, int status, const char *why)
{
	r->answer->status = status;
	r->answer->media_type = "text/plain; charset=utf-8";
	cs_buf_reset(&r->answer->body);
	(void)!cs_buf_add(&r->answer->body, cs_view_str(why));
}

static void
give(struct request *r, const struct cs_json_writer *j)
{
	if (cs_json_end(j) != CS_OK) {
		refuse(r, 503, "There is no memory.\n");
		return;
	}
	r->answer->status = 200;
	r->answer->media_type = JSON_TYPE;
}

/* Begin with the link, once. */
static void
begin(struct request *r)
{
	struct cs_json_writer j = cs_json_writer(&r->answer->body);
	uint8_t token[PAGE_TOKEN_LEN], random[16];
	json_t *take = json_loadb((const char *)r->rq->body.data,
	    r->rq->body.len, JSON_REJECT_DUPLICATES, NULL);
	const char *hex = json_string_value(json_object_get(take, "token"));
	bool right = hex != NULL && !r->p->begun &&
	    cs_unhex(token, sizeof token, hex) == CS_OK &&
	    cs_equal_ct(token, r->p->conf.token, sizeof token);

	json_decref(take);
	if (!right) {
		refuse(r, 403, "The link was used, or is not the right one.\n");
		return;
	}
	r->p->begun = true;
	cs_random(random, sizeof random);
	cs_hex(r->p->cookie, CS_VIEW_OF(random));
	snprintf(r->answer->set_cookie, sizeof r->answer->set_cookie,
	    COOKIE "%s; Path=/; HttpOnly; SameSite=Strict", r->p->cookie);
	cs_json_object(&j, NULL);
	cs_json_close(&j);
	give(r, &j);
	r->answer->known = true;
}

/* What is in the request, as JSON of its own. */
static enum cs_err
take_of(struct cs_buf *out, const json_t *in)
{
	const json_t *take = json_object_get(in, "take");
	size_t n = take != NULL ? json_dumpb(take, NULL, 0, JSON_COMPACT) : 0;
	uint8_t *at;
	enum cs_err err;

	if (n == 0)
		return CS_OK;
	if ((err = cs_buf_extend(out, n, &at)))
		return err;
	return json_dumpb(take, (char *)at, n, JSON_COMPACT) == n
	    ? CS_OK
	    : CS_ERR_NOMEM;
}

static void
do_method(struct request *r)
{
	json_t *in = json_loadb((const char *)r->rq->body.data,
	    r->rq->body.len < TAKE_MAX ? r->rq->body.len : 0,
	    JSON_REJECT_DUPLICATES, NULL);
	const char *method = json_string_value(json_object_get(in, "method"));
	struct cs_json_writer j = cs_json_writer(&r->answer->body);
	struct cs_buf take = { 0 };
	uint64_t ticket;
	enum cs_err err = take_of(&take, in);

	if (method == NULL) {
		refuse(r, 400, "That is no request.\n");
	} else if (err == CS_OK && cs_member_kind(method) == CS_MEMBER_CALL) {
		err = queue(r->p, method, cs_buf_view(&take), &ticket);
		cs_json_object(&j, NULL);
		cs_json_number(&j, "ticket", err == CS_OK ? ticket : 0);
		cs_json_close(&j);
		give(r, &j);
	} else if (err == CS_OK &&
	    (err = cs_member_do(r->p->m, method, cs_buf_view(&take),
		 &r->answer->body)) == CS_OK) {
		r->answer->status = 200;
		r->answer->media_type = JSON_TYPE;
	}
	if (err)
		refuse(r, 503, "Too much waits to be done.\n");
	cs_buf_free(&take);
	json_decref(in);
}

static void
events(struct request *r)
{
	struct cs_json_writer j = cs_json_writer(&r->answer->body);
	const char *after = cs_web_arg(r->rq, "after");
	char *end;
	unsigned long long n;

	errno = 0;
	n = strtoull(after, &end, 10);
	if (*after < '0' || *after > '9' || *end != '\0' || errno != 0) {
		refuse(r, 400, "After which?\n");
		return;
	}
	give_events(r->p, n, &j);
	give(r, &j);
}

/* ---- files -------------------------------------------------------------- */

static void
put(struct request *r)
{
	struct cs_json_writer j = cs_json_writer(&r->answer->body);
	uint8_t random[8];
	char hex[2 * sizeof random + 1], name[32];
	char *path;
	enum cs_err err;

	cs_random(random, sizeof random);
	cs_hex(hex, CS_VIEW_OF(random));
	snprintf(name, sizeof name, "put-%s", hex);
	path = cs_path_join(r->p->exchange, name);
	err = path != NULL ? cs_file_create(path, r->rq->body, 0600)
			   : CS_ERR_NOMEM;
	cs_free_plain(path);
	if (err) {
		refuse(r, 507, "There is no room for that file.\n");
		return;
	}
	cs_json_object(&j, NULL);
	cs_json_string(&j, "file", name);
	cs_json_close(&j);
	give(r, &j);
}

static void
get(struct request *r)
{
	const char *name = cs_web_arg(r->rq, "file");
	char *path;
	enum cs_err err = CS_ERR_NOT_FOUND;

	if (*name != '\0' &&
	    strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") ==
		strlen(name) &&
	    (path = cs_path_join(r->p->exchange, name)) != NULL) {
		err = cs_file_read(&r->answer->body, path, PAGE_BODY_MAX);
		(void)unlink(path);
		cs_free_plain(path);
	}
	if (err) {
		refuse(r, 404, "There is no such file.\n");
		return;
	}
	/* The page makes of it what it knows it to be; nobody else does. */
	r->answer->status = 200;
	r->answer->media_type = "application/octet-stream";
	snprintf(r->answer->disposition, sizeof r->answer->disposition,
	    "attachment");
}

/* ---- who may ask -------------------------------------------------------- */

static void
page(struct request *r)
{
	const char *path =
	    strcmp(r->rq->path, "/") == 0 ? "/index.html" : r->rq->path;

	for (const struct cs_web_file *f = page_files; f->path != NULL; f++) {
		if (strcmp(f->path, path) != 0)
			continue;
		r->answer->status = 200;
		r->answer->media_type = f->media_type;
		if (cs_buf_add(&r->answer->body, cs_view(f->data, f->len)) !=
		    CS_OK)
			r->answer->status = 503;
		return;
	}
	refuse(r, 404, "There is nothing here.\n");
}

/* No name in the DNS leads here, and no other page. */
static bool
is_ours(const struct request *r)
{
	char host[80], origin[96];

	snprintf(host, sizeof host, "%s:%d", r->p->conf.host, r->p->conf.port);
	snprintf(origin, sizeof origin, "http://%s", host);
	return strcmp(r->rq->host, host) == 0 &&
	    (r->rq->origin[0] == '\0' || strcmp(r->rq->origin, origin) == 0);
}

static bool
is_known(const struct request *r)
{
	const char *at = strstr(r->rq->cookie, COOKIE);

	return r->p->begun && at != NULL &&
	    strlen(at + strlen(COOKIE)) >= COOKIE_HEX - 1 &&
	    cs_equal_ct(at + strlen(COOKIE), r->p->cookie, COOKIE_HEX - 1);
}

static const struct {
	const char *method, *path;
	void (*run)(struct request *r);
} routes[] = {
	{ "POST", "/api/do", do_method },
	{ "GET", "/api/events", events },
	{ "POST", "/api/put", put },
	{ "GET", "/api/get", get },
};

void
page_http_handle(
    void *arg, const struct cs_web_request *rq, struct cs_web_answer *answer)
{
	struct request r = { arg, rq, answer };

	if (!is_ours(&r)) {
		refuse(&r, 403, "Not from there.\n");
		return;
	}
	if (strncmp(rq->path, "/api/", 5) != 0) {
		if (strcmp(rq->method, "GET") == 0)
			page(&r);
		else
			refuse(&r, 405, "Only GET.\n");
		return;
	}
	if (rq->csrf[0] == '\0') {
		refuse(&r, 403, "Not from there.\n");
		return;
	}
	if (strcmp(rq->method, "POST") == 0 &&
	    strcmp(rq->path, "/api/begin") == 0) {
		begin(&r);
		return;
	}
	if (!is_known(&r)) {
		refuse(&r, 401, "Open the link that the program shows.\n");
		return;
	}
	answer->known = true;
	for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
		if (strcmp(rq->method, routes[i].method) == 0 &&
		    strcmp(rq->path, routes[i].path) == 0) {
			routes[i].run(&r);
			return;
		}
	refuse(&r, 404, "There is nothing here.\n");
}
