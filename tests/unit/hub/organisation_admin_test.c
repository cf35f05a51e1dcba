/* SPDX-License-Identifier: MIT */
#include "hub/organisation_admin.h"

#include <string.h>

#include "crypto/init.h"
#include "hub/admin.h"
#include "support/temp_dir.h"
#include "support/test.h"

static struct cs_hub_organisation_row rows[4];
static size_t n_rows;

static void
each(void *arg, const struct cs_hub_organisation_row *row)
{
	(void)arg;
	assert_in_range(n_rows, 0, 3);
	rows[n_rows++] = *row;
}

static size_t
list(const char *dir)
{
	n_rows = 0;
	assert_ok(cs_hub_organisations(dir, NULL, each));
	return n_rows;
}

static void
test_life(void **state)
{
	struct hub_organisation o = { .key = { 1 },
		.name = "Helpers",
		.scope = "trafficking",
		.trusted = true };
	struct temp_dir dir = temp_dir_new();
	char hub[256];

	(void)state;
	snprintf(hub, sizeof hub, "%s", temp_path(&dir, "hub"));
	/* No hub is made by asking for one. */
	assert_int_equal(cs_hub_organisation_set(hub, &o), CS_ERR_NOT_FOUND);
	assert_ok(cs_hub_init(hub, "hub.test", "127.0.0.1", 4433));
	assert_int_equal(list(hub), 0);
	assert_ok(cs_hub_organisation_set(hub, &o));
	assert_int_equal(list(hub), 1);
	assert_string_equal(rows[0].is.name, "Helpers");
	assert_true(rows[0].is.trusted);
	assert_int_equal(rows[0].ended_ms, 0);
	/* Another name, and another one before it. */
	snprintf(o.name, sizeof o.name, "Helpers of all");
	o.trusted = false;
	assert_ok(cs_hub_organisation_set(hub, &o));
	o.key[0] = 2;
	snprintf(o.name, sizeof o.name, "Also");
	assert_ok(cs_hub_organisation_set(hub, &o));
	assert_int_equal(list(hub), 2);
	assert_string_equal(rows[0].is.name, "Also");
	assert_string_equal(rows[1].is.name, "Helpers of all");
	assert_false(rows[1].is.trusted);
	/* Ended once; it can come back. */
	assert_ok(cs_hub_organisation_end(hub, o.key));
	assert_int_equal(cs_hub_organisation_end(hub, o.key), CS_ERR_NOT_FOUND);
	assert_int_equal(list(hub), 2);
	assert_int_not_equal(rows[0].ended_ms, 0);
	assert_ok(cs_hub_organisation_set(hub, &o));
	assert_int_equal(list(hub), 2);
	assert_int_equal(rows[0].ended_ms, 0);
	/* Names that are none. */
	static const char *const bad[] = { "", "a\nb", "a\xff",
		"a\xe2\x80\xae" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		snprintf(o.name, sizeof o.name, "%s", bad[i]);
		assert_int_equal(
		    cs_hub_organisation_set(hub, &o), CS_ERR_FORMAT);
	}
	temp_dir_clear(&dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_life),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
