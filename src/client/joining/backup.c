/* SPDX-License-Identifier: MIT */
/*
 * Keeping what is in a home, and bringing it into the home of another device of
 * the account.  What a backup does not have are keys: neither those of the
 * account nor those of a conversation.  So nobody becomes the old device by it,
 * and whoever restores it has to be a device of the account already.
 */
#include "client/joining/backup.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/account/recovery.h"
#include "client/client.h"
#include "client/home/client.h"
#include "client/home/contact.h"
#include "client/home/credential.h"
#include "client/home/group.h"
#include "client/home/joining.h"
#include "client/home/message.h"
#include "client/home/problem.h"
#include "client/joining/backup_file.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "store/file.h"
#include "store/file_out.h"

#define BACKUP_VERSION 1
#define COLUMNS_MAX 6

enum record { ACCOUNT = 1, GROUP = 2, MESSAGE = 3, FIRST_TABLE = 10 };

/* Rows that are copied as they are.  b: bytes, i: a number, s: bytes that are
 * sealed for the row of the first column. */
static const struct {
	const char *name, *columns, *select, *insert;
} tables[] = {
	{ "contact", "bs", "SELECT account,sealed FROM contact",
	    "INSERT INTO contact(account,sealed) VALUES(?,?)"
	    " ON CONFLICT DO NOTHING" },
	{ "alias", "bs", "SELECT of,sealed FROM alias",
	    "INSERT INTO alias(of,sealed) VALUES(?,?)"
	    " ON CONFLICT DO NOTHING" },
	{ "stamp_key", "bb", "SELECT id,cert FROM stamp_key",
	    "INSERT INTO stamp_key(id,cert) VALUES(?,?)"
	    " ON CONFLICT DO NOTHING" },
	{ "entry", "bib", "SELECT grp,seq,leafhash FROM entry",
	    "INSERT INTO entry(grp,seq,leafhash) VALUES(?,?,?)"
	    " ON CONFLICT DO NOTHING" },
	{ "report", "biis", "SELECT id,created,sent,sealed FROM report",
	    "INSERT INTO report(id,created,sent,sealed) VALUES(?,?,?,?)"
	    " ON CONFLICT DO NOTHING" },
	{ "letter", "bibiis",
	    "SELECT id,kind,subject,created,sent,sealed FROM letter",
	    "INSERT INTO letter(id,kind,subject,created,sent,sealed)"
	    " VALUES(?,?,?,?,?,?) ON CONFLICT DO NOTHING" },
	{ "timer", "bii", "SELECT grp,seq,seconds FROM timer",
	    "INSERT INTO timer(grp,seq,seconds) VALUES(?,?,?)"
	    " ON CONFLICT DO NOTHING" },
	{ "told", "b", "SELECT hash FROM told",
	    "INSERT INTO told(hash) VALUES(?) ON CONFLICT DO NOTHING" },
};
#define TABLES (sizeof tables / sizeof *tables)

/* ---- writing ------------------------------------------------------------ */

struct keeping {
	struct cs_client *c;
	struct backup_writer *w;
	struct cs_buf record, plain;
	uint64_t done, total; /* messages */
	void (*progress)(uint64_t done, uint64_t total);
};

static enum cs_err
keep_account(struct keeping *k)
{
	struct cs_writer w;
	enum cs_err err;

	cs_buf_reset(&k->record);
	w = cs_writer(&k->record);
	cs_write_u8(&w, BACKUP_VERSION);
	cs_write_bytes(&w, CS_VIEW_OF(k->c->self.account));
	cs_write_vec(&w, cs_view_str(k->c->self.handle));
	cs_write_vec(&w, cs_view_str(k->c->self.hub));
	cs_write_u64(&w, k->total);
	err = cs_writer_end(&w);
	return err ? err : backup_write(k->w, ACCOUNT, cs_buf_view(&k->record));
}

static enum cs_err
keep_cell(struct keeping *k, struct cs_writer *w, struct cs_rows *rows,
    size_t t, int i)
{
	enum cs_err err;

	switch (tables[t].columns[i]) {
	case 'i':
		cs_write_u64(w, cs_col_int(rows, i));
		return CS_OK;
	case 's':
		if ((err = cs_vault_open(&k->plain, &k->c->key, tables[t].name,
			 cs_col_blob(rows, 0), cs_col_blob(rows, i))))
			return err;
		cs_write_vec(w, cs_buf_view(&k->plain));
		return CS_OK;
	default:
		cs_write_vec(w, cs_col_blob(rows, i));
		return CS_OK;
	}
}

