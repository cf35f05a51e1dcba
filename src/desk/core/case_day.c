/* SPDX-License-Identifier: MIT */
#include "desk/core/case_day.h"

#include "base/units.h"
#include "desk/core/desk.h"
#include "desk/core/schema.h"
#include "store/db.h"

_Static_assert(CS_DAY_MS == 86400000, "DESK_SQL_DAY");

enum cs_err
desk_case_day_check(bool *right, struct cs_desk *d)
{
	uint64_t wrong = 1;
	enum cs_err err = cs_db_get_int(&wrong, d->db,
	    "SELECT (SELECT COUNT(*) FROM"
	    " (" DESK_CASE_DAY_COUNTED " EXCEPT SELECT * FROM case_day))"
	    "+(SELECT COUNT(*) FROM"
	    " (SELECT * FROM case_day EXCEPT " DESK_CASE_DAY_COUNTED "))");

	*right = err == CS_OK && wrong == 0;
	return err;
}

enum cs_err
desk_case_day_again(struct cs_desk *d)
{
	static const char *const steps[] = {
		"DROP TRIGGER IF EXISTS new_case_day",
		DESK_CASE_DAY_NEW,
		"DROP TRIGGER IF EXISTS gone_case_day",
		DESK_CASE_DAY_GONE,
		"DROP TRIGGER IF EXISTS other_case_day",
		DESK_CASE_DAY_OTHER,
		"DELETE FROM case_day",
		DESK_CASE_DAY_FILL,
	};
	enum cs_err err = CS_OK;

	for (size_t i = 0; i < sizeof steps / sizeof *steps && !err; i++)
		err = cs_db_exec(d->db, steps[i]);
	return err;
}
