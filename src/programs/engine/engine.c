/* SPDX-License-Identifier: MIT */
/*
 * The engine of a page in a browser: the table of methods (member/member.h) as
 * exports of a WebAssembly module.
 *
 * The host (web/member/src/worker) gives WASI's files and clock, the connection
 * to the hub (net/client_web.c), and takes events.  engine_do() of a CALL, and
 * engine_turn(), may wait for the hub; meanwhile engine_do() of a READ,
 * engine_hurry() and engine_waits() may be called, and nothing else.  A READ
 * never waits.
 */
#include "base/alloc.h"
#include "crypto/init.h"
#include "member/member.h"

#define EXPORT(name) __attribute__((export_name(name)))
#define HOME "/home"
#define EXCHANGE "/exchange"

/* A JSON object that something happened; it is gone after the call. */
__attribute__((import_module("host"), import_name("event"))) void host_event(
    const uint8_t *json, size_t len);

struct answer;

/* Memory for what is handed to the engine; NULL: there is none. */
EXPORT("alloc") void *engine_alloc(size_t n);

/* ${n} bytes of it, which may have been a passphrase. */
EXPORT("release") void engine_release(void *p, size_t n);

/* Once, before anything else: 0, or an enum cs_err. */
EXPORT("start") int engine_start(void);

/* An enum cs_member_kind. */
EXPORT("kind") int engine_kind(const char *method);

/*
 * cs_member_do(): where two numbers lie, the address of the answer and its
 * length; it lives until the next call of the same kind.  NULL: there is no
 * memory for it.
 */
EXPORT("do")
const struct answer *engine_do(
    const char *method, const uint8_t *take, size_t len);

/* cs_member_turn() */
EXPORT("turn") int engine_turn(int timeout_ms);

EXPORT("waits") int engine_waits(void);

EXPORT("hurry") void engine_hurry(void);

/* What is read while a CALL waits does not lie where its answer will. */
static struct answer {
	const uint8_t *data;
	size_t len;
	struct cs_buf held;
} answers[2];
static struct cs_member *member;

static void
event(void *arg, struct cs_view json)
{
	(void)arg;
	host_event(json.data, json.len);
}

void *
engine_alloc(size_t n)
{
	return cs_calloc(n, 1);
}

void
engine_release(void *p, size_t n)
{
	cs_free(p, n);
}

int
engine_start(void)
{
	static const struct cs_member_config config = {
		.home = HOME,
		.exchange = EXCHANGE,
		/* One window has it: nobody else opens these files. */
		.alone = true,
		.event = event,
	};
	enum cs_err err;

	if ((err = cs_crypto_init()))
		return (int)err;
	return (int)cs_member_new(&member, &config);
}

int
engine_kind(const char *method)
{
	return (int)cs_member_kind(method);
}

const struct answer *
engine_do(const char *method, const uint8_t *take, size_t len)
{
	bool call = cs_member_kind(method) == CS_MEMBER_CALL;
	struct answer *a = &answers[call];

	if (cs_member_do(member, method, cs_view(take, len), &a->held) != CS_OK)
		return NULL;
	a->data = a->held.data;
	a->len = a->held.len;
	return a;
}

int
engine_turn(int timeout_ms)
{
	return cs_member_turn(member, timeout_ms);
}

int
engine_waits(void)
{
	return cs_member_waits(member);
}

void
engine_hurry(void)
{
	cs_member_hurry(member);
}
