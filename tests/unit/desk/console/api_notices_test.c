/* SPDX-License-Identifier: MIT */
/* What was filed, over HTTP. */
#include "desk/console/api_notices.h"

#include <string.h>

#include "crypto/init.h"
#include "crypto/suite.h"
#include "desk/console/call.h"
#include "unit/desk/notice_home.h"

/* Handle a request about ${id} with the body ${in}; what it says is in
 * ${answer} or ${out}, the caller's. */
static enum cs_err
ask(struct world *w, api_handler *handle, const char *id, json_t *in,
    json_t **out, struct cs_web_answer *answer)
{
	static const struct cs_web_request rq;
	struct api_call c = { .d = w->d,
		.actor = cs_desk_operator,
		.rq = &rq,
		.id = id,
		.in = in != NULL ? in : json_object(),
		.out = json_object(),
		.answer = answer };
	enum cs_err err;

	memset(answer, 0, sizeof *answer);
	err = handle(&c);
	json_decref(c.in);
	*out = c.out;
	return err;
}

static json_t *
answer_of(struct world *w, const char *outcome)
{
	return json_pack("{s:I,s:s,s:s}", "version",
	    (json_int_t)version_of(w, 1), "outcome", outcome, "text",
	    "We have looked at it.");
}

static void
test_requests(void **state)
{
	struct cs_web_answer a;
	struct filed f;
	struct world w;
	json_t *o;

	(void)state;
	world_init(&w);
	filed_notice(&f, 1, CS_FILING_FRAUD);
	f.body.files[f.body.n_files++] =
	    (struct cs_filing_file){ cs_view_str("let\"ter.html"),
		    cs_view_str("a letter") };
	filed_take(&w, &f);
	assert_ok(ask(&w, api_notices, "", NULL, &o, &a));
	assert_int_equal(json_array_size(json_object_get(o, "items")), 1);
	json_decref(o);
	assert_ok(ask(&w, api_notice, "1", NULL, &o, &a));
	assert_string_equal(json_get_str(o, "state"), "open");
	json_decref(o);
	assert_err(ask(&w, api_notice, "2", NULL, &o, &a), CS_ERR_NOT_FOUND);
	json_decref(o);
	assert_ok(ask(&w, api_notice_contact, "1", NULL, &o, &a));
	assert_string_equal(json_get_str(o, "name"), "Shelter");
	json_decref(o);
	/* Under a name that we choose, and as nothing that a browser opens. */
	assert_ok(ask(&w, api_notice_file, "1", NULL, &o, &a));
	assert_string_equal(a.media_type, "application/octet-stream");
	assert_non_null(strstr(a.disposition, "\"notice-1-1.bin\""));
	assert_true(
	    cs_view_equal(cs_buf_view(&a.body), cs_view_str("a letter")));
	cs_buf_free(&a.body);
	json_decref(o);
	assert_err(
	    ask(&w, api_notice_answer, "1", answer_of(&w, "gone"), &o, &a),
	    CS_ERR_FORMAT);
	json_decref(o);
	assert_err(
	    ask(&w, api_notice_answer, "2", answer_of(&w, "refused"), &o, &a),
	    CS_ERR_NOT_FOUND);
	json_decref(o);
	assert_ok(
	    ask(&w, api_notice_answer, "1", answer_of(&w, "refused"), &o, &a));
	assert_string_equal(json_get_str(o, "state"), "decided");
	json_decref(o);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_requests),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
