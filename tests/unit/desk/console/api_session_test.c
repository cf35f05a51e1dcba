/* SPDX-License-Identifier: MIT */
/* Who signs in often enough throws out only themself. */
#include <stdio.h>
#include <string.h>

#include "crypto/init.h"
#include "desk/console/api_session.h"
#include "desk/console/call.h"
#include "unit/desk/desk_home.h"

struct console {
	struct world w;
	struct cs_desk_api *api;
	uint64_t signed_in;
};

static void
console_init(struct console *c)
{
	const struct cs_desk_api_options options = { .idle_ms = 1000000,
		.life_ms = 1000000 };

	memset(c, 0, sizeof *c);
	world_init(&c->w);
	assert_ok(cs_desk_api_new(&c->api, c->w.d, &options));
}

static void
console_clear(struct console *c)
{
	cs_desk_api_free(c->api);
	world_clear(&c->w);
}

/* Sign ${person} in; each session was used later than those before. */
static void
sign_in(struct console *c, uint64_t person, char cookie[static 80])
{
	static const struct cs_web_request rq;
	struct cs_web_answer answer = { 0 };
	struct api_call call = { .api = c->api,
		.d = c->w.d,
		.rq = &rq,
		.answer = &answer,
		.actor = { .id = person } };

	api_session_begin(&call);
	call.session->used_ms += ++c->signed_in;
	snprintf(cookie, 80, "countersign=%s", call.session->token);
}

static bool
is_in(struct console *c, const char *cookie)
{
	return api_session_find(c->api, cookie) != NULL;
}

static void
test_own_oldest(void **state)
{
	char anna[80], first[80], second[80], more[80];
	struct console c;

	(void)state;
	console_init(&c);
	sign_in(&c, 1, anna);
	sign_in(&c, 2, first);
	sign_in(&c, 2, second);
	for (unsigned i = 2; i < API_SESSIONS_PERSON; i++)
		sign_in(&c, 2, more);
	assert_true(is_in(&c, first));
	sign_in(&c, 2, more);
	assert_false(is_in(&c, first));
	assert_true(is_in(&c, second));
	for (unsigned i = 0; i < 2 * API_SESSIONS_MAX; i++)
		sign_in(&c, 2, more);
	assert_true(is_in(&c, anna));
	assert_true(is_in(&c, more));
	console_clear(&c);
}

/* When all places are taken, it is somebody with many who loses one. */
static void
test_full(void **state)
{
	char anna[80], of_many[80], cookie[80];
	struct console c;

	(void)state;
	console_init(&c);
	sign_in(&c, 1, anna);
	sign_in(&c, 2, of_many);
	sign_in(&c, 2, cookie);
	for (uint64_t i = 3; i < API_SESSIONS_MAX; i++)
		sign_in(&c, i, cookie);
	assert_true(is_in(&c, of_many));
	sign_in(&c, 5000, cookie);
	assert_false(is_in(&c, of_many));
	assert_true(is_in(&c, anna));
	assert_true(is_in(&c, cookie));
	console_clear(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own_oldest),
		cmocka_unit_test(test_full),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
