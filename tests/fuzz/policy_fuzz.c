/* SPDX-License-Identifier: MIT */
/* Policies: what is read makes sense by itself, and can be asked about any
 * note. */
#include "crypto/init.h"
#include "fuzz/fuzz_want.h"
#include "tlog/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_groups(const struct cs_tlog_policy *p)
{
	unsigned members[CS_TLOG_POLICY_EACH] = { 0 };

	for (int i = 0; i < CS_TLOG_POLICY_PLACES; i++) {
		int group = p->member_of[i];

		if (group == CS_TLOG_POLICY_NONE)
			continue;
		/* None is below itself. */
		fuzz_want(group >= CS_TLOG_POLICY_EACH && group > i);
		members[group - CS_TLOG_POLICY_EACH]++;
	}
	for (size_t i = 0; i < p->n_groups; i++)
		fuzz_want(members[i] == p->groups[i].n && p->groups[i].k >= 1 &&
		    p->groups[i].k <= p->groups[i].n);
}

/* The checkpoint of an empty log that the key ${log} signed, cosigned by
 * nobody. */
static void
ask(const struct cs_tlog_policy *p)
{
	static const uint8_t seed[CS_SIGN_SEED_LEN] = { 1 };
	struct cs_tlog_checkpoint c = { .origin = cs_view_str("log") };
	struct cs_tlog_witnessed w;
	struct cs_buf note = { 0 };
	struct cs_sign_key with;
	struct cs_note_key log;
	enum cs_err err;

	fuzz_ok(cs_sign_key_from_seed(&with, seed));
	fuzz_ok(cs_note_key(&log, "log", with.public));
	fuzz_ok(cs_tlog_empty_root(&c.root));
	fuzz_ok(cs_tlog_checkpoint_sign(&note, &c, &log, &with));
	err = cs_tlog_policy_verify(&w, p, cs_buf_view(&note), &log, 1000);
	fuzz_want(
	    err == (p->quorum == CS_TLOG_POLICY_NONE ? CS_OK : CS_ERR_DENIED));
	fuzz_want(w.by_s == UINT64_MAX && w.as_of_s == 0);
	cs_buf_free(&note);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct cs_tlog_policy policy;
	unsigned line;

	fuzz_ok(cs_crypto_init());
	if (cs_tlog_policy_parse(&policy, &line, cs_view(data, size)) != CS_OK)
		return 0;
	fuzz_want(line == 0);
	check_groups(&policy);
	ask(&policy);
	return 0;
}
