/* SPDX-License-Identifier: MIT */
/* Statistics say what a walk over all cases and decisions says. */
#include "desk/show/statistics.h"

#include "base/units.h"
#include "crypto/init.h"
#include "desk/decisions/decision.h"
#include "desk/people/people.h"
#include "store/clock.h"
#include "unit/desk/case_home.h"

#define CASES 600
#define DAYS 3 /* that are asked for; there are two more */

/* A case as the test knows it; the database has the same. */
struct known {
	uint64_t opened, looked, decided, state, reason, severity, reports;
};

static struct known known[CASES];

static uint64_t
some(uint64_t n)
{
	return (uint64_t)rand() % n;
}

static void
make_case(struct cs_desk *d, struct known *k, uint64_t today_ms,
    const struct cs_desk_policy *policy)
{
	const struct cs_desk_reason *reason =
	    &policy->reasons[some(policy->n_reasons)];

	*k = (struct known){ .opened = today_ms - some(DAYS + 2) * CS_DAY_MS +
		    some(CS_DAY_MS),
		.state = some(4),
		.reason = reason->number,
		.severity = reason->severity,
		.reports = 1 + some(4) };
	if (some(3) != 0)
		k->looked = k->opened + some(CS_DAY_MS);
	if (some(2) != 0)
		k->decided = k->opened + some(3 * CS_DAY_MS);
	assert_ok(cs_db_exec(d->db,
	    "INSERT INTO cases(state,rank,since,due,reason,severity,opened,"
	    "looked,decided,reports,assignee,version,sealed)"
	    " VALUES(?,0,0,0,?,?,?,?,?,?,1,1,x'')",
	    cs_int(k->state), cs_int(k->reason), cs_int(k->severity),
	    cs_int(k->opened), cs_int(k->looked), cs_int(k->decided),
	    cs_int(k->reports)));
	assert_ok(cs_db_exec(d->db,
	    "INSERT INTO decision(case_id,state,due,made,person,action,"
	    "check_state,sealed) VALUES(1,0,0,?,1,0,?,x'')",
	    cs_int(k->opened), cs_int(k->reports)));
}

static int
compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* The times of one day, of what is ${at} in struct known. */
static void
day_is(const json_t *day, size_t at)
{
	uint64_t number = json_get_num(day, "day"), ms[CASES], end;
	size_t n = 0;

	for (size_t i = 0; i < CASES; i++) {
		memcpy(&end, (const uint8_t *)&known[i] + at, sizeof end);
		if (known[i].opened / CS_DAY_MS == number && end != 0)
			ms[n++] = end - known[i].opened;
	}
	assert_true(n > 1);
	qsort(ms, n, sizeof *ms, compare);
	assert_int_equal(json_get_num(day, "n"), n);
	assert_int_equal(json_get_num(day, "median_ms"), ms[n / 2]);
	assert_int_equal(json_get_num(day, "p90_ms"), ms[n * 9 / 10]);
}

static void
times_are(const json_t *list, size_t at)
{
	const json_t *day;
	size_t i;

	assert_int_equal(json_array_size(list), DAYS + 1);
	json_array_foreach (list, i, day)
		day_is(day, at);
}

/* Cases (and reports) since ${since} whose value ${at} is ${value}. */
static void
count(uint64_t *cases, uint64_t *reports, uint64_t since, size_t at,
    uint64_t value)
{
	*cases = *reports = 0;
	for (size_t i = 0; i < CASES; i++) {
		uint64_t is;

		memcpy(&is, (const uint8_t *)&known[i] + at, sizeof is);
		if (known[i].opened < since || is != value ||
		    known[i].state == CS_DESK_CASE_CLOSED)
			continue;
		++*cases;
		*reports += known[i].reports;
	}
}

static void
reasons_are(
    const json_t *list, const struct cs_desk_policy *policy, uint64_t since)
{
	uint64_t cases, reports;
	const json_t *o;
	size_t i;

	assert_int_equal(json_array_size(list), policy->n_reasons);
	json_array_foreach (list, i, o) {
		count(&cases, &reports, since, offsetof(struct known, reason),
		    cs_desk_policy_reason(policy, json_get_str(o, "reason"))
			->number);
		assert_int_equal(json_get_num(o, "cases"), cases);
		assert_int_equal(json_get_num(o, "reports"), reports);
	}
}

static void
severities_are(const json_t *list, uint64_t since)
{
	uint64_t cases, reports;
	const json_t *o;
	size_t i;

	assert_true(json_array_size(list) > 2);
	json_array_foreach (list, i, o) {
		count(&cases, &reports, since, offsetof(struct known, severity),
		    json_get_num(o, "severity"));
		assert_int_equal(json_get_num(o, "cases"), cases);
	}
}

/* The work of the one person, and what was checked. */
static void
work_is(const json_t *out, uint64_t since)
{
	const json_t *one = json_array_get(json_object_get(out, "load"), 0);
	const json_t *quality = json_object_get(out, "quality");
	uint64_t decided = 0, claimed = 0, checks[5] = { 0 };

	for (size_t i = 0; i < CASES; i++) {
		claimed += known[i].state == CS_DESK_CASE_OPEN ||
		    known[i].state == CS_DESK_CASE_WAITING;
		if (known[i].opened < since)
			continue;
		decided++;
		checks[known[i].reports]++;
	}
	assert_int_equal(json_get_num(one, "decided"), decided);
	assert_int_equal(json_get_num(one, "claimed"), claimed);
	assert_int_equal(
	    json_get_num(quality, "agreed"), checks[CS_DESK_CHECK_AGREED]);
	assert_int_equal(json_get_num(quality, "checked"),
	    checks[CS_DESK_CHECK_AGREED] + checks[CS_DESK_CHECK_DISAGREED]);
}

static void
test_all_numbers(void **state)
{
	uint64_t today_ms = cs_clock_ms() / CS_DAY_MS * CS_DAY_MS;
	uint64_t since = today_ms - DAYS * CS_DAY_MS, id;
	char welcome[CS_DESK_WELCOME_SIZE];
	struct cs_desk_policy policy;
	json_t *out = json_object();
	struct world w;

	(void)state;
	world_init(&w);
	assert_ok(cs_desk_policy(&policy, w.d));
	assert_ok(cs_desk_person_add(
	    w.d, &cs_desk_operator, "rosa", CS_DESK_REVIEWER, &id, welcome));
	assert_int_equal(id, 1);
	srand(4);
	assert_ok(cs_db_begin(w.d->db));
	for (size_t i = 0; i < CASES; i++)
		make_case(w.d, &known[i], today_ms, &policy);
	assert_ok(cs_db_commit(w.d->db));
	assert_ok(cs_desk_statistics(out, w.d, DAYS));
	reasons_are(json_object_get(out, "by_reason"), &policy, since);
	severities_are(json_object_get(out, "by_severity"), since);
	times_are(
	    json_object_get(out, "first_look"), offsetof(struct known, looked));
	times_are(
	    json_object_get(out, "decision"), offsetof(struct known, decided));
	work_is(out, since);
	json_decref(out);
	cs_desk_policy_clear(&policy);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_numbers),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
