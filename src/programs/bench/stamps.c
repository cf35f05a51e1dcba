/* SPDX-License-Identifier: MIT */
/*
 * Stamps under one signature each, and under one for 2 to 32 of them (decision
 * 0046): what a stamp costs the signer, and whoever reads all of the batch or
 * one of it; how many bytes it is.  Beside it Ed25519 alone, in the same run.
 */
#include "programs/bench/stamps.h"

#include <stdio.h>
#include <string.h>

#include "crypto/random.h"
#include "franking/stamp.h"
#include "programs/bench/util.h"

#define RUNS 500
#define RUNS_QUICK 20
#define WARM 2000
#define NOW_S 1700000000

struct scene {
	struct cs_sign_key root, key;
	struct cs_stamp_key_cert cert;
	struct cs_stamp v[CS_STAMPS_MAX];
};

static uint64_t sign_ns[RUNS], all_ns[RUNS], one_ns[RUNS];

static void
begin(struct scene *s)
{
	struct cs_buf cert = { 0 };

	bench_must(cs_sign_key_new(&s->root), "a key");
	bench_must(cs_sign_key_new(&s->key), "a key");
	bench_must(cs_stamp_key_cert_make(&cert, s->key.public, NOW_S - 3600,
		       NOW_S + 3600, &s->root),
	    "a certificate");
	bench_must(cs_stamp_key_cert_parse(&s->cert, cs_buf_view(&cert),
		       CS_VIEW_OF(s->root.public)),
	    "the certificate");
	cs_buf_free(&cert);
}

/* Of other messages each time: what verified once is remembered. */
static void
fill(struct scene *s, size_t n)
{
	memset(s->v, 0, sizeof s->v);
	for (size_t i = 0; i < n; i++) {
		s->v[i].accepted_ms = (uint64_t)NOW_S * 1000;
		cs_random(s->v[i].group_ref, sizeof s->v[i].group_ref);
		cs_random(s->v[i].tag, sizeof s->v[i].tag);
		cs_random(s->v[i].msg_hash, sizeof s->v[i].msg_hash);
	}
}

/* ${n} 0: one stamp, signed alone. */
static void
sign(struct scene *s, size_t n)
{
	if (n == 0)
		bench_must(
		    cs_stamp_sign(s->v, s->root.public, &s->key), "a stamp");
	else
		bench_must(
		    cs_stamps_sign(s->v, n, s->root.public, &s->key), "stamps");
}

static void
verify(const struct scene *s, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		bench_must(cs_stamp_verify(&s->v[i], &s->cert, s->root.public),
		    "verify");
}

static void
run(struct scene *s, size_t n, unsigned i)
{
	size_t count = n == 0 ? 1 : n;
	uint64_t from;

	fill(s, count);
	from = bench_ns();
	sign(s, n);
	sign_ns[i] = (bench_ns() - from) / count;
	from = bench_ns();
	verify(s, 0, count);
	all_ns[i] = (bench_ns() - from) / count;

	fill(s, count);
	sign(s, n);
	from = bench_ns();
	verify(s, count - 1, count);
	one_ns[i] = bench_ns() - from;
}

static void
batch(struct scene *s, size_t n, unsigned runs, const uint64_t *alone)
{
	struct cs_buf wire = { 0 };
	char what[64];

	for (unsigned i = 0; i < runs; i++)
		run(s, n, i);
	snprintf(what, sizeof what, "%zu together: to sign, each", n);
	bench_ratio(what, (double)bench_percentile(sign_ns, runs, 50) / 1e3,
	    "us", "alone", (double)alone[0] / 1e3, 0);
	snprintf(what, sizeof what, "%zu together: to verify all, each", n);
	bench_ratio(what, (double)bench_percentile(all_ns, runs, 50) / 1e3,
	    "us", "alone", (double)alone[1] / 1e3, 0);
	snprintf(what, sizeof what, "%zu together: to verify one of them", n);
	bench_ratio(what, (double)bench_percentile(one_ns, runs, 50) / 1e3,
	    "us", "alone", (double)alone[1] / 1e3, 0);
	bench_must(cs_stamp_write(&wire, &s->v[n - 1]), "a stamp");
	snprintf(what, sizeof what, "%zu together: on the wire", n);
	bench_value(what, (double)wire.len, "bytes");
	cs_buf_free(&wire);
}

void
bench_stamps(const struct bench_options *o)
{
	static struct scene s;
	unsigned runs = o->quick ? RUNS_QUICK : RUNS;
	uint64_t alone[2];
	uint8_t sig[CS_SIGNATURE_LEN];
	struct cs_buf wire = { 0 };

	bench_section("Stamps in batches");
	begin(&s);
	/* A processor that had nothing to do is slow at first. */
	for (unsigned k = 0; k < WARM; k++)
		run(&s, 0, 0);
	for (unsigned i = 0; i < runs; i++) {
		uint64_t from;

		fill(&s, 1);
		from = bench_ns();
		bench_must(
		    cs_sign(sig, &s.key, CS_VIEW_OF(s.v[0].tag)), "sign");
		sign_ns[i] = bench_ns() - from;
		from = bench_ns();
		bench_must(cs_sign_verify(CS_VIEW_OF(s.key.public),
			       CS_VIEW_OF(s.v[0].tag), CS_VIEW_OF(sig)),
		    "verify");
		all_ns[i] = bench_ns() - from;
	}
	bench_value("Ed25519 signature of 32 bytes",
	    (double)bench_percentile(sign_ns, runs, 50) / 1e3, "us");
	bench_value("Ed25519 verification of 32 bytes",
	    (double)bench_percentile(all_ns, runs, 50) / 1e3, "us");

	for (unsigned i = 0; i < runs; i++)
		run(&s, 0, i);
	alone[0] = bench_percentile(sign_ns, runs, 50);
	alone[1] = bench_percentile(all_ns, runs, 50);
	bench_value("alone: to sign", (double)alone[0] / 1e3, "us");
	bench_value("alone: to verify", (double)alone[1] / 1e3, "us");
	bench_must(cs_stamp_write(&wire, &s.v[0]), "a stamp");
	bench_value("alone: on the wire", (double)wire.len, "bytes");
	cs_buf_free(&wire);
	for (size_t n = 1; n <= CS_STAMPS_MAX; n *= 2)
		batch(&s, n, runs, alone);
}