static enum cs_err
keep_table(struct keeping *k, size_t t)
{
	struct cs_rows rows;
	enum cs_err err =
	    cs_db_query_args(&rows, k->c->db, tables[t].select, NULL, 0);

	while (err == CS_OK && cs_rows_next(&rows)) {
		struct cs_writer w;

		cs_buf_reset(&k->record);
		w = cs_writer(&k->record);
		for (int i = 0; err == CS_OK && tables[t].columns[i] != '\0';
		     i++)
			err = keep_cell(k, &w, &rows, t, i);
		/* A row that is damaged keeps nothing else from being kept. */
		if (client_group_damaged(err)) {
			err = CS_OK;
			continue;
		}
		if (err == CS_OK && (err = cs_writer_end(&w)) == CS_OK)
			err = backup_write(k->w, (uint8_t)(FIRST_TABLE + t),
			    cs_buf_view(&k->record));
	}
	return cs_rows_end(&rows, err);
}

static enum cs_err
keep_group(struct keeping *k, struct cs_view id)
{
	struct client_group g;
	struct cs_writer w;
	enum cs_err err = client_group_load_meta(&g, k->c, id);

	if (err == CS_OK) {
		cs_buf_reset(&k->record);
		w = cs_writer(&k->record);
		cs_write_vec(&w, id);
		cs_write_u8(&w, g.direct);
		cs_write_vec(&w, cs_view_str(g.name));
		cs_write_vec(&w, cs_view_str(g.added_by));
		if ((err = cs_writer_end(&w)) == CS_OK)
			err =
			    backup_write(k->w, GROUP, cs_buf_view(&k->record));
	} else if (client_group_damaged(err)) {
		err = CS_OK;
	}
	client_group_clear(&g);
	return err;
}

static enum cs_err
keep_groups(struct keeping *k)
{
	struct cs_buf ids = { 0 };
	struct cs_reader r;
	enum cs_err err = client_group_list(&ids, k->c);

	r = cs_reader(cs_buf_view(&ids));
	while (err == CS_OK && cs_reader_more(&r))
		err = keep_group(k, cs_read_vec(&r));
	cs_buf_free(&ids);
	return err;
}

/* Of seq, forget, expires, part and gone; what a row is about is known by that
 * one's id. */
#define STATES 5

static enum cs_err
keep_message(struct keeping *k, struct cs_rows *rows)
{
	uint8_t row[8];
	struct cs_writer w;
	enum cs_err err;

	cs_vault_row(row, cs_col_int(rows, 0));
	err = cs_vault_open(&k->plain, &k->c->key, "message", CS_VIEW_OF(row),
	    cs_col_blob(rows, 6));
	if (err)
		return client_group_damaged(err) ? CS_OK : err;
	cs_buf_reset(&k->record);
	w = cs_writer(&k->record);
	cs_write_vec(&w, cs_col_blob(rows, 1));
	cs_write_vec(&w, cs_col_blob(rows, 2));
	cs_write_u64(&w, cs_col_int(rows, 3));
	cs_write_vec(&w, cs_col_blob(rows, 4));
	cs_write_u64(&w, cs_col_int(rows, 5));
	for (int i = 0; i < STATES; i++)
		cs_write_u64(&w, cs_col_int(rows, 7 + i));
	cs_write_vec(&w, cs_col_blob(rows, 7 + STATES));
	cs_write_vec(&w, cs_buf_view(&k->plain));
	if ((err = cs_writer_end(&w)) == CS_OK)
		err = backup_write(k->w, MESSAGE, cs_buf_view(&k->record));
	if (k->progress != NULL)
		k->progress(++k->done, k->total);
	return err;
}

/* What was not sent yet goes out from here, and nowhere else. */
#define KEPT " FROM message WHERE id NOT IN (SELECT message FROM outbox)"

static enum cs_err
keep_messages(struct keeping *k)
{
	struct cs_rows rows;
	enum cs_err err = cs_db_query(&rows, k->c->db,
	    "SELECT id,mid,grp,kind,msg_hash,seen,sealed,seq,forget,expires,"
	    "part,gone,(SELECT a.mid FROM message AS a WHERE "
	    "a.id=message.about)" KEPT " ORDER BY id");

	while (err == CS_OK && cs_rows_next(&rows))
		err = keep_message(k, &rows);
	return cs_rows_end(&rows, err);
}

