/* SPDX-License-Identifier: MIT */
#include "hub/filings/organisation.h"

#include <stdio.h>
#include <string.h>

#include "hub/core/refusal.h"

static void
copy_text(char *out, size_t size, struct cs_view text)
{
	snprintf(out, size, "%.*s", (int)text.len, (const char *)text.data);
}

enum cs_err
hub_organisation_find(struct hub_organisation *out, struct cs_db *db,
    const uint8_t key[static CS_KEY_LEN])
{
	struct cs_rows row;
	enum cs_err err = cs_db_row(&row, db,
	    "SELECT name,scope,trusted FROM organisation WHERE key=?",
	    cs_blob(cs_view(key, CS_KEY_LEN)));

	memset(out, 0, sizeof *out);
	if (err == CS_OK) {
		memcpy(out->key, key, sizeof out->key);
		copy_text(out->name, sizeof out->name, cs_col_blob(&row, 0));
		copy_text(out->scope, sizeof out->scope, cs_col_blob(&row, 1));
		out->trusted = cs_col_int(&row, 2) != 0;
	}
	return cs_rows_end(&row, err);
}

enum cs_err
hub_organisation_check(
    struct hub_request *rq, const uint8_t key[static CS_KEY_LEN])
{
	uint64_t n;
	enum cs_err err = cs_db_get_int(&n, rq->hub->db,
	    "SELECT COUNT(*) FROM organisation WHERE key=? AND ended=0",
	    cs_blob(cs_view(key, CS_KEY_LEN)));

	if (err == CS_OK && n == 0)
		err = hub_refuse(rq, CS_WIRE_E_ORGANISATION);
	return err;
}
