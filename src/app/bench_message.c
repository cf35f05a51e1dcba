/* SPDX-License-Identifier: MIT */
/*
 * What one message of 1 KiB costs its sender, the hub and a recipient, beside
 * the sum of the primitives that each cannot do without.
 */
#include <stdio.h>
#include <string.h>

#include "app/bench.h"
#include "base/alloc.h"
#include "content/proof.h"
#include "crypto/aead.h"
#include "crypto/hash.h"
#include "crypto/label.h"
#include "crypto/random.h"
#include "store/clock.h"

#define TEXT_LEN 1024
#define RUNS 1500

struct scene {
	struct bench_member a, b;
	struct cs_sign_key root, stamp_key, external;
	struct cs_buf stamp_cert;
	uint8_t text[TEXT_LEN];
	uint8_t chain[32];
	uint64_t seq;
};

static void
scene_init(struct scene *s, unsigned members)
{
	uint64_t now = cs_clock_ms() / 1000;

	memset(s, 0, sizeof *s);
	memset(s->text, 'x', sizeof s->text);
	bench_must(cs_sign_key_new(&s->root), "key");
	bench_must(cs_sign_key_new(&s->stamp_key), "key");
	bench_must(cs_sign_key_new(&s->external), "key");
	bench_must(cs_stamp_key_cert_make(&s->stamp_cert, s->stamp_key.public,
		       now - 3600, now + 86400, &s->root),
	    "certificate");
	bench_member_init(&s->a, 1);
	bench_member_init(&s->b, 2);
	bench_pair(&s->a, &s->b, members, s->root.public, "localhost",
	    s->external.public, false);
}

static void
scene_clear(struct scene *s)
{
	bench_member_clear(&s->a);
	bench_member_clear(&s->b);
	cs_buf_free(&s->stamp_cert);
}

/* What the hub does to a message but for its database. */
static void
hub_side(struct scene *s, struct cs_view message, struct cs_buf *wire)
{
	struct cs_mls_message_info info;
	struct cs_stamp st = { 0 };

	bench_must(cs_mls_message_peek(&info, message), "peek");
	bench_must(cs_sha256(st.msg_hash, message), "hash");
	bench_must(cs_safe_aad_tag(st.tag, info.authenticated_data), "tag");
	st.accepted_ms = cs_clock_ms();
	st.epoch = info.epoch;
	st.group_seq = ++s->seq;
	memcpy(st.account, s->a.account, 16);
	memcpy(st.device, s->a.device, 16);
	memcpy(st.chain_prev, s->chain, 32);
	bench_must(cs_group_ref(st.group_ref, info.group_id), "ref");
	bench_must(cs_stamp_sign(&st, s->root.public, &s->stamp_key), "stamp");
	bench_must(cs_stamp_write(wire, &st), "stamp");
	bench_must(cs_stamp_chain(s->chain, &st), "chain");
}

/* What a client does to an entry but for its database: src/client/receive.c
 * step by step. */
