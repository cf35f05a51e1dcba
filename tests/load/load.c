/* SPDX-License-Identifier: MIT */
/*
 * load HOME GROUP honest: a member who writes to a group ten times a second,
 * until its input ends; prints for each message when it was sent and how many
 * microseconds that took.  A message that is refused or lost ends it, with 1.
 *
 * load HOME GROUP ATTACK: a member whose program asks as fast as it can, and
 * does not care for answers, until it is killed: requests, unread, messages,
 * commits, files, reports, letters, contacts; guesses: as a stranger.  Prints
 * how much was taken and how much refused.
 */

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client/groups/commit.h"
#include "client/home/client.h"
#include "client/home/find.h"
#include "client/home/group.h"
#include "client/hub/call.h"
#include "crypto/init.h"
#include "crypto/random.h"

#define PACE_US 100000
#define WINDOW 200 /* requests without an answer */
#define REPORT_BYTES ((size_t)1 << 20)

struct job {
	struct cs_client *c;
	const char *group;
	unsigned long taken, refused;
};

static void
must(const struct job *j, enum cs_err err, const char *what)
{
	if (err == CS_OK)
		return;
	fprintf(stderr, "load: %s: %s (%s)\n", what, cs_err_text(err),
	    j->c != NULL ? cs_client_problem(j->c) : "");
	exit(1);
}

static uint64_t
clock_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static bool
input_ended(void)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };

	return poll(&p, 1, 0) != 0;
}

/* ---- honest ------------------------------------------------------------- */

static void
honest(struct job *j)
{
	const struct cs_client_outgoing out = {
		.to = j->group,
		.begin = cs_client_begin_with_anybody,
		.text = cs_view_str("an honest word"),
	};
	char mid[65];

	for (uint64_t due = clock_us(); !input_ended(); due += PACE_US) {
		uint64_t now = clock_us();

		if (now < due)
			usleep((useconds_t)(due - now));
		else
			due = now;
		now = clock_us();
		must(j, cs_client_send(j->c, &out, mid), "an honest message");
		printf("%llu %llu\n", (unsigned long long)now,
		    (unsigned long long)(clock_us() - now));
		fflush(stdout);
	}
}

/* ---- hostile ------------------------------------------------------------ */

static void
count(struct job *j, enum cs_err err)
{
	if (err == CS_OK)
		j->taken++;
	else if (err == CS_ERR_DENIED)
		j->refused++;
	else
		must(j, err, "the connection");
}

/* Without waiting for what client_call() waits for. */
static void
ask(struct job *j, uint8_t kind, const struct cs_wire_shape *shape,
    const void *message)
{
	struct cs_wire_blob_answer file;
	struct cs_wire_empty none;
	bool is_file = kind == CS_WIRE_BLOB_PUT;

	count(j,
	    cs_session_call(&j->c->link.session, kind, shape, message,
		is_file ? &cs_wire_blob_answer_shape : &cs_wire_empty_shape,
		is_file ? (void *)&file : (void *)&none));
}

static void
requests(struct job *j)
{
	const struct cs_wire_empty none = { 0 };
	struct cs_wire_empty answer;
	uint32_t id[WINDOW];

	for (;;) {
		for (size_t i = 0; i < WINDOW; i++)
			must(j,
			    cs_session_send(&j->c->link.session, &id[i],
				CS_WIRE_PING, &cs_wire_empty_shape, &none),
			    "send");
		for (size_t i = 0; i < WINDOW; i++)
			count(j,
			    cs_session_answer(&j->c->link.session, id[i],
				&cs_wire_empty_shape, &answer));
	}
}

/* Large answers, none of which is read; the send blocks in the end. */
static void
unread(struct job *j)
{
	struct client_group g = { 0 };
	struct cs_wire_group_info_get info = { 0 };
	struct cs_wire_fetch fetch = { .max = CS_WIRE_FETCH_MAX };
	uint32_t id;

	must(j, client_group_find(&g, j->c, j->group, CLIENT_FIND_GROUP),
	    "the group");
	info.group_id = fetch.group_id = client_group_id(&g);
	for (;;) {
		must(j,
		    cs_session_send(&j->c->link.session, &id, CS_WIRE_FETCH,
			&cs_wire_fetch_shape, &fetch),
		    "send");
		must(j,
		    cs_session_send(&j->c->link.session, &id,
			CS_WIRE_GROUP_INFO, &cs_wire_group_info_get_shape,
			&info),
		    "send");
	}
}

