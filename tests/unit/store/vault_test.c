/* SPDX-License-Identifier: MIT */
#include "crypto/init.h"
#include "store/vault.h"
#include "support/temp_dir.h"

static const struct cs_seal_key key = { { 7 } };
static const struct cs_seal_key other_key = { { 8 } };

static const char *const steps[] = {
	"CREATE TABLE config(name TEXT PRIMARY KEY, sealed BLOB NOT NULL);",
};
static const struct cs_db_schema schema = { "vault-test", steps, 1 };

static enum cs_err
opens(const struct cs_seal_key *k, const char *table, const char *row,
    struct cs_view sealed)
{
	struct cs_buf out = { 0 };
	enum cs_err err =
	    cs_vault_open(&out, k, table, cs_view_str(row), sealed);

	if (err == CS_OK)
		assert_view_equal(cs_buf_view(&out), cs_view_str("plain"));
	else
		assert_int_equal(out.len, 0);
	cs_buf_free(&out);
	return err;
}

/* A row opens in its own place only. */
static void
test_place(void **state)
{
	struct cs_buf b = { 0 };
	struct cs_view v;

	(void)state;
	assert_ok(cs_buf_add(&b, cs_view_str("what was there")));
	assert_ok(cs_vault_seal(
	    &b, &key, "message", cs_view_str("row 1"), cs_view_str("plain")));
	v = cs_buf_view(&b);
	assert_int_equal(v.len, 5 + CS_SEAL_OVERHEAD);
	assert_ok(opens(&key, "message", "row 1", v));
	assert_err(opens(&key, "message", "row 2", v), CS_ERR_CORRUPT);
	assert_err(opens(&key, "messag", "erow 1", v), CS_ERR_CORRUPT);
	assert_err(opens(&key, "group", "row 1", v), CS_ERR_CORRUPT);
	assert_err(opens(&other_key, "message", "row 1", v), CS_ERR_CORRUPT);
	for (size_t i = 0; i < v.len; i++) {
		b.data[i] ^= 4;
		assert_err(opens(&key, "message", "row 1", v), CS_ERR_CORRUPT);
		b.data[i] ^= 4;
		assert_err(opens(&key, "message", "row 1", cs_view(v.data, i)),
		    CS_ERR_CORRUPT);
	}
	cs_buf_free(&b);
}

static void
test_config(void **state)
{
	struct temp_dir d = temp_dir_new();
	struct cs_buf out = { 0 };
	struct cs_db *db;
	uint64_t number;

	(void)state;
	assert_ok(
	    cs_db_open(&db, temp_path(&d, "db"), CS_DB_FORGETFUL, &schema));
	assert_err(
	    cs_vault_config_get(&out, db, &key, "name"), CS_ERR_NOT_FOUND);
	assert_ok(cs_vault_config_set(db, &key, "name", cs_view_str("maryam")));
	assert_ok(cs_vault_config_set(db, &key, "empty", cs_view(NULL, 0)));
	assert_ok(cs_vault_config_get(&out, db, &key, "name"));
	assert_view_equal(cs_buf_view(&out), cs_view_str("maryam"));
	assert_ok(cs_vault_config_get(&out, db, &key, "empty"));
	assert_int_equal(out.len, 0);
	/* Set again, it is another. */
	assert_ok(cs_vault_config_set(db, &key, "name", cs_view_str("leila")));
	assert_ok(cs_vault_config_get(&out, db, &key, "name"));
	assert_view_equal(cs_buf_view(&out), cs_view_str("leila"));
	assert_err(
	    cs_vault_config_get(&out, db, &other_key, "name"), CS_ERR_CORRUPT);
	/* One value does not stand for another. */
	assert_ok(cs_db_exec(db,
	    "UPDATE config SET sealed=(SELECT sealed FROM config WHERE "
	    "name='name') WHERE name='empty'"));
	assert_err(
	    cs_vault_config_get(&out, db, &key, "empty"), CS_ERR_CORRUPT);
	/* Numbers; what is none of eight bytes is none. */
	assert_err(cs_vault_config_get_num(&number, db, &key, "number"),
	    CS_ERR_NOT_FOUND);
	assert_ok(cs_vault_config_set_num(db, &key, "number", UINT64_MAX - 1));
	assert_ok(cs_vault_config_get_num(&number, db, &key, "number"));
	assert_true(number == UINT64_MAX - 1);
	assert_err(
	    cs_vault_config_get_num(&number, db, &key, "name"), CS_ERR_CORRUPT);
	cs_db_close(db);
	cs_buf_free(&out);
	temp_dir_clear(&d);
}

static enum cs_err
try_config(void *arg)
{
	struct cs_buf out = { 0 };
	enum cs_err err =
	    cs_vault_config_set(arg, &key, "name", cs_view_str("x"));

	if (err == CS_OK)
		err = cs_vault_config_get(&out, arg, &key, "name");
	cs_buf_free(&out);
	return err;
}

static void
test_allocations(void **state)
{
	struct temp_dir d = temp_dir_new();
	struct cs_db *db;

	(void)state;
	assert_ok(
	    cs_db_open(&db, temp_path(&d, "db"), CS_DB_FORGETFUL, &schema));
	cs_test_allocations(try_config, db);
	cs_db_close(db);
	temp_dir_clear(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_place),
		cmocka_unit_test(test_config),
		cmocka_unit_test(test_allocations),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
