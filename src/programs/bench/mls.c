/* SPDX-License-Identifier: MIT */
/*
 * What MLS costs, beside the sum of the operations on curves that each step
 * cannot do without: signatures, verifications, encapsulations, encryption.
 */
#include "programs/bench/mls.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "crypto/aead.h"
#include "mls/group.h"
#include "programs/bench/bench.h"
#include "programs/bench/crew.h"
#include "programs/bench/mls_peer.h"
#include "programs/bench/util.h"

/* Microseconds, medians of this run. */
struct primitives {
	double keygen, sign, verify, encap, decap;
	/* What a message costs: signature or verification, and the content and
	 * the sender's data encrypted. */
	double send, receive, send_kib, receive_kib;
};

/* Bytes that are signed besides the content: the GroupContext and the framing.
 */
#define SIGNED_ABOUT 200
#define KIB 1024

struct subject {
	const struct cs_suite *suite;
	struct cs_signer *signer;
	struct cs_hpke_key key;
	uint8_t signature[CS_SIG_MAX];
	size_t n;
	uint8_t enc[CS_HPKE_PUBLIC_MAX];
	uint8_t message[2048];
	size_t len; /* of it, that is signed */
};

static void
do_keygen(void *arg)
{
	struct subject *s = arg;
	struct cs_hpke_key k;

	bench_must(cs_hpke_key_new(&k, s->suite->kem), "a key");
}

static void
do_sign(void *arg)
{
	struct subject *s = arg;

	bench_must(cs_signer_sign(s->signature, &s->n, s->signer,
		       cs_view(s->message, s->len)),
	    "a signature");
}

static void
do_verify(void *arg)
{
	struct subject *s = arg;

	bench_must(
	    cs_signature_verify(s->suite->sig, cs_signer_public(s->signer),
		cs_view(s->message, s->len), cs_view(s->signature, s->n)),
	    "a verification");
}

static void
do_encap(void *arg)
{
	struct subject *s = arg;
	uint8_t secret[CS_HASH_MAX];

	bench_must(cs_dhkem_encap(secret, s->enc, s->suite->kem,
		       cs_hpke_key_public(&s->key)),
	    "an encapsulation");
}

static void
do_decap(void *arg)
{
	struct subject *s = arg;
	uint8_t secret[CS_HASH_MAX];

	bench_must(
	    cs_dhkem_decap(secret,
		cs_view(s->enc, cs_hpke_public_len(s->suite->kem)), &s->key),
	    "a decapsulation");
}

static void
do_seal(void *arg)
{
	static const uint8_t key[32], nonce[12];
	struct subject *s = arg;
	const struct cs_aead_params p = {
		.aead = s->suite->aead,
		.key = cs_view(key, s->suite->aead_key_len),
		.nonce = CS_VIEW_OF(nonce),
	};
	uint8_t out[sizeof s->message + CS_AEAD_TAG_LEN];

	bench_must(
	    cs_aead_seal_to(out, &p, cs_view(s->message, s->len)), "sealing");
	bench_must(
	    cs_aead_seal_to(out, &p, cs_view(s->message, 12)), "sealing");
}

static struct primitives
measure_primitives(const struct cs_suite *suite, unsigned n)
{
	struct subject s = { .suite = suite, .len = SIGNED_ABOUT };
	struct primitives p;
	double us;

	bench_must(cs_signer_new(&s.signer, suite->sig), "a key");
	bench_must(cs_hpke_key_new(&s.key, suite->kem), "a key");
	p.keygen = (double)bench_median(do_keygen, &s, n) / 1e3;
	p.sign = (double)bench_median(do_sign, &s, n) / 1e3;
	p.verify = (double)bench_median(do_verify, &s, n) / 1e3;
	p.encap = (double)bench_median(do_encap, &s, n) / 1e3;
	p.decap = (double)bench_median(do_decap, &s, n) / 1e3;
	p.send = p.sign + (double)bench_median(do_seal, &s, n) / 1e3;
	p.receive = p.send - p.sign + p.verify;
	s.len = SIGNED_ABOUT + KIB;
	p.send_kib = (double)bench_median(do_sign, &s, n) / 1e3;
	p.receive_kib = (double)bench_median(do_verify, &s, n) / 1e3;
	us = (double)bench_median(do_seal, &s, n) / 1e3;
	p.send_kib += us;
	p.receive_kib += us;
	cs_signer_free(s.signer);
	return p;
}

