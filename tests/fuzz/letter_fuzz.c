/* SPDX-License-Identifier: MIT */
/*
 * The first byte picks what the rest is: a letter to the desk as it is inside,
 * a statement of reasons, or an action.  What is taken has one spelling.
 */

#include "base/text.h"
#include "base/writer.h"
#include "content/letter.h"
#include "fuzz/fuzz_want.h"
#include "wire/messages.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
fuzz_letter(struct cs_view in)
{
	static const struct cs_letter_about about;
	static const uint8_t key[32];
	struct cs_letter letter;
	struct cs_buf out = { 0 };
	struct cs_writer w = cs_writer(&out);

	if (cs_letter_parse(&letter, in) != CS_OK)
		return;
	fuzz_want(
	    letter.text.len != 0 && letter.text.len <= CS_LETTER_TEXT_MAX);
	fuzz_want(letter.language.len <= CS_LETTER_LANGUAGE_MAX);
	fuzz_want(cs_utf8_valid(letter.text) && cs_utf8_valid(letter.language));
	cs_write_u8(&w, 1);
	cs_write_vec(&w, letter.language);
	cs_write_vec(&w, letter.text);
	cs_write_vec(&w, letter.credential);
	cs_write_vec(&w, letter.proof);
	fuzz_want(cs_writer_end(&w) == CS_OK);
	fuzz_want(cs_view_equal(cs_buf_view(&out), in));
	cs_buf_free(&out);
	/* Nobody has written it. */
	fuzz_want(cs_letter_check(&letter, &about, key, 1700000000) != CS_OK);
	fuzz_want(cs_letter_check_unnamed(&letter, &about, key) != CS_OK);
}

static void
fuzz_statement(struct cs_view in)
{
	struct cs_wire_statement s;
	struct cs_buf out = { 0 };

	if (cs_wire_statement_parse(&s, in) != CS_OK)
		return;
	fuzz_want(cs_utf8_valid(s.facts) && cs_utf8_valid(s.case_number));
	fuzz_want(cs_wire_write(&out, &cs_wire_statement_shape, &s) == CS_OK);
	fuzz_want(cs_view_equal(cs_buf_view(&out), in));
	fuzz_want(out.len <= CS_WIRE_STATEMENT_MAX);
	cs_buf_free(&out);
}

static void
fuzz_action(struct cs_view in)
{
	struct cs_wire_action a;

	if (cs_wire_parse(&a, &cs_wire_action_shape, in) != CS_OK)
		return;
	fuzz_want(in.len <= CS_WIRE_ACTION_MAX);
	fuzz_statement(a.statement);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cs_view in;

	if (size == 0)
		return 0;
	in = cs_view(data + 1, size - 1);
	if (data[0] % 3 == 0)
		fuzz_letter(in);
	else if (data[0] % 3 == 1)
		fuzz_statement(in);
	else
		fuzz_action(in);
	return 0;
}
