/* SPDX-License-Identifier: MIT */
/* What takes two administrators. */
#include <stdio.h>

#include "crypto/init.h"
#include "crypto/password.h"
#include "desk/core/audit.h"
#include "desk/core/policy.h"
#include "desk/people/people.h"
#include "desk/people/proposal.h"
#include "desk/people/sign_in.h"
#include "desk/people/welcome.h"
#include "store/clock.h"
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

static enum cs_err
wish(struct world *w, const struct cs_desk_actor *actor,
    struct cs_desk_granted *out, struct cs_desk_wish what)
{
	return cs_desk_wish(out, w->d, actor, &what);
}

/* The functions below it refuse as well, so that nobody forgets to ask. */
static void
test_refused_below(void **state)
{
	char welcome[CS_DESK_WELCOME_SIZE];
	struct cs_desk_actor a, b, both;
	struct world w;
	uint64_t id;

	(void)state;
	world_init(&w);
	a = person(&w, "a", CS_DESK_ADMINISTRATOR);
	assert_ok(cs_desk_person_add(
	    w.d, &a, "alone", CS_DESK_REVIEWER, &id, welcome));
	b = person(&w, "b", CS_DESK_ADMINISTRATOR);
	assert_err(cs_desk_person_add(
		       w.d, &a, "phantom", CS_DESK_REVIEWER, &id, welcome),
	    CS_ERR_DENIED);
	assert_err(cs_desk_person_reset(w.d, &a, b.id, welcome), CS_ERR_DENIED);
	assert_err(cs_desk_person_change(
		       w.d, &a, a.id, CS_DESK_REVIEWER, CS_DESK_STANDING_SAME),
	    CS_ERR_DENIED);
	assert_err(
	    cs_desk_person_change(w.d, &a, b.id, 0, CS_DESK_STANDING_OUT),
	    CS_ERR_DENIED);
	both = a;
	strcpy(both.second, "b");
	assert_ok(cs_desk_person_add(
	    w.d, &both, "c", CS_DESK_REVIEWER, &id, welcome));
	/* Letting go of somebody else is one's own, taking back is not. */
	assert_ok(cs_desk_person_change(w.d, &a, id, 0, CS_DESK_STANDING_OUT));
	assert_err(cs_desk_person_change(w.d, &a, id, 0, CS_DESK_STANDING_IN),
	    CS_ERR_DENIED);
	world_clear(&w);
}

static void
test_proposed_and_confirmed(void **state)
{
	struct cs_desk_granted g, done;
	struct cs_desk_actor a, b, r;
	struct cs_desk_welcome shown;
	struct world w;
	const char *code;

	(void)state;
	world_init(&w);
	a = person(&w, "a", CS_DESK_ADMINISTRATOR);
	b = person(&w, "b", CS_DESK_ADMINISTRATOR);
	r = person(&w, "r", CS_DESK_SENIOR);
	assert_err(wish(&w, &r, &g,
		       (struct cs_desk_wish){ .kind = DESK_PROPOSAL_ADD,
			   .name = "x",
			   .role = CS_DESK_REVIEWER }),
	    CS_ERR_DENIED);
	assert_err(wish(&w, &a, &g,
		       (struct cs_desk_wish){ .kind = DESK_PROPOSAL_ADD,
			   .name = "a",
			   .role = CS_DESK_REVIEWER }),
	    CS_ERR_EXISTS);
	assert_err(wish(&w, &a, &g,
		       (struct cs_desk_wish){
			   .kind = DESK_PROPOSAL_RESET, .person = 99 }),
	    CS_ERR_NOT_FOUND);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM proposal"), 0);
	assert_ok(wish(&w, &a, &g,
	    (struct cs_desk_wish){ .kind = DESK_PROPOSAL_ADD,
		.name = "n",
		.role = CS_DESK_REVIEWER }));
	assert_int_equal(g.proposal, 1);
	assert_string_equal(g.welcome, "");
	assert_int_equal(strlen(g.word), CS_DESK_WORD_SIZE - 1);
	assert_string_equal(g.name, "n");
	/* The trial left nothing. */
	assert_int_equal(
	    world_count(&w, "SELECT COUNT(*) FROM person WHERE name='n'"), 0);
	assert_err(cs_desk_proposal_confirm(&done, w.d, &a, 1), CS_ERR_DENIED);
	assert_err(cs_desk_proposal_confirm(&done, w.d, &r, 1), CS_ERR_DENIED);
	assert_err(
	    cs_desk_proposal_confirm(&done, w.d, &b, 2), CS_ERR_NOT_FOUND);
	b.token = 5;
	assert_err(cs_desk_proposal_confirm(&done, w.d, &b, 1), CS_ERR_DENIED);
	b.token = 0;
	assert_ok(cs_desk_proposal_confirm(&done, w.d, &b, 1));
	code = done.welcome;
	assert_string_equal(done.word, "");
	assert_err(cs_desk_welcome(&shown, w.d, code, ""), CS_ERR_DENIED);
	assert_err(cs_desk_welcome(&shown, w.d, code, code), CS_ERR_DENIED);
	assert_ok(cs_desk_welcome(&shown, w.d, code, g.word));
	assert_string_equal(shown.name, "n");
	assert_err(cs_desk_proposal_confirm(&done, w.d, &b, 1), CS_ERR_EXISTS);
	assert_ok(cs_desk_audit_verify(w.d, NULL, NULL));
	world_clear(&w);
}

