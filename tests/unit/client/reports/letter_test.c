/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "client/home/client.h"
#include "client/reports/letter.h"
#include "content/letter.h"
#include "crypto/init.h"
#include "support/client_world.h"

static const uint8_t action[16] = { 4, 2 }, other[16] = { 4, 3 };

struct world {
	struct temp_dir dir;
	struct cw_person alma;
	struct cs_hpke_key desk;
	struct cs_client *c; /* alma's; there is no hub to answer */
};

static void
meet_desk(struct world *w)
{
	w->c->link.desk.known = true;
	memcpy(w->c->link.desk.hpke, cs_hpke_key_public(&w->desk).data, 32);
}

static void
world_init(struct world *w)
{
	memset(w, 0, sizeof *w);
	w->dir = temp_dir_new();
	cw_person_init(&w->alma, "alma");
	assert_ok(cs_hpke_key_new(&w->desk, CS_DHKEM_X25519));
	w->c = cw_home(temp_path(&w->dir, "alma"), &w->alma, "alma");
	meet_desk(w);
}

static void
world_clear(struct world *w)
{
	cs_client_close(w->c);
	cs_buf_free(&w->alma.credential);
	temp_dir_clear(&w->dir);
}

/* End the program and start it again. */
static void
crash(struct world *w)
{
	cs_client_close(w->c);
	assert_ok(cs_client_open(
	    &w->c, temp_path(&w->dir, "alma"), cs_view(NULL, 0)));
	meet_desk(w);
}

static enum cs_err
appeal(struct world *w, const uint8_t about[static 16], const char *text)
{
	return cs_client_appeal(
	    w->c, about, cs_view_str(text), cs_view_str("ku"));
}

/* Get the sealed letter that waits; returns how many there are. */
static unsigned
waiting(struct world *w, struct cs_buf *sealed)
{
	struct cs_buf plain = { 0 };
	struct cs_rows rows;
	unsigned n = 0;
	enum cs_err err;

	err = cs_db_query(
	    &rows, w->c->db, "SELECT id,sealed FROM letter WHERE sent=0");
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct cs_reader r;

		assert_ok(cs_vault_open(&plain, &w->c->key, "letter",
		    cs_col_blob(&rows, 0), cs_col_blob(&rows, 1)));
		r = cs_reader(cs_buf_view(&plain));
		(void)cs_read_bytes(&r, 1 + CS_REPLY_KEY_LEN);
		(void)cs_read_vec(&r);
		assert_ok(cs_buf_set(sealed, cs_read_vec(&r)));
		assert_ok(cs_reader_end(&r));
		n++;
	}
	assert_ok(cs_rows_end(&rows, err));
	cs_buf_free(&plain);
	return n;
}

static void
keep_one(void *arg, const struct cs_client_letter *l)
{
	struct cs_buf *text = arg;

	assert_int_equal(l->kind, CS_WIRE_LETTER_APPEAL);
	assert_memory_equal(l->subject, action, 16);
	assert_false(l->sent);
	assert_ok(cs_buf_set(text, l->text));
}

/* A letter is stored with the key of its answer before it leaves; a crash
 * neither changes its bytes nor makes a second one. */
