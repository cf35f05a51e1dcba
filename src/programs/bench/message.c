/* SPDX-License-Identifier: MIT */
/*
 * What one message of 1 KiB costs its sender, the hub and a recipient, beside
 * the sum of the primitives that each cannot do without.
 */
#include "programs/bench/message.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "crypto/aead.h"
#include "crypto/hash.h"
#include "franking/safe_aad.h"
#include "programs/bench/bench.h"
#include "programs/bench/recipient.h"
#include "programs/bench/util.h"
#include "programs/bench/world.h"
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

/* Set up, with an operator of its own or that of ${other}. */
static void
scene_init(struct scene *s, unsigned members, const struct scene *other)
{
	uint64_t now = cs_clock_ms() / 1000;

	memset(s, 0, sizeof *s);
	memset(s->text, 'x', sizeof s->text);
	bench_must(cs_sign_key_new(&s->root), "key");
	bench_must(cs_sign_key_new(&s->stamp_key), "key");
	bench_must(cs_sign_key_new(&s->external), "key");
	if (other != NULL) {
		s->root = other->root;
		s->stamp_key = other->stamp_key;
	}
	bench_must(cs_stamp_key_cert_make(&s->stamp_cert, s->stamp_key.public,
		       now - 3600, now + 86400, &s->root),
	    "certificate");
	bench_member_init(&s->a, 1);
	bench_member_register(&s->a, &s->root);
	bench_member_init(&s->b, 2);
	bench_member_register(&s->b, &s->root);
	bench_pair(&s->a, &s->b,
	    &(struct bench_pairing){ .n = members,
		.root = s->root.public,
		.hub_name = "localhost",
		.external_sender = s->external.public,
		.hub = false });
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

static void
recipient_side(struct scene *s, struct cs_view message, struct cs_view wire)
{
	struct cs_wire_entry e = { .stamp = wire, .message = message };

	memcpy(e.account, s->a.account, 16);
	memcpy(e.device, s->a.device, 16);
	bench_receive(&s->b, &e, s->root.public, cs_buf_view(&s->stamp_cert));
}

/* ---- the primitives, in the same run ------------------------------------ */

/* Lengths of what is signed: a frank, a stamp, a certificate; and a message as
 * MLS signs it, with the group's context. */
#define SHORT_LEN 200
#define LONG_LEN 1600

struct primitives {
	struct cs_sign_key key;
	uint8_t sig[64], data[LONG_LEN], out[1600], secret[32];
	double sign, sign_long, verify, verify_long, key_check;
	double hmac, sha, gcm_seal, gcm_open, expand;
};

static void
do_sign(void *arg)
{
	struct primitives *p = arg;

	bench_must(
	    cs_sign(p->sig, &p->key, cs_view(p->data, SHORT_LEN)), "sign");
}

static void
do_sign_long(void *arg)
{
	struct primitives *p = arg;

	bench_must(
	    cs_sign(p->sig, &p->key, cs_view(p->data, LONG_LEN)), "sign");
}

static void
do_verify(void *arg)
{
	struct primitives *p = arg;

	bench_must(cs_sign_verify(CS_VIEW_OF(p->key.public),
		       cs_view(p->data, SHORT_LEN), CS_VIEW_OF(p->sig)),
	    "verify");
}

static void
do_verify_long(void *arg)
{
	struct primitives *p = arg;

	bench_must(cs_sign_verify(CS_VIEW_OF(p->key.public),
		       cs_view(p->data, LONG_LEN), CS_VIEW_OF(p->sig)),
	    "verify");
}

static void
do_key(void *arg)
{
	struct primitives *p = arg;

	if (!cs_sign_public_valid(CS_VIEW_OF(p->key.public)))
		bench_must(CS_ERR_KEY, "key");
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

	bench_must(cs_sha256(p->out, cs_view(p->data, 1536)), "sha");
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
	/* Each verification after the signature that it verifies. */
	p->sign = (double)bench_median(do_sign, p, runs) / 1000;
	p->verify = (double)bench_median(do_verify, p, runs) / 1000;
	p->sign_long = (double)bench_median(do_sign_long, p, runs) / 1000;
	p->verify_long = (double)bench_median(do_verify_long, p, runs) / 1000;
	p->key_check = (double)bench_median(do_key, p, runs) / 1000;
	p->hmac = (double)bench_median(do_hmac, p, runs) / 1000;
	p->sha = (double)bench_median(do_sha, p, runs) / 1000;
	p->gcm_seal = (double)bench_median(do_gcm_seal, p, runs) / 1000;
	p->gcm_open = (double)bench_median(do_gcm_open, p, runs) / 1000;
	p->expand = (double)bench_median(do_expand, p, runs) / 1000;
	bench_value("Ed25519 signature", p->sign, "us");
	bench_value("Ed25519 signature, 1.6 KB", p->sign_long, "us");
	bench_value("Ed25519 verification", p->verify, "us");
	bench_value("Ed25519 verification, 1.6 KB", p->verify_long, "us");
	bench_value("Ed25519 key, checked for its group", p->key_check, "us");
	bench_value("HMAC-SHA256, 1.1 KB", p->hmac, "us");
	bench_value("SHA-256, 1.5 KB", p->sha, "us");
	bench_value("AES-128-GCM, 1.3 KB, sealed", p->gcm_seal, "us");
	bench_value("HKDF-Expand", p->expand, "us");
}

/* ---- the three sides ---------------------------------------------------- */

enum side { SENDER, HUB, RECIPIENT, SIDES };

/* One message from end to end; nanoseconds of each side. */
static void
one(struct scene *s, uint64_t ns[static SIDES])
{
	struct cs_buf message = { 0 }, body = { 0 }, wire = { 0 };
	uint64_t t[SIDES + 1];

	t[0] = bench_ns();
	bench_send(&message, &s->a, "localhost", CS_VIEW_OF(s->text), &body);
	t[1] = bench_ns();
	hub_side(s, cs_buf_view(&message), &wire);
	t[2] = bench_ns();
	recipient_side(s, cs_buf_view(&message), cs_buf_view(&wire));
	t[3] = bench_ns();
	for (unsigned i = 0; i < SIDES; i++)
		ns[i] = t[i + 1] - t[i];
	cs_buf_free(&message);
	cs_buf_free(&body);
	cs_buf_free(&wire);
}

/* Signatures of MLS, frank and stamp; certificates that were seen before are
 * not verified again. */
static double
recipient_sum(const struct primitives *p)
{
	return p->verify_long + 2 * p->verify + p->hmac + p->sha + p->gcm_open +
	    5 * p->expand;
}

static void
report(const struct primitives *p, unsigned members, unsigned runs)
{
	static const char *const names[] = { "sender", "hub", "recipient" };
	const double sums[] = {
		/* Signatures of MLS and of the frank, the tag, the content;
		 * ratchet: key, nonce, next; sender data: key, nonce. */
		p->sign_long + p->sign + p->hmac + p->gcm_seal + 5 * p->expand,
		/* The stamp's signature, the message's hash. */
		p->sign + p->sha,
		recipient_sum(p),
	};
	uint64_t *v[SIDES], ns[SIDES];
	struct scene s;
	char name[64];

	scene_init(&s, members, NULL);
	for (unsigned i = 0; i < SIDES; i++)
		if ((v[i] = cs_calloc(runs, sizeof *v[i])) == NULL)
			bench_must(CS_ERR_NOMEM, "memory");
	for (unsigned k = 0; k < runs; k++) {
		one(&s, ns);
		for (unsigned i = 0; i < SIDES; i++)
			v[i][k] = ns[i];
	}
	for (unsigned i = 0; i < SIDES; i++) {
		snprintf(
		    name, sizeof name, "%s, group of %u", names[i], members);
		bench_ratio(name,
		    (double)bench_percentile(v[i], runs, 50) / 1000, "us",
		    "primitives", sums[i], 1.5);
		snprintf(name, sizeof name, "%s, group of %u, best run",
		    names[i], members);
		bench_value(name, (double)v[i][0] / 1000, "us"); /* sorted */
		cs_free(v[i], runs * sizeof *v[i]);
	}
	scene_clear(&s);
}

/* As many senders as a lively group has, one after the other. */
#define PEOPLE 50

static void
report_many(const struct primitives *p, unsigned runs)
{
	struct scene *s = cs_calloc(PEOPLE, sizeof *s);
	uint64_t *v = cs_calloc(runs, sizeof *v), ns[SIDES];
	char name[64];

	if (s == NULL || v == NULL)
		bench_must(CS_ERR_NOMEM, "memory");
	for (unsigned i = 0; i < PEOPLE; i++) {
		scene_init(&s[i], 2, i == 0 ? NULL : &s[0]);
		one(&s[i], ns);
	}
	for (unsigned k = 0; k < runs; k++) {
		one(&s[k % PEOPLE], ns);
		v[k] = ns[RECIPIENT];
	}
	snprintf(name, sizeof name, "recipient, %d people in turn", PEOPLE);
	bench_ratio(name, (double)bench_percentile(v, runs, 50) / 1000, "us",
	    "primitives", recipient_sum(p), 1.5);
	for (unsigned i = 0; i < PEOPLE; i++)
		scene_clear(&s[i]);
	cs_free(s, PEOPLE * sizeof *s);
	cs_free(v, runs * sizeof *v);
}

/* Nothing is remembered: the certificates of stamp key, registrar, account and
 * device, the keys in three of them, and the sender's ratchet are new. */
static void
report_first(const struct primitives *p, unsigned runs)
{
	uint64_t *v = cs_calloc(runs, sizeof *v), ns[SIDES];
	struct scene s;

	if (v == NULL)
		bench_must(CS_ERR_NOMEM, "memory");
	for (unsigned k = 0; k < runs; k++) {
		scene_init(&s, 2, NULL);
		one(&s, ns);
		v[k] = ns[RECIPIENT];
		scene_clear(&s);
	}
	bench_ratio("recipient, first message of a sender",
	    (double)bench_percentile(v, runs, 50) / 1000, "us", "primitives",
	    p->verify_long + 6 * p->verify + 3 * p->key_check + p->hmac +
		p->sha + p->gcm_open + 5 * p->expand,
	    1.5);
	cs_free(v, runs * sizeof *v);
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
	report_many(&p, runs);
	report_first(&p, o->quick ? 10 : 300);
}