/* Whoever proposed it has to be an administrator still; it can be dropped by
 * either; and too many do not pile up. */
static void
test_over(void **state)
{
	struct cs_desk_wish add = {
		.kind = DESK_PROPOSAL_ADD, .name = "n", .role = CS_DESK_REVIEWER
	};
	struct cs_desk_granted g;
	struct cs_desk_actor a, b, c;
	struct world w;
	char name[8];

	(void)state;
	world_init(&w);
	a = person(&w, "a", CS_DESK_ADMINISTRATOR);
	b = person(&w, "b", CS_DESK_ADMINISTRATOR);
	c = person(&w, "c", CS_DESK_ADMINISTRATOR);
	assert_ok(wish(&w, &a, &g, add));
	assert_ok(cs_desk_proposal_cancel(w.d, &a, g.proposal));
	assert_err(cs_desk_proposal_confirm(&g, w.d, &b, 1), CS_ERR_EXISTS);
	assert_ok(wish(&w, &a, &g, add));
	assert_ok(cs_desk_person_change(w.d, &cs_desk_operator, a.id,
	    CS_DESK_REVIEWER, CS_DESK_STANDING_SAME));
	assert_err(cs_desk_proposal_confirm(&g, w.d, &b, 2), CS_ERR_DENIED);
	assert_ok(cs_desk_proposal_cancel(w.d, &b, 2));
	for (unsigned i = 0; i < DESK_PROPOSALS_MAX; i++) {
		snprintf(name, sizeof name, "n%u", i);
		add.name = name;
		assert_ok(wish(&w, &c, &g, add));
	}
	add.name = "more";
	assert_err(wish(&w, &c, &g, add), CS_ERR_LIMIT);
	world_clear(&w);
}

/* The policy says when two people are needed: it takes two as well. */
static void
test_policy(void **state)
{
	struct cs_desk_granted g;
	struct cs_desk_actor a, b;
	struct cs_desk_policy p;
	struct cs_buf toml = { 0 };
	struct world w;

	(void)state;
	world_init(&w);
	a = person(&w, "a", CS_DESK_ADMINISTRATOR);
	b = person(&w, "b", CS_DESK_ADMINISTRATOR);
	assert_ok(cs_desk_policy_text(&toml, w.d));
	assert_ok(cs_desk_policy(&p, w.d));
	assert_err(wish(&w, &a, &g,
		       (struct cs_desk_wish){ .kind = DESK_PROPOSAL_POLICY,
			   .toml = cs_view_str("nonsense"),
			   .version = p.version }),
	    CS_ERR_FORMAT);
	assert_ok(wish(&w, &a, &g,
	    (struct cs_desk_wish){ .kind = DESK_PROPOSAL_POLICY,
		.toml = cs_buf_view(&toml),
		.version = p.version }));
	assert_int_equal(g.proposal, 1);
	assert_ok(cs_desk_proposal_confirm(&g, w.d, &b, 1));
	/* It was made for the one before. */
	assert_err(wish(&w, &a, &g,
		       (struct cs_desk_wish){ .kind = DESK_PROPOSAL_POLICY,
			   .toml = cs_buf_view(&toml),
			   .version = p.version }),
	    CS_ERR_EXISTS);
	cs_desk_policy_clear(&p);
	cs_buf_free(&toml);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused_below),
		cmocka_unit_test(test_proposed_and_confirmed),
		cmocka_unit_test(test_over),
		cmocka_unit_test(test_policy),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
