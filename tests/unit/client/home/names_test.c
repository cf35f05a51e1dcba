/* SPDX-License-Identifier: MIT */
#include "client/home/names.h"

#include "client/home/contact.h"
#include "crypto/init.h"
#include "support/test.h"
#include "support/told_world.h"

struct told {
	char text[128];
};

static enum cs_err
tell(void *arg, const struct cs_client_unshown *name)
{
	struct told *t = arg;

	snprintf(t->text + strlen(t->text), sizeof t->text - strlen(t->text),
	    "%s%s ", name->handle, name->own ? "!" : "");
	return CS_OK;
}

static const char *
told(struct told_world *w)
{
	static struct told t;

	t.text[0] = '\0';
	assert_ok(cs_client_names(w->c, tell, &t));
	return t.text;
}

/* So long ago that it is time to say something. */
static void
a_day_ago(struct told_world *w)
{
	assert_ok(cs_db_exec(w->c->db, "UPDATE name_check SET met=?",
	    cs_int(cs_clock_ms() - CLIENT_NAMES_PATIENCE_MS - 1000)));
}

/* Whoever was met is asked for until they are shown; oneself each time. */
static void
test_asked(void **state)
{
	struct client_contact boris = { .handle = "boris" };
	struct client_name names[4];
	struct cw_person b;
	struct told_world w;
	bool due;
	size_t n;

	(void)state;
	told_world_init(&w);
	cw_person_init(&b, "boris");
	memcpy(boris.account, b.account, sizeof boris.account);
	assert_ok(client_contact_add(w.c, &boris));
	assert_ok(client_names_met(w.c, b.account, cs_buf_view(&b.credential)));
	/* A second credential of theirs changes nothing. */
	assert_ok(
	    client_names_met(w.c, b.account, cs_buf_view(&w.alma.credential)));
	assert_ok(client_names_due(&due, w.c));
	assert_true(due);
	assert_ok(client_names_next(names, &n, 4, w.c));
	assert_int_equal(n, 2);
	assert_memory_equal(names[0].account, w.c->self.account, CS_ID_LEN);
	assert_memory_equal(names[1].account, b.account, CS_ID_LEN);
	assert_memory_not_equal(names[0].value, names[1].value, CS_HASH_LEN);
	assert_string_equal(client_names_handle(w.c, b.account), "boris");
	assert_string_equal(
	    client_names_handle(w.c, w.c->self.account), "alma");
	assert_string_equal(told(&w), "");

	/* Nothing is said before they were asked for, nor on the first day. */
	a_day_ago(&w);
	assert_string_equal(told(&w), "");
	assert_ok(client_names_note(w.c, &names[0], true));
	assert_ok(client_names_note(w.c, &names[1], false));
	assert_string_equal(told(&w), "boris ");
	assert_ok(client_names_due(&due, w.c));
	assert_false(due);

	assert_ok(client_names_note(w.c, &names[1], true));
	assert_string_equal(told(&w), "");
	assert_ok(client_names_next(names, &n, 4, w.c));
	assert_int_equal(n, 1);
	/* What was shown once need not be the next time. */
	assert_ok(client_names_note(w.c, &names[0], false));
	assert_string_equal(told(&w), "alma! ");
	cs_buf_free(&b.credential);
	told_world_clear(&w);
}

static void
test_key(void **state)
{
	const uint8_t one[CS_KEY_LEN] = { 1 }, other[CS_KEY_LEN] = { 2 };
	struct told_world w;

	(void)state;
	told_world_init(&w);
	assert_ok(client_names_key(w.c, one));
	assert_ok(client_names_key(w.c, one));
	assert_err(client_names_key(w.c, other), CS_ERR_MISMATCH);
	assert_ok(client_names_key(w.c, one));
	told_world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_asked),
		cmocka_unit_test(test_key),
	};

	assert_ok(cs_crypto_init());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
