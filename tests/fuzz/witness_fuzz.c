/* SPDX-License-Identifier: MIT */
/* What is sent to a witness, and what it answers: only what continues what it
 * has is to be cosigned, and what is read is what would be written. */
#include "crypto/init.h"
#include "fuzz/fuzz_want.h"
#include "tlog/witness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct cs_note_key log_key;
static struct cs_tlog_cosigner who;
static uint64_t known; /* of this size is what the witness has */

static enum cs_err
find(void *arg, struct cs_tlog_witness_log *out, struct cs_view origin)
{
	(void)arg;
	if (!cs_view_equal(origin, cs_view_str(log_key.name)))
		return CS_ERR_NOT_FOUND;
	*out = (struct cs_tlog_witness_log){ .key = log_key, .size = known };
	return CS_OK;
}

static void
try_request(struct cs_view body)
{
	struct cs_tlog_witness_request rq;
	struct cs_buf again = { 0 };

	if (cs_tlog_witness_request_parse(&rq, body) != CS_OK)
		return;
	fuzz_ok(cs_tlog_witness_request_write(&again, &rq));
	fuzz_want(cs_view_equal(cs_buf_view(&again), body));
	cs_buf_free(&again);
}

static void
try_decide(struct cs_view body)
{
	struct cs_tlog_witness_verdict v;
	struct cs_tlog_checkpoint c;
	struct cs_buf kept = { 0 };

	fuzz_ok(cs_tlog_witness_decide(&v, body, find, NULL));
	fuzz_want(v.status == 200 || v.status == 400 || v.status == 403 ||
	    v.status == 404 || v.status == 409 || v.status == 422);
	if (v.status == 409)
		fuzz_want(v.size == known);
	if (v.status != 200)
		return;
	fuzz_want(v.checkpoint.size >= known);
	fuzz_ok(cs_tlog_witness_keep(&kept, &v, cs_view_str("")));
	fuzz_ok(cs_tlog_checkpoint_open(
	    &c, cs_buf_view(&kept), &log_key, cs_view_str(log_key.name)));
	fuzz_want(c.size == v.checkpoint.size);
	cs_buf_free(&kept);
}

static void
try_answer(struct cs_view answer)
{
	struct cs_view note = cs_view_str(
	    "log.example/1\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
	    "\n");
	struct cs_buf lines = { 0 };
	uint64_t at;

	if (cs_tlog_witness_take(&lines, &at, answer, note, &who) == CS_OK)
		fuzz_want(at != 0 && lines.len != 0 && lines.len <= answer.len);
	else
		fuzz_want(lines.len == 0);
	cs_buf_free(&lines);
	if (cs_tlog_witness_size_parse(&at, answer) == CS_OK)
		fuzz_want(at <= CS_TLOG_SIZE_MAX);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t seed[CS_SIGN_SEED_LEN] = { 1 };
	struct cs_view in = cs_view(data, size);
	struct cs_sign_key with;

	fuzz_ok(cs_crypto_init());
	fuzz_ok(cs_sign_key_from_seed(&with, seed));
	fuzz_ok(cs_note_key(&log_key, "log.example/1", with.public));
	fuzz_ok(cs_tlog_cosigner(&who, "witness.example/w1", with.public));
	try_request(in);
	for (known = 0; known < 3; known++)
		try_decide(in);
	try_answer(in);
	return 0;
}