static void
test_crash(void **state)
{
	struct cs_buf first = { 0 }, again = { 0 }, plain = { 0 };
	struct cs_buf answer = { 0 }, opened = { 0 };
	uint8_t key[CS_REPLY_KEY_LEN];
	struct cs_letter letter;
	struct world w;

	(void)state;
	world_init(&w);
	assert_err(appeal(&w, action, "I did not."), CS_ERR_CLOSED);
	assert_int_equal(waiting(&w, &first), 1);
	crash(&w);
	assert_err(client_letters_flush(w.c), CS_ERR_CLOSED);
	assert_int_equal(waiting(&w, &again), 1);
	assert_view_equal(cs_buf_view(&first), cs_buf_view(&again));
	assert_err(appeal(&w, action, "Another one."), CS_ERR_EXISTS);
	assert_non_null(strstr(cs_client_problem(w.c), "waits"));
	assert_int_equal(waiting(&w, &again), 1);
	/* The desk reads it, and its answer opens here. */
	assert_ok(
	    cs_letter_open(&letter, &plain, key, cs_buf_view(&first), &w.desk));
	assert_view_equal(letter.text, cs_view_str("I did not."));
	assert_view_equal(letter.language, cs_view_str("ku"));
	assert_ok(cs_reply_seal(&answer, key, action, cs_view_str("We see.")));
	assert_ok(client_letter_answer(
	    &opened, w.c, CS_WIRE_LETTER_APPEAL, action, cs_buf_view(&answer)));
	assert_view_equal(cs_buf_view(&opened), cs_view_str("We see."));
	/* An answer about something else, a tampered one and one of another
	 * kind do not open. */
	assert_err(client_letter_answer(&opened, w.c, CS_WIRE_LETTER_APPEAL,
		       other, cs_buf_view(&answer)),
	    CS_ERR_NOT_FOUND);
	assert_err(client_letter_answer(&opened, w.c, CS_WIRE_LETTER_REPLY,
		       action, cs_buf_view(&answer)),
	    CS_ERR_NOT_FOUND);
	answer.data[answer.len - 1] ^= 1;
	assert_err(client_letter_answer(&opened, w.c, CS_WIRE_LETTER_APPEAL,
		       action, cs_buf_view(&answer)),
	    CS_ERR_DECRYPT);
	/* The user can read what she wrote. */
	assert_ok(cs_client_letters(w.c, keep_one, &opened));
	assert_view_equal(cs_buf_view(&opened), cs_view_str("I did not."));
	cs_buf_free(&first);
	cs_buf_free(&again);
	cs_buf_free(&plain);
	cs_buf_free(&answer);
	cs_buf_free(&opened);
	world_clear(&w);
}

/* A text that no desk could read is not stored. */
static void
test_not_a_letter(void **state)
{
	static char long_text[CS_LETTER_TEXT_MAX + 2];
	struct cs_buf sealed = { 0 };
	struct world w;

	(void)state;
	world_init(&w);
	memset(long_text, 't', sizeof long_text - 1);
	assert_err(appeal(&w, action, ""), CS_ERR_MISUSE);
	assert_err(appeal(&w, action, "\xff"), CS_ERR_MISUSE);
	assert_err(appeal(&w, action, long_text), CS_ERR_MISUSE);
	assert_int_equal(waiting(&w, &sealed), 0);
	long_text[CS_LETTER_TEXT_MAX] = '\0';
	assert_err(appeal(&w, action, long_text), CS_ERR_CLOSED);
	assert_int_equal(waiting(&w, &sealed), 1);
	/* A letter about something else may wait as well. */
	assert_err(appeal(&w, other, "text"), CS_ERR_CLOSED);
	assert_int_equal(waiting(&w, &sealed), 2);
	/* There is no desk to write to. */
	w.c->link.desk.known = false;
	assert_err(appeal(&w, action, "text"), CS_ERR_CLOSED);
	cs_buf_free(&sealed);
	world_clear(&w);
}

/* Rows were exchanged. */
static void
test_sealed_rows(void **state)
{
	struct cs_buf out = { 0 };
	struct world w;

	(void)state;
	world_init(&w);
	assert_err(appeal(&w, action, "one"), CS_ERR_CLOSED);
	assert_err(appeal(&w, other, "two"), CS_ERR_CLOSED);
	assert_ok(cs_db_exec(w.c->db,
	    "UPDATE letter SET sealed=(SELECT sealed FROM letter WHERE"
	    " subject=?) WHERE subject=?",
	    cs_blob(CS_VIEW_OF(other)), cs_blob(CS_VIEW_OF(action))));
	assert_err(client_letter_answer(&out, w.c, CS_WIRE_LETTER_APPEAL,
		       action, cs_view_str("0123456789")),
	    CS_ERR_CORRUPT);
	cs_buf_free(&out);
	world_clear(&w);
}

static enum cs_err
try_appeal(void *arg)
{
	struct world *w = arg;
	enum cs_err err;

	err = cs_db_exec(w->c->db, "DELETE FROM letter");
	if (err == CS_OK)
		err = appeal(w, action, "text");
	return err == CS_ERR_CLOSED ? CS_OK : err;
}

static void
test_allocations(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	cs_test_allocations(try_appeal, &w);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_crash),
		cmocka_unit_test(test_not_a_letter),
		cmocka_unit_test(test_sealed_rows),
		cmocka_unit_test(test_allocations),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