static enum cs_err
keep_all(struct keeping *k)
{
	enum cs_err err;

	if ((err = cs_db_get_int(
		 &k->total, k->c->db, "SELECT COUNT(*)" KEPT)) ||
	    (err = keep_account(k)) || (err = keep_groups(k)))
		return err;
	for (size_t t = 0; err == CS_OK && t < TABLES; t++)
		err = keep_table(k, t);
	return err ? err : keep_messages(k);
}

/* The words' key. */
static enum cs_err
words_secret(struct cs_sign_key *out, struct cs_client *c, const char *words)
{
	struct cs_recovery recovery = { 0 };
	enum cs_err err = client_recovery_read(&recovery, c, words);

	if (err == CS_OK)
		err = cs_recovery_key(out, &recovery);
	cs_wipe(&recovery, sizeof recovery);
	return err;
}

enum cs_err
client_backup_write(struct cs_client *c, int fd,
    enum cs_client_backup_under under, struct cs_view secret,
    void (*progress)(uint64_t done, uint64_t total))
{
	struct keeping k = { .c = c, .progress = progress };
	enum cs_err err;

	if ((err = backup_writer_new(&k.w, fd, under, secret)) == CS_OK &&
	    (err = keep_all(&k)) == CS_OK)
		err = backup_writer_end(k.w);
	backup_writer_free(k.w);
	cs_buf_free(&k.record);
	cs_buf_free(&k.plain);
	return err;
}

static enum cs_err
write_file(struct cs_client *c, int fd, const struct cs_client_backup_secret *s,
    void (*progress)(uint64_t done, uint64_t total))
{
	struct cs_sign_key key;
	enum cs_err err;

	if (s->words == NULL)
		return client_backup_write(
		    c, fd, BACKUP_PASSPHRASE, s->passphrase, progress);
	if ((err = cs_client_recovery_check(c, s->words)) == CS_OK &&
	    (err = words_secret(&key, c, s->words)) == CS_OK)
		err = client_backup_write(
		    c, fd, BACKUP_WORDS, CS_VIEW_OF(key.seed), progress);
	cs_wipe(&key, sizeof key);
	return err;
}

enum cs_err
cs_client_backup(struct cs_client *c, const char *path,
    const struct cs_client_backup_secret *secret,
    void (*progress)(uint64_t done, uint64_t total))
{
	struct cs_file_out file;
	enum cs_err err = cs_file_out_open(&file, path);

	if (err)
		return client_problem(c, err, "%.300s cannot be written: %s.",
		    path, cs_err_text(err));
	return cs_file_out_end(&file, write_file(c, file.fd, secret, progress));
}

/* ---- restoring ---------------------------------------------------------- */

struct restoring {
	struct cs_client *c;
	bool begun;    /* the account's record has come */
	uint64_t next; /* the row of the next message: below all others */
	uint64_t done, total, taken;
	void (*progress)(uint64_t done, uint64_t total);
};

static enum cs_err
restore_account(struct restoring *r, struct cs_view body)
{
	struct cs_reader in = cs_reader(body);
	uint8_t account[CS_ID_LEN];
	uint64_t lowest = 0;
	enum cs_err err;

	if (cs_read_u8(&in) != BACKUP_VERSION)
		return CS_ERR_VERSION;
	cs_read_copy(&in, account, sizeof account);
	cs_read_vec(&in);
	cs_read_vec(&in);
	r->total = cs_read_u64(&in);
	if ((err = cs_reader_end(&in)))
		return err;
	if (memcmp(account, r->c->self.account, sizeof account) != 0)
		return client_problem(r->c, CS_ERR_MISMATCH,
		    "This is the backup of another account. Nothing was "
		    "restored.");
	err = cs_db_get_int(&lowest, r->c->db,
	    "SELECT COALESCE(MIN(MIN(id),0),0) FROM message");
	/* Older messages come before those that are here; 0 is no row. */
	r->next = lowest - r->total;
	r->begun = true;
	return err;
}

