/* SPDX-License-Identifier: MIT */
/*
 * The first byte picks what the rest is: the body of a filing, a receipt, an
 * answer, one of their entries in the log, a form, a query.  What is taken has
 * one spelling, and none of it is signed by anybody.
 */

#include "content/filing_body.h"
#include "franking/filing_entry.h"
#include "fuzz/fuzz_want.h"
#include "hub/site/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
fuzz_body(struct cs_view in)
{
	static struct cs_filing_body body;
	struct cs_filing_hash hash;
	struct cs_buf out = { .max = CS_FILING_BODY_MAX };
	struct cs_view rest;
	size_t n = 0;

	if (cs_filing_body_parse(&body, in) != CS_OK)
		return;
	fuzz_want(cs_filing_body_write(&out, &body) == CS_OK);
	fuzz_want(cs_view_equal(cs_buf_view(&out), in));
	rest = body.hashes;
	while (cs_filing_hash_next(&hash, &rest))
		n++;
	fuzz_want(n == body.n_hashes && rest.len == 0);
	cs_buf_free(&out);
}

static void
fuzz_signed(struct cs_view in)
{
	static const uint8_t nobody[CS_KEY_LEN];
	struct cs_receipt receipt;
	struct cs_filing_answer answer;

	fuzz_want(cs_receipt_verify(&receipt, in, in, nobody) != CS_OK);
	if (cs_filing_answer_parse(&answer, in) == CS_OK)
		fuzz_want(cs_filing_outcome_name(answer.outcome) != NULL);
	fuzz_want(cs_filing_answer_verify(&answer, in, nobody) != CS_OK);
}

static void
fuzz_entry(struct cs_view in)
{
	struct cs_receipt receipt;
	struct cs_filing_answered answered;
	struct cs_buf out = { 0 };
	uint64_t number, deadline_ms;

	if (cs_filing_entry_parse(&receipt, in) == CS_OK)
		fuzz_want(cs_filing_entry_write(&out, &receipt) == CS_OK);
	else if (cs_filing_answered_parse(&answered, in) == CS_OK)
		fuzz_want(cs_filing_answered_write(&out, &answered) == CS_OK);
	else if (cs_filing_overdue_parse(&number, &deadline_ms, in) == CS_OK)
		fuzz_want(cs_filing_overdue_write(&out, number, deadline_ms) ==
		    CS_OK);
	else
		return;
	fuzz_want(cs_view_equal(cs_buf_view(&out), in));
	fuzz_want(cs_tlog_entry_kind(in) != 0);
	cs_buf_free(&out);
}

static void
fuzz_form(const char *type, struct cs_view in)
{
	struct site_form f;

	if (site_form_parse(&f, cs_view_str(type), in) == CS_OK)
		for (size_t i = 0; i < f.n; i++)
			fuzz_want(f.fields[i].name.len != 0 ||
			    f.fields[i].value.len <= in.len);
	(void)site_form_value(&f, "text");
	site_form_clear(&f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t secret[CS_FILING_SECRET_LEN];
	struct cs_view in;

	if (size == 0)
		return 0;
	in = cs_view(data + 1, size - 1);
	switch (data[0] % 6) {
	case 0:
		fuzz_body(in);
		break;
	case 1:
		fuzz_signed(in);
		break;
	case 2:
		fuzz_entry(in);
		break;
	case 3:
		fuzz_form("application/x-www-form-urlencoded", in);
		break;
	case 4:
		fuzz_form("multipart/form-data; boundary=x", in);
		break;
	default:
		(void)!cs_filing_secret_parse(secret, in);
		break;
	}
	return 0;
}