/* One line: our figure beside the primitives, and beside the peer's. */
static void
show(const struct cs_suite *suite, const char *name, double us,
    double primitives, double goal)
{
	char full[100];
	double peer;

	snprintf(full, sizeof full, "suite %u: %s", suite->id, name);
	peer = bench_mls_peer(full);
	if (primitives > 0)
		bench_ratio(full, us, "us", "primitives", primitives, goal);
	else
		bench_value(full, us, "us");
	if (peer > 0) {
		snprintf(full, sizeof full, "suite %u: %s, to the peer",
		    suite->id, name);
		bench_ratio(full, us, "us", "peer", peer, 0);
	}
}

/* ---- key packages, messages --------------------------------------------- */

struct step {
	struct bench_crew *c;
	struct bench_live *from, *to;
	struct cs_buf *messages;
	unsigned at;
	size_t len;
};

static void
key_package(void *arg)
{
	struct step *s = arg;
	struct cs_buf kp = { 0 }, secrets = { 0 };

	bench_must(cs_mls_key_package_new(&kp, &secrets, NULL, s->c->suite->id,
		       &s->from->id, CS_MLS_SINGLE_USE),
	    "a key package");
	cs_buf_free(&kp);
	cs_buf_free(&secrets);
}

static void
protect(void *arg)
{
	static const uint8_t text[KIB];
	struct step *s = arg;

	bench_must(cs_mls_protect(&s->messages[s->at++], s->from->group,
		       cs_view(NULL, 0), cs_view(text, s->len)),
	    "a message");
}

static void
unprotect(void *arg)
{
	struct step *s = arg;
	struct cs_mls_received got;

	bench_must(cs_mls_process(
		       &got, s->to->group, cs_buf_view(&s->messages[s->at++])),
	    "a message");
	cs_mls_received_clear(&got);
}

/* ${rounds} messages there, and each read once. */
static void
messages(struct bench_crew *c, const struct primitives *p, size_t len,
    unsigned rounds)
{
	struct step s = {
		.c = c, .from = &c->live[0], .to = &c->live[1], .len = len
	};
	char name[60];
	double us;

	s.messages = cs_calloc(rounds, sizeof *s.messages);
	if (s.messages == NULL)
		bench_must(CS_ERR_NOMEM, "messages");
	us = (double)bench_median(protect, &s, rounds) / 1e3;
	snprintf(name, sizeof name, "protect %zu bytes, N = %u", len, c->n);
	show(c->suite, name, us, len < KIB ? p->send : p->send_kib, 1.3);
	s.at = 0;
	us = (double)bench_median(unprotect, &s, rounds) / 1e3;
	snprintf(name, sizeof name, "unprotect %zu bytes, N = %u", len, c->n);
	show(c->suite, name, us, len < KIB ? p->receive : p->receive_kib, 1.3);
	for (unsigned i = 0; i < rounds; i++)
		cs_buf_free(&s.messages[i]);
	cs_free_plain(s.messages);
}

/* ---- joining ------------------------------------------------------------ */

static void
add_all(struct bench_crew *c, const struct primitives *p)
{
	uint64_t from = bench_ns();
	char name[60];
	double us;

	bench_crew_join(c);
	/* The simulated members joined in it, too: measured again without them.
	 */
	bench_crew_clear(c);
	bench_crew_init(c, c->suite, c->n);
	from = bench_ns();
	{
		struct cs_view *add = cs_calloc(c->n, sizeof *add);
		struct cs_mls_commit_options opt = { .add = add,
			.n_add = c->n - 1 };
		struct cs_buf commit = { 0 }, welcome = { 0 };
		struct cs_mls_staged *staged;

		for (uint32_t i = 1; i < c->n; i++)
			add[i - 1] = cs_buf_view(&c->key_packages[i]);
		from = bench_ns();
		bench_must(cs_mls_commit_new(&staged, &commit, &welcome,
			       c->live[0].group, &opt),
		    "adding");
		us = (double)(bench_ns() - from) / 1e3;
		cs_mls_staged_free(staged);
		snprintf(name, sizeof name, "add %u members", c->n - 1);
		show(c->suite, name, us,
		    (c->n - 1) * (2 * p->verify + p->encap), 1.3);
		snprintf(name, sizeof name,
		    "suite %u: Commit and Welcome for %u", c->suite->id,
		    c->n - 1);
		bench_value(
		    name, (double)(commit.len + welcome.len) / 1024, "KiB");
		cs_buf_free(&commit);
		cs_buf_free(&welcome);
		cs_free_plain(add);
	}
	bench_crew_join(c);
}

struct joining {
	struct bench_crew *c;
	struct cs_mls_options opt;
};

static void
join_once(void *arg)
{
	struct joining *j = arg;
	const struct bench_live *l = &j->c->live[1];
	struct cs_mls_group *g;

	bench_must(
	    cs_mls_welcome_join(&g, cs_buf_view(&j->c->welcome),
		cs_buf_view(&j->c->secrets[l->leaf]), &l->id, &j->opt, NULL),
	    "joining");
	cs_mls_group_free(g);
}