static enum cs_err
restore_row(struct restoring *r, size_t t, struct cs_view body)
{
	struct cs_reader in = cs_reader(body);
	struct cs_arg args[COLUMNS_MAX];
	struct cs_buf sealed = { 0 };
	struct cs_view first = { NULL, 0 };
	enum cs_err err = CS_OK;
	size_t n = 0;

	for (const char *type = tables[t].columns; *type != '\0'; type++, n++) {
		struct cs_view v;

		if (*type == 'i') {
			args[n] = cs_int(cs_read_u64(&in));
			continue;
		}
		v = cs_read_vec(&in);
		if (n == 0)
			first = v;
		if (*type == 's' && err == CS_OK && in.err == CS_OK) {
			err = cs_vault_seal(
			    &sealed, &r->c->key, tables[t].name, first, v);
			v = cs_buf_view(&sealed);
		}
		args[n] = cs_blob(v);
	}
	if (err == CS_OK && (err = cs_reader_end(&in)) == CS_OK)
		err = cs_db_exec_args(r->c->db, tables[t].insert, args, n);
	cs_buf_free(&sealed);
	return err;
}

/* A conversation of which this device knows nothing is over for it; what it is
 * in, or is to enter, is as it is. */
static enum cs_err
restore_group(struct restoring *r, struct cs_view body)
{
	struct cs_reader in = cs_reader(body);
	struct client_group g = { .state = CS_CLIENT_LEFT }, known;
	struct cs_view id = cs_read_vec_max(&in, sizeof g.id);
	enum cs_err err;

	g.direct = cs_read_u8(&in) != 0;
	client_group_take_name(&g, cs_read_vec_max(&in, sizeof g.name - 1));
	cs_read_string(&in, g.added_by, sizeof g.added_by);
	if ((err = cs_reader_end(&in)) || id.len == 0)
		return err ? err : CS_ERR_FORMAT;
	memcpy(g.id, id.data, id.len);
	g.id_len = id.len;
	err = client_group_load_meta(&known, r->c, id);
	client_group_clear(&known);
	if (err == CS_ERR_NOT_FOUND)
		err = client_joining_find(&known, r->c, id);
	if (err != CS_ERR_NOT_FOUND)
		return client_group_damaged(err) ? CS_OK : err;
	if ((err = cs_group_ref(g.ref, id)))
		return err;
	return client_group_store_meta(r->c, &g);
}

/* Is it here already? */
static enum cs_err
is_here(bool *out, struct restoring *r, struct cs_view mid, struct cs_view grp,
    struct cs_view plain)
{
	uint8_t hash[CS_HASH_LEN];
	uint64_t n = 0;
	enum cs_err err;

	if (!cs_view_is_zero(mid)) {
		err = cs_db_get_int(&n, r->c->db,
		    "SELECT COUNT(*) FROM message WHERE mid=? AND grp=?",
		    cs_blob(mid), cs_blob(grp));
		*out = n != 0;
		return err;
	}
	/* A sentence has no id: it is known by its bytes. */
	if ((err = cs_sha256(hash, plain)) ||
	    (err = cs_db_exec(r->c->db,
		 "INSERT INTO told(hash) VALUES(?) ON CONFLICT DO NOTHING",
		 cs_blob(CS_VIEW_OF(hash)))))
		return err;
	*out = cs_db_changes(r->c->db) == 0;
	return CS_OK;
}

static enum cs_err
restore_message(struct restoring *r, struct cs_view body)
{
	struct cs_reader in = cs_reader(body);
	struct cs_view mid = cs_read_vec(&in), grp = cs_read_vec(&in);
	uint64_t kind = cs_read_u64(&in);
	struct cs_view hash = cs_read_vec(&in);
	uint64_t seen = cs_read_u64(&in), id = r->next++, states[STATES];
	struct cs_view about, plain;
	struct cs_buf sealed = { 0 };
	uint8_t row[8];
	bool here;
	enum cs_err err;

	for (size_t i = 0; i < STATES; i++)
		states[i] = cs_read_u64(&in);
	about = cs_read_vec(&in);
	plain = cs_read_vec(&in);
	if ((err = cs_reader_end(&in)))
		return err;
	if (mid.len != CS_CLIENT_MID_LEN || kind < CS_CLIENT_RECEIVED ||
	    kind > CS_CLIENT_REFUSED)
		return CS_ERR_FORMAT;
	if ((err = is_here(&here, r, mid, grp, plain)) || here)
		goto out;
	cs_vault_row(row, id);
	if ((err = cs_vault_seal(
		 &sealed, &r->c->key, "message", CS_VIEW_OF(row), plain)))
		goto out;
	r->taken++;
	err = cs_db_exec(r->c->db,
	    "INSERT INTO message(id,mid,grp,kind,msg_hash,seen,sealed,seq,"
	    "forget,expires,part,gone,about) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,"
	    "COALESCE((SELECT a.id FROM message AS a WHERE a.mid=?"
	    " AND a.grp=?),0))",
	    cs_int(id), cs_blob(mid), cs_blob(grp), cs_int(kind),
	    hash.len != 0 ? cs_blob(hash) : cs_null(), cs_int(seen),
	    cs_blob(cs_buf_view(&sealed)), cs_int(states[0]), cs_int(states[1]),
	    cs_int(states[2]), cs_int(states[3]), cs_int(states[4]),
	    cs_blob(about), cs_blob(grp));
out:
	cs_buf_free(&sealed);
	if (r->progress != NULL)
		r->progress(++r->done, r->total);
	return err;
}

