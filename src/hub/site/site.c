/* SPDX-License-Identifier: MIT */
#include "hub/site/site.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "crypto/init.h"
#include "family/confine.h"
#include "family/part.h"
#include "hub/site/far.h"
#include "hub/site/filing.h"
#include "hub/site/refuse.h"
#include "hub/site/routes.h"
#include "hub/site/words.h"
#include "store/file.h"

#define DATABASE_WAITING ((size_t)64 << 20)
#define NETWORK_MESSAGE (HUB_TALK_SITE_PIECE + CS_KIB)
#define NETWORK_WAITING ((size_t)64 << 20)
#define WORDS_MAX ((size_t)256 << 10) /* a language's file */

/* ---- what is handed over ------------------------------------------------- */

static void
free_visit(struct site_visit *v)
{
	struct site *s = v->site;

	site_far_leave(v);
	cs_slots_remove(&s->visits[v->link], v->number);
	s->n_visits--;
	s->bodies -= v->body.len;
	cs_buf_free(&v->body);
	cs_buf_free(&v->whole);
	cs_buf_free(&v->desk_cert);
	cs_buf_free(&v->sign_cert);
	cs_buf_free(&v->tlog_cert);
	site_filing_free(v->filing);
	cs_free(v, sizeof *v);
}

static void
leave_link(struct site *s, unsigned link)
{
	struct site_visit *v;
	size_t at = 0;

	while ((v = cs_slots_each(&s->visits[link], &at)) != NULL)
		free_visit(v);
	cs_slots_free(&s->visits[link]);
	cs_channel_free(s->links[link]);
	s->links[link] = NULL;
}

static enum cs_err
take_link(struct site *s, const struct cs_hand *h)
{
	const struct cs_channel_limits database = { HUB_TALK_MAX,
		DATABASE_WAITING };
	const struct cs_channel_limits network = { NETWORK_MESSAGE,
		NETWORK_WAITING };
	const struct cs_view name = cs_view(h->bytes, h->length);

	if (cs_view_equal(name, cs_view_str(HUB_DATABASE))) {
		site_far_fail(s);
		cs_channel_free(s->database);
		return cs_channel_new(&s->database, h->fd, &database);
	}
	if (!cs_view_equal(name, cs_view_str(HUB_NETWORK)) ||
	    h->number >= SITE_LINKS_MAX) {
		close(h->fd);
		return CS_ERR_FORMAT;
	}
	leave_link(s, h->number);
	return cs_channel_new(&s->links[h->number], h->fd, &network);
}

/* A language of the operator's; one that cannot be used is said. */
static enum cs_err
take_words(struct site *s, const struct cs_hand *h)
{
	char code[SITE_CODE_SIZE] = "";
	struct cs_buf file = { 0 };
	enum cs_err err = cs_file_read_fd(&file, h->fd, WORDS_MAX);

	if (h->length < sizeof code)
		memcpy(code, h->bytes, h->length);
	if (err == CS_OK)
		err = site_words_add(s, code, cs_buf_view(&file));
	cs_buf_free(&file);
	if (err)
		cs_part_tell("words", (uint32_t)err, code);
	return err == CS_ERR_NOMEM ? err : CS_OK;
}

static enum cs_err
take_root(struct site *s, int fd)
{
	struct cs_buf file = { 0 };
	enum cs_err err = cs_file_read_fd(&file, fd, CS_KIB);

	if (err == CS_OK && file.len != 0 && file.data[file.len - 1] == '\n')
		file.len--;
	if (err == CS_OK)
		err = cs_unbase64url(s->root_public, sizeof s->root_public,
		    (const char *)file.data, file.len);
	cs_buf_free(&file);
	return err;
}

static void
take_text(char *out, size_t size, const struct cs_hand *h)
{
	snprintf(out, size, "%.*s", (int)h->length, (const char *)h->bytes);
}

static enum cs_err
take(void *arg, struct cs_hand *h)
{
	struct site *s = arg;
	enum cs_err err = CS_OK;

	if (cs_hand_is(h, "link") && h->fd >= 0)
		return take_link(s, h);
	if (cs_hand_is(h, "root.pub") && h->fd >= 0)
		err = take_root(s, h->fd);
	if (cs_hand_is(h, "words") && h->fd >= 0)
		err = take_words(s, h);
	if (cs_hand_is(h, "name"))
		take_text(s->hub, sizeof s->hub, h);
	if (cs_hand_is(h, "origin"))
		take_text(s->origin, sizeof s->origin, h);
	if (cs_hand_is(h, "page"))
		s->has_photos = true;
	if (h->fd >= 0)
		close(h->fd);
	return err;
}

/* ---- visits -------------------------------------------------------------- */

/* Take a text of ${n} bytes, without a zero in it, off ${rest}. */
static bool
take_part(char *out, size_t size, struct cs_view *rest, size_t n)
{
	if (n >= size || n > rest->len)
		return false;
	memcpy(out, rest->data, n);
	out[n] = '\0';
	*rest = cs_view(rest->data + n, rest->len - n);
	return strlen(out) == n;
}

/* The path and its query; which language is in the query, or is liked best. */
static void
split_target(struct site_visit *v, struct cs_view languages)
{
	const struct site_words *asked = NULL;
	char *question = strchr(v->path, '?');
	const char *lang;

	if (question != NULL) {
		snprintf(v->query, sizeof v->query, "%s", question + 1);
		*question = '\0';
	}
	lang = strncmp(v->query, "lang=", 5) == 0 ? v->query
						  : strstr(v->query, "&lang=");
	if (lang != NULL) {
		lang = strchr(lang, '=') + 1;
		asked =
		    site_words_of(v->site, cs_view(lang, strcspn(lang, "&")));
	}
	v->words =
	    asked != NULL ? asked : site_words_accept(v->site, languages);
}

