/* SPDX-License-Identifier: MIT */
/* Programs, and first sign-ins: how long they are good, and that nobody forges
 * them. */
#include "crypto/init.h"
#include "desk/people/people.h"
#include "desk/people/sign_in.h"
#include "desk/people/token.h"
#include "desk/people/welcome.h"
#include "unit/desk/desk_home.h"

/* Somebody of that role who has signed in, as the desk's folder made them. */
static struct cs_desk_actor
person(struct world *w, const char *name, enum cs_desk_role role)
{
	char welcome[CS_DESK_WELCOME_SIZE];
	struct cs_desk_actor actor;
	struct desk_person p;
	uint64_t id;

	assert_ok(cs_desk_person_add(
	    w->d, &cs_desk_operator, name, role, &id, welcome));
	assert_ok(desk_person_load(&p, w->d, id));
	p.active = true;
	assert_ok(desk_person_save(w->d, &p));
	desk_person_clear(&p);
	assert_ok(cs_desk_person(&actor, w->d, id));
	return actor;
}

/* Who only writes into the file makes no way in: neither a code nor a token of
 * their own fits. */
static void
test_forged_ways_in(void **state)
{
	char welcome[CS_DESK_WELCOME_SIZE], token[CS_DESK_TOKEN_SIZE];
	char mine[CS_DESK_TOKEN_SIZE];
	struct cs_desk_actor a, b, found;
	struct cs_desk_welcome shown;
	unsigned scopes;
	struct world w;
	uint64_t id;

	(void)state;
	world_init(&w);
	a = person(&w, "a", CS_DESK_ADMINISTRATOR);
	b = person(&w, "b", CS_DESK_REVIEWER);
	assert_ok(cs_desk_person_reset(w.d, &cs_desk_operator, b.id, welcome));
	assert_ok(cs_desk_welcome(&shown, w.d, welcome, ""));
	assert_string_equal(shown.name, "b");
	/* For somebody else; under another code. */
	assert_ok(cs_db_exec(w.d->db, "UPDATE welcome SET person=1"));
	assert_ok(cs_desk_welcome(&shown, w.d, welcome, ""));
	assert_string_equal(shown.name, "b");
	assert_ok(cs_db_exec(w.d->db,
	    "INSERT INTO welcome SELECT x'"
	    "e3b0c44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855',1,sealed FROM welcome"
	    " LIMIT 1"));
	assert_err(cs_desk_welcome(&shown, w.d, "", ""), CS_ERR_DENIED);
	assert_ok(
	    cs_desk_token_add(w.d, &a, "a", CS_DESK_SCOPE_ADMIN, &id, token));
	assert_ok(cs_desk_person(&b, w.d, b.id));
	assert_ok(
	    cs_desk_token_add(w.d, &b, "b", CS_DESK_SCOPE_READ, &id, mine));
	assert_ok(cs_desk_token_find(&found, &scopes, w.d, mine));
	assert_int_equal(found.id, b.id);
	/* Its hash moves to the administrator's row. */
	assert_ok(cs_db_exec(
	    w.d->db, "CREATE TABLE kept AS SELECT hash FROM token WHERE id=2"));
	assert_ok(cs_db_exec(w.d->db, "DELETE FROM token WHERE id=2"));
	assert_ok(cs_db_exec(w.d->db,
	    "UPDATE token SET hash=(SELECT hash FROM kept) WHERE id=1"));
	assert_err(
	    cs_desk_token_find(&found, &scopes, w.d, mine), CS_ERR_DENIED);
	world_clear(&w);
}

/* A token ends with its maker's role, as far as that loses a scope; with their
 * password; with them. */
static void
test_ends(void **state)
{
	char read[CS_DESK_TOKEN_SIZE], work[CS_DESK_TOKEN_SIZE];
	struct cs_desk_actor a, found;
	unsigned scopes;
	struct world w;
	uint64_t id;

	(void)state;
	world_init(&w);
	a = person(&w, "a", CS_DESK_REVIEWER);
	assert_err(
	    cs_desk_token_add(w.d, &a, "x", CS_DESK_SCOPE_ADMIN, &id, read),
	    CS_ERR_DENIED);
	assert_ok(
	    cs_desk_token_add(w.d, &a, "r", CS_DESK_SCOPE_READ, &id, read));
	assert_ok(
	    cs_desk_token_add(w.d, &a, "w", CS_DESK_SCOPE_WORK, &id, work));
	assert_ok(cs_desk_token_find(&found, &scopes, w.d, work));
	assert_int_equal(found.token, id);
	assert_ok(cs_desk_person_change(w.d, &cs_desk_operator, a.id,
	    CS_DESK_AUDITOR, CS_DESK_STANDING_SAME));
	assert_err(
	    cs_desk_token_find(&found, &scopes, w.d, work), CS_ERR_DENIED);
	assert_ok(cs_desk_token_find(&found, &scopes, w.d, read));
	assert_int_equal(scopes, CS_DESK_SCOPE_READ);
	assert_ok(
	    cs_db_exec(w.d->db, "CREATE TABLE kept AS SELECT * FROM token"));
	assert_ok(cs_desk_password_change(
	    w.d, &a, cs_view_str("a long enough password")));
	assert_err(
	    cs_desk_token_find(&found, &scopes, w.d, read), CS_ERR_DENIED);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM token"), 0);
	/* Nor does its row do it any good if it is put back. */
	assert_ok(cs_db_exec(w.d->db, "INSERT INTO token SELECT * FROM kept"));
	assert_err(
	    cs_desk_token_find(&found, &scopes, w.d, read), CS_ERR_DENIED);
	assert_ok(cs_db_exec(w.d->db, "DELETE FROM token"));
	assert_ok(
	    cs_desk_token_add(w.d, &a, "r", CS_DESK_SCOPE_READ, &id, read));
	assert_ok(cs_desk_person_change(
	    w.d, &cs_desk_operator, a.id, 0, CS_DESK_STANDING_OUT));
	assert_ok(cs_desk_person_change(
	    w.d, &cs_desk_operator, a.id, 0, CS_DESK_STANDING_IN));
	assert_err(
	    cs_desk_token_find(&found, &scopes, w.d, read), CS_ERR_DENIED);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forged_ways_in),
		cmocka_unit_test(test_ends),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