static void
joins(struct bench_crew *c, const struct primitives *p, unsigned rounds)
{
	struct joining j = { .c = c, .opt = bench_crew_options() };
	char name[60];
	double one, two;

	one = (double)bench_median(join_once, &j, rounds) / 1e3;
	snprintf(name, sizeof name, "join, N = %u", c->n);
	show(c->suite, name, one, c->n * p->verify, c->n < 500 ? 0 : 1.3);
	j.opt.pool = bench_pool();
	two = (double)bench_median(join_once, &j, rounds) / 1e3;
	snprintf(name, sizeof name, "join, N = %u, two threads", c->n);
	show(c->suite, name, two, c->n * p->verify / 2, c->n < 500 ? 0 : 1.3);
}

/* ---- commits ------------------------------------------------------------ */

static void
commit_once(void *arg)
{
	const struct cs_mls_commit_options opt = { .force_path = true };
	struct step *s = arg;
	struct cs_buf none = { 0 };
	struct cs_mls_staged *staged;

	cs_buf_reset(&s->messages[0]);
	bench_must(cs_mls_commit_new(
		       &staged, &s->messages[0], &none, s->from->group, &opt),
	    "a commit");
	cs_mls_staged_free(staged);
}

static void
handle_once(void *arg)
{
	struct step *s = arg;
	struct cs_mls_received got;

	bench_must(
	    cs_mls_process(&got, s->to->group, cs_buf_view(&s->messages[0])),
	    "a commit");
	cs_mls_received_clear(&got);
}

static unsigned
levels(uint32_t n)
{
	unsigned k = 0;

	while (1u << k < n)
		k++;
	return k;
}

/* Measure an empty commit of the founder, made and processed again and again
 * and never merged, so that each is of the same tree. */
static void
commits(struct bench_crew *c, const struct primitives *p, bool warm,
    unsigned rounds)
{
	struct cs_buf message = { 0 };
	struct step s = { .c = c,
		.from = &c->live[0],
		.to = &c->live[1],
		.messages = &message };
	const char *kind = warm ? "warm" : "fresh";
	double us, sealed = warm ? levels(c->n) : c->n - 1;
	char name[60];

	us = (double)bench_median(commit_once, &s, rounds) / 1e3;
	snprintf(name, sizeof name, "commit, %s tree, N = %u", kind, c->n);
	show(c->suite, name, us,
	    sealed * p->encap + levels(c->n) * p->keygen + 2 * p->sign,
	    warm ? 1.5 : 1.2);
	us = (double)bench_median(handle_once, &s, rounds) / 1e3;
	snprintf(name, sizeof name, "handle it, %s tree, N = %u", kind, c->n);
	show(c->suite, name, us,
	    2 * p->verify + p->decap + levels(c->n) * p->keygen, 0);
	cs_buf_free(&message);
}

/* ---- state -------------------------------------------------------------- */

/* Bytes of one member's group, nodes and all. */
static void
memory(struct bench_crew *c, const char *kind)
{
	struct cs_mls_options opt = bench_crew_options();
	struct cs_buf public = { 0 }, secret = { 0 }, tree = { 0 };
	struct cs_mls_group *g;
	char name[80];
	size_t before;

	bench_must(
	    cs_mls_group_save(c->live[1].group, &public, &secret), "saving");
	before = bench_heap() - public.cap;
	bench_must(cs_mls_group_load(&g, &public, cs_buf_view(&secret), &opt),
	    "loading");
	/* Makes nodes of it. */
	bench_must(cs_mls_group_tree(g, &tree), "a tree");
	cs_buf_free(&tree);
	snprintf(name, sizeof name, "suite %u: memory of a group, %s, N = %u",
	    c->suite->id, kind, c->n);
	bench_value(name, (double)(bench_heap() - before) / 1024, "KiB");
	snprintf(name, sizeof name, "suite %u: of that a member, %s, N = %u",
	    c->suite->id, kind, c->n);
	bench_value(name, (double)(bench_heap() - before) / c->n, "bytes");
	cs_mls_group_free(g);
	cs_buf_free(&secret);
}

struct waking {
	struct cs_mls_options opt;
	struct cs_buf public, secret, message;
};