static void
recipient_side(struct scene *s, struct cs_view message, struct cs_view wire)
{
	struct cs_mls_received received = { 0 };
	struct cs_mls_message_info info;
	struct cs_stamp_key_cert key;
	struct cs_credential credential;
	struct cs_capsule capsule = { 0 };
	struct cs_stamp *st = &capsule.stamp;
	struct cs_safe_aad aad;
	struct cs_proof proof;
	uint8_t leafhash[32], chain[32];

	bench_must(cs_mls_message_peek(&info, message), "peek");
	bench_must(cs_stamp_parse(st, wire), "stamp");
	memcpy(st->group_ref, s->b.group_ref, 32);
	memcpy(st->account, s->a.account, 16);
	memcpy(st->device, s->a.device, 16);
	st->epoch = info.epoch;
	bench_must(cs_operator_id(st->operator_id, s->root.public), "id");
	bench_must(cs_sha256(st->msg_hash, message), "hash");
	bench_must(cs_safe_aad_tag(st->tag, info.authenticated_data), "tag");
	bench_must(cs_stamp_key_cert_parse(&key, cs_buf_view(&s->stamp_cert),
		       CS_VIEW_OF(s->root.public)),
	    "certificate");
	bench_must(cs_stamp_verify(st, &key, s->root.public), "stamp");
	bench_must(cs_stamp_leafhash(leafhash, st), "leaf");
	memcpy(chain, st->chain_prev, 32);
	bench_must(cs_chain_next(chain, leafhash), "chain");
	bench_must(cs_mls_process(&received, s->b.group, message), "process");
	bench_must(
	    cs_safe_aad_parse(&aad, cs_buf_view(&received.authenticated_data)),
	    "aad");
	bench_must(
	    cs_credential_parse(&credential, cs_buf_view(&received.credential)),
	    "credential");
	capsule.application_data = cs_buf_view(&received.data);
	capsule.leaf = received.sender_leaf;
	capsule.sender_seq = aad.sender_seq;
	capsule.claimed_ms = aad.claimed_ms;
	memcpy(capsule.sig, aad.sig, sizeof capsule.sig);
	capsule.device_cert = credential.device_cert;
	memcpy(capsule.account_key, credential.account_key, 32);
	bench_must(cs_proof_check(&proof, &capsule, cs_buf_view(&s->stamp_cert),
		       s->root.public),
	    "proof");
	cs_mls_received_clear(&received);
}

/* ---- the primitives, in the same run
 * -------------------------------------------- */

struct primitives {
	struct cs_sign_key key;
	uint8_t sig[64], data[1536], out[1600], secret[32];
	double sign, verify, hmac, sha, gcm_seal, gcm_open, expand;
};

static void
do_sign(void *arg)
{
	struct primitives *p = arg;

	bench_must(cs_sign(p->sig, &p->key, cs_view(p->data, 200)), "sign");
}

static void
do_sign_long(void *arg)
{
	struct primitives *p = arg;

	bench_must(cs_sign(p->sig, &p->key, cs_view(p->data, 1400)), "sign");
}

static void
do_verify(void *arg)
{
	struct primitives *p = arg;

	bench_must(cs_sign_verify(CS_VIEW_OF(p->key.public),
		       cs_view(p->data, 1400), CS_VIEW_OF(p->sig)),
	    "verify");
}

static void
do_hmac(void *arg)
{
	struct primitives *p = arg;
	struct cs_view v = cs_view(p->data, 1150);

	bench_must(
	    cs_hmac_parts(p->out, CS_SHA256, cs_view(p->secret, 16), &v, 1),
	    "hmac");
}

static void
do_sha(void *arg)
{
	struct primitives *p = arg;

	bench_must(cs_sha256(p->out, CS_VIEW_OF(p->data)), "sha");
}

static struct cs_aead_params
gcm(const struct primitives *p)
{
	return (struct cs_aead_params){ CS_AES128GCM, cs_view(p->secret, 16),
		cs_view(p->secret, 12), { p->secret, 16 } };
}

static void
do_gcm_seal(void *arg)
{
	struct primitives *p = arg;
	struct cs_aead_params params = gcm(p);

	bench_must(
	    cs_aead_seal_to(p->out, &params, cs_view(p->data, 1280)), "seal");
}

static void
do_gcm_open(void *arg)
{
	struct primitives *p = arg;
	struct cs_aead_params params = gcm(p);
	uint8_t plain[1280];

	bench_must(
	    cs_aead_open_to(plain, &params, cs_view(p->out, 1296)), "open");
}

static void
do_expand(void *arg)
{
	struct primitives *p = arg;

	bench_must(cs_hkdf_expand(p->out + 1400, 32, CS_SHA256,
		       CS_VIEW_OF(p->secret), cs_view(p->data, 20)),
	    "expand");
}

