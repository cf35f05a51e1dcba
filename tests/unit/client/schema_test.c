/* SPDX-License-Identifier: MIT */
#include "client/home/client.h"
#include "client/home/schema.h"
#include "crypto/init.h"
#include "support/client_world.h"

/* A folder of before opens: its messages stay, its conversations are gone. */
static void
test_from_version_1(void **state)
{
	const struct cs_db_schema before = { cs_client_schema.what,
		cs_client_schema.steps, 1 };
	struct temp_dir dir = temp_dir_new();
	struct cs_db *db;
	uint64_t n;

	(void)state;
	assert_ok(cs_db_open(
	    &db, temp_path(&dir, "client.db"), CS_DB_FORGETFUL, &before));
	assert_ok(cs_db_exec(
	    db, "INSERT INTO grp(id,meta,state) VALUES(x'01',x'02',x'03')"));
	assert_ok(cs_db_exec(db,
	    "INSERT INTO message(mid,grp,kind,sealed)"
	    " VALUES(x'04',x'01',1,x'05')"));
	cs_db_close(db);
	assert_ok(cs_db_open(&db, temp_path(&dir, "client.db"), CS_DB_FORGETFUL,
	    &cs_client_schema));
	assert_ok(cs_db_get_int(&n, db, "SELECT COUNT(*) FROM message"));
	assert_int_equal(n, 1);
	assert_ok(cs_db_get_int(
	    &n, db, "SELECT COUNT(*) FROM grp WHERE secret<>public"));
	assert_int_equal(n, 0);
	assert_ok(cs_db_get_int(&n, db, "SELECT COUNT(*) FROM joining"));
	assert_int_equal(n, 0);
	cs_db_close(db);
	/* And not the other way round. */
	assert_err(cs_db_open(&db, temp_path(&dir, "client.db"),
		       CS_DB_FORGETFUL, &before),
	    CS_ERR_NEWER);
	temp_dir_clear(&dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_from_version_1),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
