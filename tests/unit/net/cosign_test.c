/* SPDX-License-Identifier: MIT */
/* A log asks a witness, which is honest, or says something else. */
#include "net/cosign.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/init.h"
#include "net/http_head.h"
#include "net/listen.h"
#include "support/test.h"
#include "support/tlog_tree.h"
#include "tlog/witness.h"

#define ORIGIN "log.example/1"
#define TIME_S 1679315147
#define PATIENT_MS 60000

static struct tlog_tree tree;
static struct cs_sign_key log_with, with;
static struct cs_note_key log_key;
static struct cs_tlog_cosigner who;

/* ---- the witness -------------------------------------------------------- */

enum mind {
	HONEST,
	AHEAD,    /* it has more than anybody */
	STUBBORN, /* what was asked is not the size, which is what was asked */
	FICKLE,   /* another size each time */
	BROKEN_OFF, /* the answer is shorter than said */
	ENDLESS,    /* and without a length */
	LONG,       /* as long as nobody wants to know */
	CHUNKED,
	NO_HTTP,
	SILENT,
	OTHER_KEY,
	OTHER_TEXT,
	NO_LINE,
	MOVED,
	BY_CLOSING, /* honest, and without a length */
};

struct witness {
	enum mind mind;
	uint64_t size;
	uint64_t asked;
};

static enum cs_err
find(void *arg, struct cs_tlog_witness_log *out, struct cs_view origin)
{
	const struct witness *w = arg;

	if (!cs_view_equal(origin, cs_view_str(ORIGIN)))
		return CS_ERR_NOT_FOUND;
	memset(out, 0, sizeof *out);
	out->key = log_key;
	out->size = w->size;
	return cs_tlog_root(&out->root, w->size, tlog_tree_node, &tree);
}

static void
say(int fd, const char *text)
{
	(void)!send(fd, text, strlen(text), MSG_NOSIGNAL);
}

static void
answer(int fd, const struct witness *w, int status, const char *body)
{
	char head[256];

	if (w->mind == BY_CLOSING)
		snprintf(head, sizeof head, "HTTP/1.1 %d X\r\n\r\n", status);
	else
		snprintf(head, sizeof head,
		    "HTTP/1.1 %d X\r\nContent-Length: %zu\r\n\r\n", status,
		    strlen(body) + (w->mind == BROKEN_OFF ? 1 : 0));
	say(fd, head);
	say(fd, body);
}

static void
answer_number(int fd, const struct witness *w, int status, uint64_t n)
{
	char body[32];

	snprintf(body, sizeof body, "%llu\n", (unsigned long long)n);
	answer(fd, w, status, body);
}

static void
cosign(int fd, struct witness *w, const struct cs_tlog_witness_verdict *v)
{
	struct cs_sign_key other;
	char line[CS_TLOG_COSIGN_LINE_SIZE];
	char text[512] = "";

	memcpy(text, v->text.data, v->text.len);
	other = with;
	if (w->mind == OTHER_KEY)
		assert_ok(cs_sign_key_new(&other));
	if (w->mind == OTHER_TEXT)
		strncat(text, "more\n", sizeof text - strlen(text) - 1);
	assert_ok(
	    cs_tlog_cosign(line, &who, &other, cs_view_str(text), TIME_S));
	w->size = v->checkpoint.size;
	answer(fd, w, 200, w->mind == NO_LINE ? "" : line);
}

static void
judge(int fd, struct witness *w, struct cs_view body)
{
	struct cs_tlog_witness_request rq;
	struct cs_tlog_witness_verdict v;

	assert_ok(cs_tlog_witness_request_parse(&rq, body));
	w->asked++;
	if (w->mind == AHEAD) {
		answer_number(fd, w, 409, 5000);
	} else if (w->mind == STUBBORN) {
		answer_number(fd, w, 409, rq.old);
	} else if (w->mind == FICKLE) {
		answer_number(fd, w, 409, w->asked);
	} else {
		assert_ok(cs_tlog_witness_decide(&v, body, find, w));
		if (v.status == 200)
			cosign(fd, w, &v);
		else if (v.status == 409)
			answer_number(fd, w, 409, v.size);
		else
			answer(fd, w, v.status, "no\n");
	}
}

/* False: it goes on as usual. */
static bool
misbehave(int fd, const struct witness *w)
{
	switch (w->mind) {
	case ENDLESS:
		say(fd, "HTTP/1.1 200 X\r\n\r\n");
		for (int i = 0; i < 100000; i++)
			say(fd, "and so on, and so forth, and much more\n");
		return true;
	case LONG:
		say(fd, "HTTP/1.1 200 X\r\nContent-Length: 99999999\r\n\r\n");
		return true;
	case CHUNKED:
		say(fd,
		    "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n"
		    "0\r\n\r\n");
		return true;
	case NO_HTTP:
		say(fd, "220 smtp.example ESMTP\r\n\r\n");
		return true;
	case MOVED:
		say(fd,
		    "HTTP/1.1 302 X\r\nLocation: http://127.0.0.1/\r\n"
		    "Content-Length: 0\r\n\r\n");
		return true;
	case SILENT:
		pause();
		return true;
	default:
		return false;
	}
}

