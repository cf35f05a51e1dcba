/* SPDX-License-Identifier: MIT */
/*
 * What a client does to an entry of a log, but for its database:
 * src/client/groups/receive.c step by step.
 */
#include "programs/bench/recipient.h"

#include <string.h>

#include "content/proof.h"
#include "crypto/hash.h"
#include "programs/bench/bench.h"
#include "programs/bench/util.h"

/* Rebuild the stamp from what the recipient sees, verify it and follow the
 * chain. */
static void
check_stamp(struct cs_stamp *st, const struct bench_member *m,
    const struct cs_wire_entry *e, const uint8_t root[static 32],
    struct cs_view stamp_cert)
{
	struct cs_mls_message_info info;
	struct cs_stamp_key_cert key;
	uint8_t leafhash[32], chain[32];

	bench_must(cs_mls_message_peek(&info, e->message), "peek");
	bench_must(cs_stamp_parse(st, e->stamp), "stamp");
	memcpy(st->group_ref, m->group_ref, 32);
	memcpy(st->account, e->account, 16);
	memcpy(st->device, e->device, 16);
	st->epoch = info.epoch;
	bench_must(cs_operator_id(st->operator_id, root), "id");
	bench_must(cs_sha256(st->msg_hash, e->message), "hash");
	bench_must(cs_safe_aad_tag(st->tag, info.authenticated_data), "tag");
	bench_must(cs_stamp_key_cert_parse(&key, stamp_cert, cs_view(root, 32)),
	    "certificate");
	bench_must(cs_stamp_verify(st, &key, root), "stamp");
	bench_must(cs_stamp_leafhash(leafhash, st), "leaf");
	memcpy(chain, st->chain_prev, 32);
	bench_must(cs_chain_next(chain, leafhash), "chain");
}

void
bench_receive(struct bench_member *m, const struct cs_wire_entry *e,
    const uint8_t root[static 32], struct cs_view stamp_cert)
{
	struct cs_mls_received received = { 0 };
	struct cs_capsule capsule = { 0 };
	struct cs_safe_aad aad;
	struct cs_proof proof;

	check_stamp(&capsule.stamp, m, e, root, stamp_cert);
	bench_must(cs_mls_process(&received, m->group, e->message), "process");
	bench_must(
	    cs_safe_aad_parse(&aad, cs_buf_view(&received.authenticated_data)),
	    "aad");
	capsule.application_data = cs_buf_view(&received.data);
	capsule.leaf = received.sender_leaf;
	capsule.sender_seq = aad.sender_seq;
	capsule.claimed_ms = aad.claimed_ms;
	memcpy(capsule.sig, aad.sig, sizeof capsule.sig);
	capsule.credential = cs_buf_view(&received.credential);
	bench_must(cs_proof_check(&proof, &capsule, stamp_cert, root), "proof");
	cs_mls_received_clear(&received);
}