static void
wake_once(void *arg)
{
	struct waking *w = arg;
	struct cs_buf copy = { 0 }, saved = { 0 };
	struct cs_mls_received got;
	struct cs_mls_group *g;

	bench_must(cs_buf_set(&copy, cs_buf_view(&w->public)), "memory");
	bench_must(
	    cs_mls_group_load(&g, &copy, cs_buf_view(&w->secret), &w->opt),
	    "loading");
	bench_must(
	    cs_mls_process(&got, g, cs_buf_view(&w->message)), "a message");
	bench_must(cs_mls_group_save(g, NULL, &saved), "saving");
	cs_mls_received_clear(&got);
	cs_mls_group_free(g);
	cs_buf_free(&saved);
}

/* Load a group, process one message, and save it. */
static void
wake(struct bench_crew *c, const struct primitives *p, unsigned rounds)
{
	struct waking w = { .opt = bench_crew_options() };
	char name[80];

	bench_must(cs_mls_group_save(c->live[1].group, &w.public, &w.secret),
	    "saving");
	bench_must(cs_mls_protect(&w.message, c->live[0].group,
		       cs_view(NULL, 0), cs_view_str("good morning")),
	    "a message");
	snprintf(name, sizeof name, "load, unprotect, save, N = %u", c->n);
	show(c->suite, name, (double)bench_median(wake_once, &w, rounds) / 1e3,
	    p->verify, 0);
	cs_buf_free(&w.public);
	cs_buf_free(&w.secret);
	cs_buf_free(&w.message);
}

/* ---- all of it ---------------------------------------------------------- */

static void
measure_group(const struct cs_suite *suite, const struct primitives *p,
    uint32_t n, unsigned rounds, bool large)
{
	struct bench_crew c;

	bench_crew_init(&c, suite, n);
	if (large)
		add_all(&c, p);
	else
		bench_crew_join(&c);
	if (large)
		joins(&c, p, rounds / 20 + 3);
	messages(&c, p, 100, rounds);
	if (large || n == 2)
		messages(&c, p, KIB, rounds);
	if (n > 2) {
		commits(&c, p, false, n > 500 ? rounds / 40 + 3 : rounds / 4);
		memory(&c, "fresh");
		wake(&c, p, rounds / 4);
		bench_crew_warm(&c);
		commits(&c, p, true, rounds / 4);
		memory(&c, "warm");
	}
	bench_crew_clear(&c);
}

static void
measure_suite(uint16_t id, const struct bench_options *o)
{
	const struct cs_suite *suite = cs_suite_find(id);
	unsigned rounds = o->quick ? 20 : 400;
	struct primitives p = measure_primitives(suite, rounds);
	struct bench_crew two;
	struct step s = { .c = &two, .from = &two.live[0] };
	char name[80];

	bench_section(suite->name);
	snprintf(name, sizeof name, "suite %u: key pair", id);
	bench_value(name, p.keygen, "us");
	snprintf(name, sizeof name, "suite %u: signature", id);
	bench_value(name, p.sign, "us");
	snprintf(name, sizeof name, "suite %u: verification", id);
	bench_value(name, p.verify, "us");
	snprintf(name, sizeof name, "suite %u: encapsulation", id);
	bench_value(name, p.encap, "us");
	snprintf(name, sizeof name, "suite %u: decapsulation", id);
	bench_value(name, p.decap, "us");
	bench_crew_init(&two, suite, 2);
	show(suite, "key package",
	    (double)bench_median(key_package, &s, rounds) / 1e3,
	    2 * p.keygen + 2 * p.sign, 1.2);
	bench_crew_clear(&two);
	measure_group(suite, &p, 2, rounds, false);
	measure_group(suite, &p, o->quick ? 20 : 100, rounds, false);
	measure_group(suite, &p, o->quick ? 50 : 1000, rounds, true);
}

void
bench_mls(const struct bench_options *o)
{
	if (o->peer != NULL)
		bench_mls_peer_run(o->peer);
	for (uint16_t id = 1; id <= 3; id++)
		measure_suite(id, o);
}

/* The same in suite 1 for groups from 2 to 10,000: what the plots show. */
void
bench_mls_scale(const struct bench_options *o)
{
	static const uint32_t sizes[] = { 2, 10, 30, 100, 300, 1000, 3000,
		10000 };
	const struct cs_suite *suite = cs_suite_find(1);
	struct primitives p = measure_primitives(suite, 200);

	bench_section("Groups of 2 to 10,000");
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct bench_crew c;
		uint32_t n = sizes[i];

		if (o->quick && n > 100)
			break;
		bench_crew_init(&c, suite, n);
		bench_crew_join(&c);
		joins(&c, &p, 3);
		messages(&c, &p, 100, 100);
		wake(&c, &p, 50);
		if (n > 2) {
			commits(&c, &p, false, 3);
			memory(&c, "fresh");
			bench_crew_warm(&c);
			commits(&c, &p, true, 50);
			memory(&c, "warm");
		}
		bench_crew_clear(&c);
	}
}