static enum cs_err
restore_record(struct restoring *r, uint8_t type, struct cs_view body)
{
	if (type == ACCOUNT)
		return r->begun ? CS_ERR_FORMAT : restore_account(r, body);
	if (!r->begun)
		return CS_ERR_FORMAT;
	if (type == GROUP)
		return restore_group(r, body);
	if (type == MESSAGE)
		return restore_message(r, body);
	if (type >= FIRST_TABLE && (size_t)(type - FIRST_TABLE) < TABLES)
		return restore_row(r, (size_t)(type - FIRST_TABLE), body);
	return CS_ERR_VERSION;
}

/* All of it or nothing. */
static enum cs_err
restore_all(struct restoring *r, struct backup_reader *in)
{
	struct cs_view body;
	uint8_t type;
	enum cs_err err;

	if ((err = cs_db_begin(r->c->db)))
		return err;
	while ((err = backup_read(in, &type, &body)) == CS_OK)
		if ((err = restore_record(r, type, body)))
			break;
	if (err == CS_ERR_NOT_FOUND)
		err = r->begun ? CS_OK : CS_ERR_FORMAT;
	return cs_db_end(r->c->db, err);
}

enum cs_err
client_backup_take(uint64_t *taken, struct cs_client *c, int fd,
    enum cs_client_backup_under under, struct cs_view secret,
    void (*progress)(uint64_t done, uint64_t total))
{
	struct restoring r = { .c = c, .progress = progress };
	struct backup_reader *in = NULL;
	enum cs_err err;

	if ((err = backup_reader_new(&in, fd, under, secret)) == CS_OK &&
	    (err = restore_all(&r, in)) == CS_OK)
		err = client_contacts_load(c);
	*taken = err ? 0 : r.taken;
	backup_reader_free(in);
	return err;
}

static enum cs_err
explain(struct cs_client *c, enum cs_err err)
{
	if (err == CS_ERR_PASSPHRASE)
		return client_problem(c, err,
		    "The backup does not open with that. Nothing was "
		    "restored.");
	if (err == CS_ERR_VERSION)
		return client_problem(c, err,
		    "The backup was made by a newer version. Nothing was "
		    "restored.");
	if (err == CS_ERR_FORMAT || err == CS_ERR_DECRYPT ||
	    err == CS_ERR_LIMIT)
		return client_problem(c, err,
		    "The file is no backup, or it is damaged or cut off. "
		    "Nothing was restored.");
	return err;
}

enum cs_err
cs_client_backup_needs_words(bool *out, const char *path)
{
	enum cs_client_backup_under under;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum cs_err err;

	if (fd < 0)
		return cs_file_errno();
	err = backup_under(&under, fd);
	*out = err == CS_OK && under == BACKUP_WORDS;
	close(fd);
	/* A key cannot be typed. */
	return err == CS_OK && under == BACKUP_KEY ? CS_ERR_FORMAT : err;
}

enum cs_err
cs_client_restore(uint64_t *taken, struct cs_client *c, const char *path,
    const struct cs_client_backup_secret *secret,
    void (*progress)(uint64_t done, uint64_t total))
{
	const bool words = secret->words != NULL;
	struct cs_sign_key key = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum cs_err err = CS_OK;

	*taken = 0;
	if (fd < 0)
		return client_problem(c, cs_file_errno(),
		    "%.300s cannot be read: %s.", path,
		    cs_err_text(cs_file_errno()));
	/* A backup may be older than the words of now. */
	if (words)
		err = words_secret(&key, c, secret->words);
	if (err == CS_OK)
		err = client_backup_take(taken, c, fd,
		    words ? BACKUP_WORDS : BACKUP_PASSPHRASE,
		    words ? CS_VIEW_OF(key.seed) : secret->passphrase,
		    progress);
	cs_wipe(&key, sizeof key);
	close(fd);
	return explain(c, err);
}
