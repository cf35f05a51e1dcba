/* SPDX-License-Identifier: MIT */
/* Bytes of a message of 100 bytes, part by part. */
#include "programs/bench/wire.h"

#include <dirent.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "content/mimi.h"
#include "programs/bench/bench.h"
#include "programs/bench/server.h"
#include "programs/bench/util.h"
#include "programs/bench/world.h"

#define TEXT_LEN 100
#define PADDED_TO 256 /* as in bench_world.c and in the client */
#define SIGNATURE_VEC (2 + CS_SIGNATURE_LEN)
/* TLS 1.3: record header, content type, tag; WebSocket: header, and the mask
 * of what a client sends. */
#define TLS_RECORD (5 + 1 + 16)
#define WS_SERVER 4
#define WS_CLIENT 8

/* One message and what the hub makes of it, without a hub. */
struct parts {
	struct bench_member a, b;
	struct cs_buf message, body, stamp;
	struct cs_mls_message_info info;
};

static void
parts_init(struct parts *p)
{
	struct cs_sign_key root, external;
	struct cs_stamp s = { 0 };
	uint8_t text[TEXT_LEN];

	memset(p, 0, sizeof *p);
	memset(text, 'x', sizeof text);
	bench_must(cs_sign_key_new(&root), "key");
	bench_must(cs_sign_key_new(&external), "key");
	bench_member_init(&p->a, 1);
	bench_member_register(&p->a, &root);
	bench_member_init(&p->b, 2);
	bench_member_register(&p->b, &root);
	bench_pair(&p->a, &p->b,
	    &(struct bench_pairing){ .n = 2,
		.root = root.public,
		.hub_name = "localhost",
		.external_sender = external.public,
		.hub = false });
	bench_send(&p->message, &p->a, "localhost", CS_VIEW_OF(text), &p->body);
	bench_must(
	    cs_mls_message_peek(&p->info, cs_buf_view(&p->message)), "peek");
	bench_must(cs_stamp_write(&p->stamp, &s), "stamp");
}

static void
parts_clear(struct parts *p)
{
	cs_buf_free(&p->message);
	cs_buf_free(&p->body);
	cs_buf_free(&p->stamp);
	bench_member_clear(&p->a);
	bench_member_clear(&p->b);
}

static double
submit_len(const struct parts *p)
{
	struct cs_wire_submit submit = {
		.group_id = p->info.group_id,
		.message = cs_buf_view(&p->message),
	};
	struct cs_buf frame = { 0 };
	size_t n;

	bench_must(cs_wire_frame_head(&frame, CS_WIRE_SUBMIT, 1), "frame");
	bench_must(
	    cs_wire_write(&frame, &cs_wire_submit_shape, &submit), "frame");
	n = frame.len;
	cs_buf_free(&frame);
	return (double)n;
}

static double
fetched_len(const struct parts *p)
{
	struct cs_wire_fetch_answer fetched = { 0 };
	struct cs_wire_entry entry = {
		.stamp = cs_buf_view(&p->stamp),
		.message = cs_buf_view(&p->message),
	};
	struct cs_buf frame = { 0 }, list = { 0 };
	size_t n;

	bench_must(cs_wire_list_add(
		       &list, &fetched.entries.n, &cs_wire_entry_shape, &entry),
	    "entry");
	fetched.entries.raw = cs_buf_view(&list);
	bench_must(cs_wire_frame_head(&frame, CS_WIRE_ANSWER, 1), "frame");
	bench_must(cs_wire_write(&frame, &cs_wire_fetch_answer_shape, &fetched),
	    "frame");
	n = frame.len;
	cs_buf_free(&frame);
	cs_buf_free(&list);
	return (double)n;
}