/* A message that cannot be from a network process ends its link. */
static bool
open_visit(struct site *s, unsigned link, const struct cs_channel_message *m)
{
	struct hub_talk_site_ask ask;
	struct cs_view rest = m->bytes;
	struct site_visit *v;
	char languages[SITE_TYPE_SIZE];

	if (rest.len < sizeof ask ||
	    cs_slots_get(&s->visits[link], m->about) != NULL)
		return false;
	memcpy(&ask, rest.data, sizeof ask);
	rest = cs_view(rest.data + sizeof ask, rest.len - sizeof ask);
	if ((v = cs_calloc(1, sizeof *v)) == NULL)
		return false;
	v->site = s;
	v->link = link;
	v->number = m->about;
	v->post = ask.post != 0;
	v->body.max = CS_BUF_MAX;
	memcpy(v->address, ask.address, sizeof v->address);
	if (!take_part(v->path, sizeof v->path, &rest, ask.target) ||
	    !take_part(v->type, sizeof v->type, &rest, ask.type) ||
	    !take_part(languages, sizeof languages, &rest, ask.languages) ||
	    cs_slots_put(&s->visits[link], m->about, v, SITE_VISITS_MAX) !=
		CS_OK) {
		cs_free(v, sizeof *v);
		return false;
	}
	s->n_visits++;
	split_target(v, cs_view_str(languages));
	if (s->n_visits > SITE_VISITS_MAX)
		site_refuse(v, 503, "unavailable", 0);
	else if (!v->post)
		site_route(v);
	return true;
}

static void
add_body(struct site_visit *v, struct cs_view bytes)
{
	struct site *s = v->site;

	if (v->answered)
		return;
	if (s->bodies + bytes.len > SITE_BODIES_MAX ||
	    cs_buf_add(&v->body, bytes) != CS_OK) {
		site_refuse(v, 503, "unavailable", 0);
		return;
	}
	s->bodies += bytes.len;
}

static bool
on_message(struct site *s, unsigned link, const struct cs_channel_message *m)
{
	struct site_visit *v = cs_slots_get(&s->visits[link], m->about);

	if (m->kind == HUB_TALK_SITE_ASK)
		return open_visit(s, link, m);
	if (v == NULL)
		return false;
	switch (m->kind) {
	case HUB_TALK_SITE_BYTES:
		add_body(v, m->bytes);
		return true;
	case HUB_TALK_SITE_WHOLE:
		if (!v->answered)
			site_route(v);
		return true;
	case HUB_TALK_SITE_DROP:
		free_visit(v);
		return true;
	default:
		return false;
	}
}

static void
serve_network(struct site *s, unsigned link)
{
	enum cs_err err = cs_channel_fill(s->links[link]);
	struct cs_channel_message m;

	while (s->links[link] != NULL && cs_channel_next(&m, s->links[link]))
		if (!on_message(s, link, &m)) {
			leave_link(s, link);
			return;
		}
	if (err && s->links[link] != NULL)
		leave_link(s, link);
}

static void
leave_database(struct site *s)
{
	site_far_fail(s);
	cs_channel_free(s->database);
	s->database = NULL;
}

static void
serve_database(struct site *s)
{
	enum cs_err err = cs_channel_fill(s->database);
	struct cs_channel_message m;

	while (err == CS_OK && cs_channel_next(&m, s->database))
		err = site_far_told(s, &m);
	if (err)
		leave_database(s);
}

/* ---- the loop ------------------------------------------------------------ */

static void
flush(struct site *s)
{
	if (s->database != NULL && cs_channel_flush(s->database) != CS_OK)
		leave_database(s);
	for (unsigned i = 0; i < SITE_LINKS_MAX; i++)
		if (s->links[i] != NULL &&
		    cs_channel_flush(s->links[i]) != CS_OK)
			leave_link(s, i);
}

static enum cs_err
run_round(struct site *s)
{
	struct pollfd p[SITE_LINKS_MAX + 2] = {
		{ cs_part_socket(), POLLIN, 0 },
		cs_channel_watch(s->database),
	};
	enum cs_err err;

	for (size_t i = 0; i < SITE_LINKS_MAX; i++)
		p[i + 2] = cs_channel_watch(s->links[i]);
	(void)poll(p, SITE_LINKS_MAX + 2, -1);
	if (p[0].revents != 0 && (err = cs_part_take(s, take, false)))
		return err;
	if ((p[1].revents & ~POLLOUT) != 0 && s->database != NULL)
		serve_database(s);
	for (unsigned i = 0; i < SITE_LINKS_MAX; i++)
		if ((p[i + 2].revents & ~POLLOUT) != 0 && s->links[i] != NULL)
			serve_network(s, i);
	flush(s);
	return CS_OK;
}

static enum cs_err
begin(struct site *s)
{
	const struct cs_confinement how = { .stranger = true, .folder = -1 };
	struct cs_confined confined;
	enum cs_err err;

	if ((err = cs_part_begin(HUB_SITE)) || (err = cs_crypto_init()) ||
	    (err = site_words_load(s)) || (err = cs_confine(&confined, &how)) ||
	    (err = cs_part_take(s, take, true)))
		return err;
	return cs_part_ready();
}

int
hub_site_main(void)
{
	static struct site s;
	enum cs_err err = begin(&s);

	if (err)
		cs_part_failed(err);
	while (err == CS_OK)
		err = run_round(&s);
	for (unsigned i = 0; i < SITE_LINKS_MAX; i++)
		leave_link(&s, i);
	cs_channel_free(s.database);
	cs_slots_free(&s.lines);
	site_words_free(&s);
	return err == CS_ERR_CLOSED ? 0 : 1;
}