static void
serve_one(int fd, struct witness *w)
{
	struct cs_buf in = { 0 };
	struct cs_http_head h = { 0 };
	uint8_t bytes[4096];
	size_t head = 0;
	ssize_t n;

	while (head == 0 || in.len < head + h.content_length) {
		if ((n = recv(fd, bytes, sizeof bytes, 0)) <= 0)
			exit(1);
		assert_ok(cs_buf_add(&in, cs_view(bytes, (size_t)n)));
		if (head == 0 &&
		    (head = cs_http_head_length(cs_buf_view(&in))) != 0)
			assert_ok(
			    cs_http_head_parse(&h, cs_view(in.data, head)));
	}
	assert_view_equal(h.method, cs_view_str("POST"));
	assert_view_equal(h.target, cs_view_str("/w1/add-checkpoint"));
	if (!misbehave(fd, w))
		judge(fd, w, cs_view(in.data + head, in.len - head));
	cs_buf_free(&in);
}

struct served {
	int port;
	pid_t pid;
};

static void
begin(struct served *s, enum mind mind, uint64_t size)
{
	struct witness w = { mind, size, 0 };
	int listener;

	assert_ok(cs_net_listen(&listener, 1, "127.0.0.1", 0));
	s->port = cs_net_listen_port(listener);
	if ((s->pid = fork()) == 0) {
		for (;;) {
			int fd = -1;
			struct timeval minute = { 60, 0 };
			fd_set set;

			FD_ZERO(&set);
			FD_SET(listener, &set);
			if (select(listener + 1, &set, NULL, NULL, &minute) < 1)
				_exit(1);
			if ((fd = accept(listener, NULL, NULL)) < 0)
				continue;
			serve_one(fd, &w);
			close(fd);
		}
	}
	assert_true(s->pid > 0);
	close(listener);
}

static void
end(const struct served *s)
{
	kill(s->pid, SIGKILL);
	waitpid(s->pid, NULL, 0);
}

/* ---- the log ------------------------------------------------------------ */

static int
setup(void **state)
{
	static const uint8_t a[CS_SIGN_SEED_LEN] = { 1 };
	static const uint8_t b[CS_SIGN_SEED_LEN] = { 2 };

	(void)state;
	assert_ok(cs_crypto_init());
	assert_ok(cs_sign_key_from_seed(&log_with, a));
	assert_ok(cs_sign_key_from_seed(&with, b));
	assert_ok(cs_note_key(&log_key, ORIGIN, log_with.public));
	assert_ok(cs_tlog_cosigner(&who, "witness.example/w1", with.public));
	tlog_tree_make(&tree);
	return 0;
}

static enum cs_err
ask_at(struct cs_net_cosign *ask, struct cs_buf *note, int port, uint64_t size)
{
	static struct cs_tlog_policy_witness to;
	struct cs_tlog_checkpoint c = { .origin = cs_view_str(ORIGIN),
		.size = size };
	struct cs_buf lines = { 0 };
	enum cs_err err;

	snprintf(to.url, sizeof to.url, "http://127.0.0.1:%d/w1/", port);
	to.who = who;
	cs_buf_reset(note);
	assert_ok(cs_tlog_root(&c.root, size, tlog_tree_node, &tree));
	assert_ok(cs_tlog_checkpoint_sign(note, &c, &log_key, &log_with));
	ask->to = &to;
	ask->note = cs_buf_view(note);
	ask->read = tlog_tree_node;
	ask->arg = &tree;
	if (ask->timeout_ms == 0)
		ask->timeout_ms = PATIENT_MS;
	err = cs_net_cosign(&lines, ask);
	assert_true((err == CS_OK) == (lines.len != 0));
	if (err == CS_OK)
		assert_ok(cs_buf_add(note, cs_buf_view(&lines)));
	cs_buf_free(&lines);
	return err;
}

static enum cs_err
ask_mind(struct cs_net_cosign *ask, enum mind mind, uint64_t has)
{
	struct cs_buf note = { 0 };
	struct served s;
	enum cs_err err;

	begin(&s, mind, has);
	err = ask_at(ask, &note, s.port, 1000);
	end(&s);
	cs_buf_free(&note);
	return err;
}