static void
report_parts(const struct parts *p)
{
	size_t content = 2 + p->body.len + SIGNATURE_VEC;
	size_t padding = (PADDED_TO - content % PADDED_TO) % PADDED_TO;
	size_t aad = p->info.authenticated_data.len;

	bench_value("text", TEXT_LEN, "bytes");
	bench_value("body: salt, sender, room, CBOR",
	    (double)p->body.len - TEXT_LEN, "bytes");
	bench_value(
	    "authenticated data: tag, frank, time", (double)aad, "bytes");
	bench_value("padding to a multiple of 256", (double)padding, "bytes");
	bench_value("MLS: header, signature, sender data, tags",
	    (double)(p->message.len - aad - p->body.len - padding), "bytes");
	bench_ratio("the MLS message", (double)p->message.len, "bytes", "text",
	    TEXT_LEN, 0);
	bench_ratio("sent: frame, WebSocket, TLS",
	    submit_len(p) + WS_CLIENT + TLS_RECORD, "bytes", "text", TEXT_LEN,
	    0);
	bench_ratio("delivered: entry with stamp, frame, WebSocket, TLS",
	    fetched_len(p) + WS_SERVER + TLS_RECORD, "bytes", "text", TEXT_LEN,
	    0);
	bench_ratio("of it for the proof: tag, frank, stamp",
	    (double)(aad + p->stamp.len), "bytes",
	    "FRANKING's prototype, bytes", 243, 0);
}

/* ---- as the kernel counts ----------------------------------------------- */

struct traffic {
	uint64_t sent, received;
};

/* Bytes of all connections of this process, TLS included, TCP's headers not. */
static struct traffic
traffic(void)
{
	struct traffic t = { 0 };
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *e;

	if (dir == NULL)
		bench_must(CS_ERR_IO, "/proc/self/fd");
	while ((e = readdir(dir)) != NULL) {
		struct tcp_info info = { 0 };
		socklen_t len = sizeof info;

		if (getsockopt((int)strtol(e->d_name, NULL, 10), IPPROTO_TCP,
			TCP_INFO, &info, &len) != 0)
			continue;
		t.sent += info.tcpi_bytes_sent;
		t.received += info.tcpi_bytes_received;
	}
	closedir(dir);
	return t;
}

static void
submit(struct bench_member *a)
{
	struct cs_wire_submit ask = { .group_id = cs_mls_group_id(a->group) };
	struct cs_wire_submit_answer answer;
	struct cs_buf message = { 0 }, body = { 0 };
	uint8_t text[TEXT_LEN];

	memset(text, 'x', sizeof text);
	bench_send(&message, a, "localhost", CS_VIEW_OF(text), &body);
	ask.message = cs_buf_view(&message);
	bench_must(
	    cs_session_call(&a->session, CS_WIRE_SUBMIT, &cs_wire_submit_shape,
		&ask, &cs_wire_submit_answer_shape, &answer),
	    "submit");
	cs_buf_free(&message);
	cs_buf_free(&body);
}

static void
fetch(struct bench_member *b)
{
	struct cs_wire_fetch ask = {
		.group_id = cs_mls_group_id(b->group),
		.after = 2,
		.max = 10,
	};
	struct cs_wire_fetch_answer answer;

	bench_must(
	    cs_session_call(&b->session, CS_WIRE_FETCH, &cs_wire_fetch_shape,
		&ask, &cs_wire_fetch_answer_shape, &answer),
	    "fetch");
	if (answer.entries.n != 1)
		bench_must(CS_ERR_MISMATCH, "one entry");
}

/* Wait until a push says that the group has ${head} entries. */
static void
drain(struct bench_member *m, uint64_t head)
{
	struct cs_wire_push push = { 0 };

	while (push.head < head)
		bench_must(cs_session_push(&m->session, &push, 30000), "push");
}

static void
report_measured(void)
{
	struct bench_member a, b;
	struct bench_hub h;
	struct traffic t[3];

	bench_hub_start(&h);
	bench_hub_pair(&h, &a, &b, 0);
	submit(&a); /* entry 2, after the commit; TLS has settled then */
	drain(&b, 2);
	t[0] = traffic();
	submit(&a);
	drain(&b, 3);
	t[1] = traffic();
	fetch(&b);
	t[2] = traffic();
	bench_value("sent, as the kernel counts it",
	    (double)(t[1].sent - t[0].sent), "bytes");
	bench_value("its answer with the stamp, and a push to the other",
	    (double)(t[1].received - t[0].received), "bytes");
	bench_value("asked for, as the kernel counts it",
	    (double)(t[2].sent - t[1].sent), "bytes");
	bench_value("delivered, as the kernel counts it",
	    (double)(t[2].received - t[1].received), "bytes");
	bench_member_clear(&a);
	bench_member_clear(&b);
	bench_hub_stop(&h);
}

void
bench_wire(const struct bench_options *o)
{
	struct parts p;

	(void)o;
	bench_section("Bytes of a message of 100 bytes");
	parts_init(&p);
	report_parts(&p);
	parts_clear(&p);
	report_measured();
}
