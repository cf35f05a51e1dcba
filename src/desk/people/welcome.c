/* SPDX-License-Identifier: MIT */
#include "desk/people/welcome.h"

#include <string.h>

#include "base/text.h"
#include "base/wipe.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "desk/core/desk.h"
#include "desk/core/problem.h"
#include "desk/core/record.h"
#include "desk/core/row.h"
#include "store/clock.h"
#include "store/db.h"

#define CODE_LEN 32 /* random bytes */
#define WORD_LEN 12

static const struct desk_field fields[] = {
	DESK_TIME(desk_welcome, person),
	DESK_TIME(desk_welcome, expires_ms),
	DESK_NUMBER(desk_welcome, passwords, 0, UINT32_MAX),
	DESK_FLAG(desk_welcome, guarded),
	DESK_BYTES(desk_welcome, word),
};
const struct desk_record desk_welcome_record =
    DESK_RECORD(desk_welcome, "welcome", fields);

/* The row is named by the code's hash, and what is in it is sealed to that:
 * nobody who only writes into the file makes a code. */
static enum cs_err
store(struct cs_desk *d, const uint8_t hash[static CS_HASH_LEN],
    const struct desk_welcome *w)
{
	struct cs_buf sealed = { 0 };
	enum cs_err err;

	if ((err = desk_row_seal(&sealed, d, &desk_welcome_record,
		 cs_view(hash, CS_HASH_LEN), w)) == CS_OK)
		err = cs_db_exec(d->db,
		    "INSERT INTO welcome(hash,person,sealed) VALUES(?,?,?)"
		    " ON CONFLICT(hash) DO UPDATE SET sealed=excluded.sealed",
		    cs_blob(cs_view(hash, CS_HASH_LEN)), cs_int(w->person),
		    cs_blob(cs_buf_view(&sealed)));
	cs_buf_free(&sealed);
	return err;
}

static enum cs_err
load(struct desk_welcome *out, uint8_t hash[static CS_HASH_LEN],
    struct cs_desk *d, const char *code)
{
	struct cs_rows row;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if ((err = cs_sha256(hash, cs_view_str(code))))
		return err;
	err = cs_db_row(&row, d->db, "SELECT sealed FROM welcome WHERE hash=?",
	    cs_blob(cs_view(hash, CS_HASH_LEN)));
	if (err == CS_OK)
		err = desk_row_open(out, &desk_welcome_record, d,
		    cs_view(hash, CS_HASH_LEN), cs_col_blob(&row, 0));
	return cs_rows_end(&row, err);
}

enum cs_err
desk_welcome_new(struct cs_desk *d, const struct cs_desk_actor *person,
    char code[static CS_DESK_WELCOME_SIZE])
{
	const struct desk_welcome w = { .person = person->id,
		.expires_ms = cs_clock_ms() + CS_DESK_WELCOME_MS,
		.passwords = person->passwords };
	uint8_t bytes[CODE_LEN], hash[CS_HASH_LEN];
	enum cs_err err;

	cs_random(bytes, sizeof bytes);
	cs_base64url(code, CS_VIEW_OF(bytes));
	cs_wipe(bytes, sizeof bytes);
	if ((err = cs_sha256(hash, cs_view_str(code))))
		return err;
	return store(d, hash, &w);
}

enum cs_err
desk_word_new(
    char word[static CS_DESK_WORD_SIZE], uint8_t hash[static CS_HASH_LEN])
{
	uint8_t bytes[WORD_LEN];

	cs_random(bytes, sizeof bytes);
	cs_base64url(word, CS_VIEW_OF(bytes));
	cs_wipe(bytes, sizeof bytes);
	return cs_sha256(hash, cs_view_str(word));
}

enum cs_err
desk_welcome_guard(
    struct cs_desk *d, const char *code, const uint8_t word[static CS_HASH_LEN])
{
	struct desk_welcome w;
	uint8_t hash[CS_HASH_LEN];
	enum cs_err err;

	if ((err = load(&w, hash, d, code)))
		return err;
	w.guarded = true;
	memcpy(w.word, word, sizeof w.word);
	return store(d, hash, &w);
}

enum cs_err
desk_welcome_remove(struct cs_desk *d, uint64_t person)
{
	return cs_db_exec(
	    d->db, "DELETE FROM welcome WHERE person=?", cs_int(person));
}

enum cs_err
desk_welcome_find(struct desk_welcome *out, struct cs_desk *d, const char *code,
    const char *word)
{
	uint8_t hash[CS_HASH_LEN];
	enum cs_err err;

	if ((err = load(out, hash, d, code)))
		return err;
	if (out->expires_ms <= cs_clock_ms())
		return CS_ERR_NOT_FOUND;
	if (!out->guarded)
		return CS_OK;
	if ((err = cs_sha256(hash, cs_view_str(word))))
		return err;
	return cs_equal_ct(hash, out->word, sizeof hash)
	    ? CS_OK
	    : desk_problem(d, CS_ERR_DENIED, "welcome-word",
		  "This first sign-in takes a second word, too: the other "
		  "administrator has it.");
}
