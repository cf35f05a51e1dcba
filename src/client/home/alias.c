/* SPDX-License-Identifier: MIT */
#include "client/home/alias.h"

#include <string.h>

#include "base/alloc.h"
#include "client/home/client.h"

#define TABLE "alias"
#define ALIAS_VERSION 1

static struct cs_view
row_of(const struct client_alias *a)
{
	return cs_view(a->of, a->person ? CS_ID_LEN : CS_HASH_LEN);
}

static enum cs_err
parse(struct client_alias *out, struct cs_view of, struct cs_view plain)
{
	struct cs_reader r = cs_reader(plain);

	memset(out, 0, sizeof *out);
	if (of.len != CS_ID_LEN && of.len != CS_HASH_LEN)
		return CS_ERR_CORRUPT;
	out->person = of.len == CS_ID_LEN;
	memcpy(out->of, of.data, of.len);
	if (cs_read_u8(&r) != ALIAS_VERSION)
		cs_reader_fail(&r, CS_ERR_CORRUPT);
	cs_read_string(&r, out->name, sizeof out->name);
	return cs_reader_end(&r) == CS_OK ? CS_OK : CS_ERR_CORRUPT;
}

static enum cs_err
append(struct cs_client *c, const struct client_alias *alias)
{
	struct client_alias *grown = cs_grow(
	    c->aliases.v, c->aliases.n, c->aliases.n + 1, sizeof *grown);

	if (grown == NULL)
		return CS_ERR_NOMEM;
	c->aliases.v = grown;
	c->aliases.v[c->aliases.n++] = *alias;
	return CS_OK;
}

enum cs_err
client_aliases_load(struct cs_client *c)
{
	struct cs_buf plain = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	cs_free(c->aliases.v, c->aliases.n * sizeof *c->aliases.v);
	c->looks_of = 0;
	c->aliases.v = NULL;
	c->aliases.n = 0;
	err = cs_db_query(&rows, c->db, "SELECT of,sealed FROM alias");
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct cs_view of = cs_col_blob(&rows, 0);
		struct client_alias alias;

		if ((err = cs_vault_open(&plain, &c->key, TABLE, of,
			 cs_col_blob(&rows, 1))) == CS_OK &&
		    (err = parse(&alias, of, cs_buf_view(&plain))) == CS_OK)
			err = append(c, &alias);
	}
	cs_buf_free(&plain);
	return cs_rows_end(&rows, err);
}

static const char *
find(const struct cs_client *c, struct cs_view of)
{
	for (size_t i = 0; i < c->aliases.n; i++)
		if (cs_view_equal(row_of(&c->aliases.v[i]), of))
			return c->aliases.v[i].name;
	return NULL;
}

const char *
client_alias_of_person(
    const struct cs_client *c, const uint8_t account[static CS_ID_LEN])
{
	return find(c, cs_view(account, CS_ID_LEN));
}

const char *
client_alias_of_group(
    const struct cs_client *c, const uint8_t ref[static CS_HASH_LEN])
{
	return find(c, cs_view(ref, CS_HASH_LEN));
}

static enum cs_err
store(struct cs_client *c, const struct client_alias *alias)
{
	struct cs_buf plain = { 0 }, sealed = { 0 };
	struct cs_writer w = cs_writer(&plain);
	enum cs_err err;

	cs_write_u8(&w, ALIAS_VERSION);
	cs_write_vec(&w, cs_view_str(alias->name));
	if ((err = cs_writer_end(&w)) == CS_OK &&
	    (err = cs_vault_seal(&sealed, &c->key, TABLE, row_of(alias),
		 cs_buf_view(&plain))) == CS_OK)
		err = cs_db_exec(c->db,
		    "INSERT INTO alias(of,sealed) VALUES(?,?)"
		    " ON CONFLICT(of) DO UPDATE SET sealed=excluded.sealed",
		    cs_blob(row_of(alias)), cs_blob(cs_buf_view(&sealed)));
	cs_buf_free(&plain);
	cs_buf_free(&sealed);
	return err;
}

enum cs_err
client_alias_set(struct cs_client *c, const struct client_alias *alias)
{
	enum cs_err err = alias->name[0] != '\0'
	    ? store(c, alias)
	    : cs_db_exec(c->db, "DELETE FROM alias WHERE of=?",
		  cs_blob(row_of(alias)));

	return err ? err : client_aliases_load(c);
}
