/* SPDX-License-Identifier: MIT */
/*
 * What travels between a hub and its root key.  The first byte says what the
 * rest is: 0, a request; 1, an answer; 2, the list of certificates of an
 * answer, which gets all around it and the signature of the root, so that the
 * fuzzer finds its way to what is in them.
 */
#include "crypto/hash.h"
#include "crypto/init.h"
#include "franking/signed.h"
#include "fuzz/fuzz_root.h"
#include "fuzz/fuzz_want.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
take_request(struct cs_view in, const struct cs_sign_key *root)
{
	struct hub_root_request request;
	struct cs_buf again = { 0 }, answer = { 0 };
	struct hub_root_answer out;

	if (hub_root_request_parse(&request, in) == CS_OK) {
		fuzz_want(hub_root_request_write(&again, &request) == CS_OK);
		fuzz_want(cs_view_equal(cs_buf_view(&again), in));
	}
	/* What is signed is taken by whoever asked. */
	if (hub_root_answer_make(&answer, in, root, FUZZ_ROOT_NOW) == CS_OK)
		fuzz_want(hub_root_answer_verify(&out, cs_buf_view(&answer), in,
			      root->public, FUZZ_ROOT_NOW) == CS_OK);
	else
		fuzz_want(answer.len == 0);
	cs_buf_free(&again);
	cs_buf_free(&answer);
}

static void
take_answer(struct cs_view in, const struct cs_sign_key *root)
{
	struct cs_buf request = { 0 };
	struct hub_root_answer out;

	fuzz_root_request(&request);
	if (hub_root_answer_verify(&out, in, cs_buf_view(&request),
		root->public, FUZZ_ROOT_NOW) == CS_OK)
		fuzz_want(out.n == HUB_ROOT_KEYS);
	cs_buf_free(&request);
}

static void
take_certs(struct cs_view in, const struct cs_sign_key *root)
{
	static const char label[] = "countersign/root-answer/v1";
	struct cs_buf request = { 0 }, answer = { 0 };
	struct cs_writer w =
	    cs_signed_begin(&answer, cs_view(label, sizeof label));
	uint8_t hash[CS_SHA256_LEN];

	fuzz_root_request(&request);
	fuzz_want(cs_sha256(hash, cs_buf_view(&request)) == CS_OK);
	cs_write_bytes(&w, CS_VIEW_OF(hash));
	cs_write_vec(&w, in);
	if (cs_signed_end(&w, 0, root) == CS_OK)
		take_answer(cs_buf_view(&answer), root);
	cs_buf_free(&request);
	cs_buf_free(&answer);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cs_sign_key root;
	struct cs_view in;

	if (cs_crypto_init() != CS_OK)
		abort();
	if (size == 0)
		return 0;
	root = fuzz_root();
	in = cs_view(data + 1, size - 1);
	if (data[0] == 0)
		take_request(in, &root);
	else if (data[0] == 1)
		take_answer(in, &root);
	else
		take_certs(in, &root);
	return 0;
}
