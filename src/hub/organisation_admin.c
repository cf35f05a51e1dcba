/* SPDX-License-Identifier: MIT */
#include "hub/organisation_admin.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "hub/core/schema.h"
#include "store/clock.h"
#include "store/file.h"

static enum cs_err
open_db(struct cs_db **out, const char *dir)
{
	char *path = cs_path_join(dir, "hub.db");
	char *conf = cs_path_join(dir, "hub.conf");
	struct cs_buf text = { 0 };
	enum cs_err err = CS_ERR_NOMEM;

	*out = NULL;
	/* One that is not there is not made. */
	if (path != NULL && conf != NULL &&
	    (err = cs_file_read(&text, conf, CS_MIB)) == CS_OK)
		err = cs_db_open(out, path, CS_DB_SHARED, &cs_hub_schema);
	cs_buf_free(&text);
	cs_free_plain(path);
	cs_free_plain(conf);
	return err;
}

static bool
is_line(const char *text)
{
	struct cs_view v = cs_view_str(text);
	size_t n;

	if (!cs_utf8_valid(v))
		return false;
	while (v.len != 0)
		if (cs_utf8_hidden(cs_utf8_next(&v, &n)))
			return false;
	return true;
}

enum cs_err
cs_hub_organisation_set(
    const char *dir, const struct hub_organisation *organisation)
{
	struct cs_db *db;
	enum cs_err err;

	if (organisation->name[0] == '\0' || !is_line(organisation->name) ||
	    !is_line(organisation->scope))
		return CS_ERR_FORMAT;
	if ((err = open_db(&db, dir)) == CS_OK)
		err = cs_db_exec(db,
		    "INSERT INTO organisation(key,name,scope,trusted,since)"
		    " VALUES(?,?,?,?,?) ON CONFLICT(key) DO UPDATE SET"
		    " name=excluded.name,scope=excluded.scope,"
		    "trusted=excluded.trusted,ended=0",
		    cs_blob(CS_VIEW_OF(organisation->key)),
		    cs_text(cs_view_str(organisation->name)),
		    cs_text(cs_view_str(organisation->scope)),
		    cs_int(organisation->trusted), cs_int(cs_clock_ms()));
	cs_db_close(db);
	return err;
}

enum cs_err
cs_hub_organisation_end(const char *dir, const uint8_t key[static CS_KEY_LEN])
{
	struct cs_db *db;
	enum cs_err err = open_db(&db, dir);

	if (err == CS_OK)
		err = cs_db_exec(db,
		    "UPDATE organisation SET ended=? WHERE key=? AND ended=0",
		    cs_int(cs_clock_ms()), cs_blob(cs_view(key, CS_KEY_LEN)));
	if (err == CS_OK && cs_db_changes(db) == 0)
		err = CS_ERR_NOT_FOUND;
	cs_db_close(db);
	return err;
}

static void
copy_text(char *out, size_t size, struct cs_view text)
{
	snprintf(out, size, "%.*s", (int)text.len, (const char *)text.data);
}

enum cs_err
cs_hub_organisations(const char *dir, void *arg,
    void (*each)(void *arg, const struct cs_hub_organisation_row *row))
{
	struct cs_db *db;
	struct cs_rows rows;
	enum cs_err err;

	if ((err = open_db(&db, dir)))
		return err;
	err = cs_db_query(&rows, db,
	    "SELECT key,name,scope,trusted,since,ended,"
	    "(SELECT COUNT(*) FROM filing WHERE organisation=o.key),"
	    "(SELECT COUNT(*) FROM filing WHERE organisation=o.key AND late<>0)"
	    " FROM organisation AS o ORDER BY name,key");
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct cs_hub_organisation_row row = {
			.since_ms = cs_col_int(&rows, 4),
			.ended_ms = cs_col_int(&rows, 5),
			.filed = cs_col_int(&rows, 6),
			.late = cs_col_int(&rows, 7),
		};

		cs_col_copy(&rows, 0, row.is.key, sizeof row.is.key);
		copy_text(
		    row.is.name, sizeof row.is.name, cs_col_blob(&rows, 1));
		copy_text(
		    row.is.scope, sizeof row.is.scope, cs_col_blob(&rows, 2));
		row.is.trusted = cs_col_int(&rows, 3) != 0;
		each(arg, &row);
	}
	err = cs_rows_end(&rows, err);
	cs_db_close(db);
	return err;
}