static void
test_cosigned(void **state)
{
	struct cs_net_cosign ask = { .old = 0 };
	struct cs_buf note = { 0 };
	struct served s;
	uint64_t at;

	(void)state;
	begin(&s, HONEST, 0);
	/* From nothing; then from what is known; then from what was thought
	 * wrongly, too small and too large. */
	assert_ok(ask_at(&ask, &note, s.port, 10));
	assert_int_equal(ask.old, 10);
	assert_int_equal(ask.time_s, TIME_S);
	assert_ok(cs_tlog_cosigned(&at, cs_buf_view(&note), &who));
	assert_ok(ask_at(&ask, &note, s.port, 700));
	assert_int_equal(ask.status, 200);
	ask.old = 9;
	assert_ok(ask_at(&ask, &note, s.port, 701));
	ask.old = 1000;
	assert_ok(ask_at(&ask, &note, s.port, 702));
	ask.old = 702;
	assert_ok(ask_at(&ask, &note, s.port, 702));
	/* The log was put back. */
	assert_err(ask_at(&ask, &note, s.port, 600), CS_ERR_MISMATCH);
	assert_int_equal(ask.old, 702);
	end(&s);
	begin(&s, BY_CLOSING, 5);
	ask.old = 0;
	assert_ok(ask_at(&ask, &note, s.port, 10));
	end(&s);
	cs_buf_free(&note);
}

static void
test_lies(void **state)
{
	static const struct {
		enum mind mind;
		enum cs_err err;
		int status;
	} lies[] = {
		{ AHEAD, CS_ERR_MISMATCH, 409 },
		{ STUBBORN, CS_ERR_FORMAT, 409 },
		{ FICKLE, CS_ERR_BUSY, 409 },
		{ BROKEN_OFF, CS_ERR_CLOSED, 200 },
		{ ENDLESS, CS_ERR_LIMIT, 200 },
		{ LONG, CS_ERR_LIMIT, 200 },
		{ CHUNKED, CS_ERR_FORMAT, 0 },
		{ NO_HTTP, CS_ERR_FORMAT, 0 },
		{ MOVED, CS_ERR_REFUSED, 302 },
		{ OTHER_KEY, CS_ERR_SIGNATURE, 200 },
		{ OTHER_TEXT, CS_ERR_SIGNATURE, 200 },
		{ NO_LINE, CS_ERR_NOT_FOUND, 200 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
		struct cs_net_cosign ask = { .old = 0 };

		assert_err(ask_mind(&ask, lies[i].mind, 0), lies[i].err);
		assert_int_equal(ask.status, lies[i].status);
	}
}

static void
test_refused(void **state)
{
	struct cs_net_cosign ask = { .timeout_ms = 300 };
	struct cs_tlog_policy_witness to = { .who = who };
	struct cs_buf note = { 0 }, lines = { 0 };
	struct served s;

	(void)state;
	assert_err(ask_mind(&ask, SILENT, 0), CS_ERR_TIMEOUT);
	ask.timeout_ms = PATIENT_MS;
	/* Nobody is there. */
	begin(&s, HONEST, 0);
	end(&s);
	assert_err(ask_at(&ask, &note, s.port, 10), CS_ERR_CLOSED);
	/* Another key signs for this log. */
	begin(&s, HONEST, 0);
	log_with.seed[0] ^= 1;
	assert_ok(cs_sign_key_from_seed(&log_with, log_with.seed));
	assert_err(ask_at(&ask, &note, s.port, 10), CS_ERR_REFUSED);
	assert_int_equal(ask.status, 403);
	log_with.seed[0] ^= 1;
	assert_ok(cs_sign_key_from_seed(&log_with, log_with.seed));
	/* Another tree. */
	assert_ok(ask_at(&ask, &note, s.port, 10));
	tree.nodes[3][0].bytes[0] ^= 1;
	assert_err(ask_at(&ask, &note, s.port, 12), CS_ERR_REFUSED);
	assert_int_equal(ask.status, 422);
	tlog_tree_make(&tree);
	end(&s);
	/* Nowhere to ask. */
	ask.to = &to;
	assert_err(cs_net_cosign(&lines, &ask), CS_ERR_UNSUPPORTED);
	snprintf(to.url, sizeof to.url, "https://w.example/");
	assert_err(cs_net_cosign(&lines, &ask), CS_ERR_UNSUPPORTED);
	snprintf(to.url, sizeof to.url, "ftp://w.example/");
	assert_err(cs_net_cosign(&lines, &ask), CS_ERR_UNSUPPORTED);
	snprintf(to.url, sizeof to.url, "/");
	assert_err(cs_net_cosign(&lines, &ask), CS_ERR_UNSUPPORTED);
	cs_buf_free(&note);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cosigned),
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