static void
measure(struct primitives *p, unsigned runs)
{
	memset(p, 0, sizeof *p);
	bench_must(cs_sign_key_new(&p->key), "key");
	p->sign = (double)bench_median(do_sign, p, runs) / 1000;
	(void)bench_median(do_sign_long, p, 1);
	p->verify = (double)bench_median(do_verify, p, runs) / 1000;
	p->hmac = (double)bench_median(do_hmac, p, runs) / 1000;
	p->sha = (double)bench_median(do_sha, p, runs) / 1000;
	p->gcm_seal = (double)bench_median(do_gcm_seal, p, runs) / 1000;
	p->gcm_open = (double)bench_median(do_gcm_open, p, runs) / 1000;
	p->expand = (double)bench_median(do_expand, p, runs) / 1000;
	bench_value("Ed25519 signature", p->sign, "us");
	bench_value("Ed25519 verification, 1.4 KB", p->verify, "us");
	bench_value("HMAC-SHA256, 1.1 KB", p->hmac, "us");
	bench_value("SHA-256, 1.5 KB", p->sha, "us");
	bench_value("AES-128-GCM, 1.3 KB, sealed", p->gcm_seal, "us");
	bench_value("HKDF-Expand", p->expand, "us");
}

/* ---- the three sides
 * --------------------------------------------------------------- */

static void
sides(struct scene *s, unsigned runs, uint64_t *sender, uint64_t *hub,
    uint64_t *recipient)
{
	uint64_t *t[3];

	for (unsigned i = 0; i < 3; i++)
		if ((t[i] = cs_calloc(runs, sizeof *t[i])) == NULL)
			bench_must(CS_ERR_NOMEM, "memory");
	for (unsigned i = 0; i < runs; i++) {
		struct cs_buf message = { 0 }, body = { 0 }, wire = { 0 };
		uint64_t from = bench_ns();

		bench_send(
		    &message, &s->a, "localhost", CS_VIEW_OF(s->text), &body);
		t[0][i] = bench_ns() - from;
		from = bench_ns();
		hub_side(s, cs_buf_view(&message), &wire);
		t[1][i] = bench_ns() - from;
		from = bench_ns();
		recipient_side(s, cs_buf_view(&message), cs_buf_view(&wire));
		t[2][i] = bench_ns() - from;
		cs_buf_free(&message);
		cs_buf_free(&body);
		cs_buf_free(&wire);
	}
	*sender = bench_percentile(t[0], runs, 50);
	*hub = bench_percentile(t[1], runs, 50);
	*recipient = bench_percentile(t[2], runs, 50);
	for (unsigned i = 0; i < 3; i++)
		cs_free(t[i], runs * sizeof *t[i]);
}

static void
report(const struct primitives *p, unsigned members, unsigned runs)
{
	struct scene s;
	uint64_t sender, hub, recipient;
	char name[64];

	scene_init(&s, members);
	sides(&s, runs, &sender, &hub, &recipient);
	snprintf(name, sizeof name, "sender, group of %u", members);
	/* Two signatures (MLS, frank), the tag, the content, the sender data;
	 * ratchet: key, nonce, next; sender data: key, nonce. */
	bench_ratio(name, (double)sender / 1000, "us", "primitives",
	    2 * p->sign + p->hmac + p->gcm_seal + 5 * p->expand, 1.5);
	snprintf(name, sizeof name, "hub, group of %u", members);
	/* One signature; hashes of message, group, leaf, link. */
	bench_ratio(name, (double)hub / 1000, "us", "primitives",
	    p->sign + p->sha, 1.5);
	snprintf(name, sizeof name, "recipient, group of %u", members);
	/* Three verifications (MLS, frank, stamp); certificates that were
	 * seen before are not verified again. */
	bench_ratio(name, (double)recipient / 1000, "us", "primitives",
	    3 * p->verify + p->hmac + p->sha + p->gcm_open + 5 * p->expand,
	    1.5);
	scene_clear(&s);
}

void
bench_message(const struct bench_options *o)
{
	unsigned runs = o->quick ? 50 : RUNS;
	struct primitives p;

	bench_section("One message of 1 KiB, medians");
	measure(&p, runs);
	report(&p, 2, runs);
	report(&p, o->quick ? 5 : 100, runs);
}