static void
messages(struct job *j)
{
	static char text[60000];
	const struct cs_client_outgoing out = {
		.to = j->group,
		.begin = cs_client_begin_with_anybody,
		.text = cs_view(text, sizeof text),
	};
	char mid[65];

	memset(text, 'x', sizeof text);
	for (;;)
		count(j, cs_client_send(j->c, &out, mid));
}

static void
commits(struct job *j)
{
	const struct cs_mls_commit_options opt = { 0 };
	struct client_group g = { 0 };
	enum cs_err err;

	must(j, client_group_find(&g, j->c, j->group, CLIENT_FIND_GROUP),
	    "the group");
	for (;;) {
		err = client_commit(j->c, &g, &opt);
		count(j, err == CS_ERR_EPOCH ? CS_ERR_DENIED : err);
	}
}

static void
files(struct job *j)
{
	for (;;) {
		struct cs_wire_blob_put m = { .size = 1000 };

		ask(j, CS_WIRE_BLOB_PUT, &cs_wire_blob_put_shape, &m);
	}
}

static void
reports(struct job *j)
{
	static uint8_t sealed[REPORT_BYTES];

	for (;;) {
		struct cs_wire_report m = { .sealed = CS_VIEW_OF(sealed) };

		cs_random(m.report, sizeof m.report);
		ask(j, CS_WIRE_REPORT, &cs_wire_report_shape, &m);
	}
}

static void
letters(struct job *j)
{
	for (;;) {
		struct cs_wire_letter m = { .kind = CS_WIRE_LETTER_APPEAL,
			.sealed = cs_view_str("sealed") };

		cs_random(m.id, sizeof m.id);
		cs_random(m.subject, sizeof m.subject);
		ask(j, CS_WIRE_LETTER, &cs_wire_letter_shape, &m);
	}
}

static void
contacts(struct job *j)
{
	for (;;) {
		struct cs_wire_contact_set m = {
			.state = CS_WIRE_CONTACT_ACCEPTED,
			.note = cs_view_str("a note"),
		};

		cs_random(m.account, sizeof m.account);
		ask(j, CS_WIRE_CONTACT_SET, &cs_wire_contact_set_shape, &m);
	}
}

/* A connection for a few guesses, and the next one. */
static void
guesses(struct job *j)
{
	const struct cs_net_client_config config = {
		.host = j->c->self.host,
		.port = j->c->self.port,
		.root_public = j->c->self.root,
		.timeout_ms = 10000,
	};

	for (;;) {
		struct cs_session s = { 0 };
		enum cs_err err = cs_session_open(&s, &config);

		for (int i = 0; err == CS_OK && i < 5; i++) {
			struct cs_wire_link_answer answer;
			struct cs_wire_link m;

			cs_random(m.rendezvous, sizeof m.rendezvous);
			err = cs_session_call(&s, CS_WIRE_LINK_TAKE,
			    &cs_wire_link_shape, &m, &cs_wire_link_answer_shape,
			    &answer);
			j->taken += err == CS_OK;
			j->refused += err != CS_OK;
		}
		if (err)
			usleep(1000);
		cs_session_close(&s);
	}
}

static const struct {
	const char *name;
	void (*run)(struct job *j);
} modes[] = {
	{ "honest", honest },
	{ "requests", requests },
	{ "unread", unread },
	{ "messages", messages },
	{ "commits", commits },
	{ "files", files },
	{ "reports", reports },
	{ "letters", letters },
	{ "contacts", contacts },
	{ "guesses", guesses },
};

static struct job job;

/* Only what a signal handler may call. */
static void
on_end(int number)
{
	char text[64];
	int n =
	    snprintf(text, sizeof text, "%lu %lu\n", job.taken, job.refused);

	(void)number;
	(void)!write(STDOUT_FILENO, text, (size_t)n);
	_exit(0);
}

int
main(int argc, char **argv)
{
	struct sigaction end = { .sa_handler = on_end };

	if (argc != 4)
		return 64;
	job.group = argv[2];
	must(&job, cs_crypto_init(), "start");
	must(&job, cs_client_open(&job.c, argv[1], cs_view_str("")), argv[1]);
	must(&job, cs_client_connect(job.c), "connect");
	if (strcmp(argv[3], "honest") != 0)
		sigaction(SIGTERM, &end, NULL);
	printf("ready\n");
	fflush(stdout);
	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
		if (strcmp(argv[3], modes[i].name) == 0) {
			modes[i].run(&job);
			cs_client_close(job.c);
			return 0;
		}
	return 64;
}
