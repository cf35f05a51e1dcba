/* SPDX-License-Identifier: MIT */
/* The report desk: verifying reports beside their primitives; lists of cases
 * and a search with very many of them. */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/units.h"
#include "content/evidence.h"
#include "content/evidence_seal.h"
#include "content/evidence_write.h"
#include "content/mimi.h"
#include "content/mimi_names.h"
#include "content/proof.h"
#include "crypto/hash.h"
#include "crypto/hpke.h"
#include "crypto/random.h"
#include "crypto/sign.h"
#include "crypto/suite.h"
#include "desk/cases/case.h"
#include "desk/cases/queue.h"
#include "desk/cases/term.h"
#include "desk/core/actor.h"
#include "desk/core/desk.h"
#include "desk/core/policy.h"
#include "desk/core/store.h"
#include "desk/daemon/intake.h"
#include "desk/desk.h"
#include "desk/show/queue.h"
#include "franking/cert.h"
#include "franking/sender.h"
#include "franking/stamp.h"
#include "phash/index.h"
#include "phash/phash.h"
#include "programs/bench/bench.h"
#include "programs/bench/desk.h"
#include "programs/bench/util.h"
#include "store/db.h"
#include "wire/messages.h"

#define NOW_S 1700000000u
#define NOW_MS ((uint64_t)NOW_S * 1000)
#define ROUNDS 300
#define STRANGERS 600 /* more than a verifier remembers */
#define HANDLE "somebody"

/* An operator, a sender and a reporter. */
struct world {
	char dir[256];
	struct cs_desk *d;
	struct cs_sign_key root, stamp_key, account, device;
	struct cs_buf stamp_cert, cert, credential, content;
	struct cs_capsule capsule;
	uint8_t account_id[16], device_id[16], group_ref[32];
	uint8_t seal_public[32];
};

static void
make_person(struct world *w)
{
	struct cs_device_cert cert = { .handle = cs_view_str(HANDLE),
		.not_before = NOW_S - 1000,
		.not_after = NOW_S + 100000 };
	struct cs_account_cert account = { .handle = cs_view_str(HANDLE),
		.from_ms = NOW_MS - 1000 };
	struct cs_credential credential = { .n = 1 };
	struct cs_buf registrar = { 0 }, account_cert = { 0 };

	cs_random(w->account_id, sizeof w->account_id);
	cs_random(w->device_id, sizeof w->device_id);
	bench_must(cs_sign_key_new(&w->account), "a key");
	bench_must(cs_sign_key_new(&w->device), "a key");
	memcpy(cert.account, w->account_id, 16);
	memcpy(cert.device, w->device_id, 16);
	memcpy(cert.public, w->device.public, 32);
	bench_must(cs_device_cert_make(&w->cert, &cert, &w->account), "cert");
	memcpy(account.account, w->account_id, 16);
	memcpy(account.account_key, w->account.public, 32);
	/* The registrar's key is one that is at hand: the root's. */
	bench_must(cs_role_key_cert_make(&registrar, CS_ROLE_REGISTRAR,
		       w->root.public, NOW_S - 1000, NOW_S + 100000, &w->root),
	    "registrar");
	bench_must(
	    cs_account_cert_make(&account_cert, &account, &w->root), "account");
	credential.registrar_cert = cs_buf_view(&registrar);
	credential.account_cert = cs_buf_view(&account_cert);
	credential.devices[0] = cs_buf_view(&w->cert);
	bench_must(
	    cs_credential_write(&w->credential, &credential), "credential");
	cs_buf_free(&registrar);
	cs_buf_free(&account_cert);
}

static void
make_content(struct world *w, uint8_t salt[static 16])
{
	struct cs_mimi_content content = { .has_text = true };
	struct cs_buf sender = { 0 }, room = { 0 };
	char text[200];

	memset(text, 'x', sizeof text);
	cs_random(salt, 16);
	memcpy(content.salt, salt, 16);
	bench_must(
	    cs_mimi_user_uri(&sender, "hub.example", cs_view_str(HANDLE)),
	    "uri");
	bench_must(cs_mimi_room_uri(&room, "hub.example", w->group_ref), "uri");
	content.sender_uri = cs_buf_view(&sender);
	content.room_uri = cs_buf_view(&room);
	content.text = cs_view(text, sizeof text);
	cs_buf_reset(&w->content);
	bench_must(cs_mimi_write(&w->content, &content), "content");
	cs_buf_free(&sender);
	cs_buf_free(&room);
}

/* Send a message, which the hub stamps as number ${seq}. */
static void
make_message(struct world *w, uint64_t seq)
{
	struct cs_capsule *c = &w->capsule;
	struct cs_stamp *s = &c->stamp;
	struct cs_sender_frank f = { 0 };
	uint8_t salt[16];

	make_content(w, salt);
	memset(c, 0, sizeof *c);
	c->application_data = cs_buf_view(&w->content);
	c->leaf = f.leaf = 1;
	c->sender_seq = f.sender_seq = seq;
	c->credential = cs_buf_view(&w->credential);
	s->epoch = f.epoch = 3;
	s->group_seq = seq;
	s->accepted_ms = NOW_MS;
	c->claimed_ms = f.claimed_ms = NOW_MS - 20;
	memcpy(s->group_ref, w->group_ref, 32);
	memcpy(s->account, w->account_id, 16);
	memcpy(s->device, w->device_id, 16);
	bench_must(cs_franking_tag(s->tag, salt, c->application_data), "tag");
	cs_random(s->msg_hash, sizeof s->msg_hash);
	memcpy(f.tag, s->tag, 32);
	memcpy(f.group_ref, s->group_ref, 32);
	memcpy(f.account, s->account, 16);
	memcpy(f.device, s->device, 16);
	bench_must(cs_sender_sign(c->sig, &f, &w->device), "signature");
	bench_must(cs_stamp_sign(s, w->root.public, &w->stamp_key), "stamp");
}

/* A sealed report of the message at hand, under a new number. */
static void
make_report(struct cs_buf *sealed, struct world *w, uint8_t id[static 16])
{
	struct cs_evidence_input_item item = { .capsule = w->capsule,
		.stamp_key_cert = cs_buf_view(&w->stamp_cert) };
	struct cs_evidence_input in = {
		.created_ms = NOW_MS,
		.reason = CS_REASON_THREAT_TO_LIFE,
		.note = cs_view_str("He knows where she lives."),
		.items = &item,
		.n_items = 1,
		.mode = CS_CSEV_NAMED,
		.credential = cs_buf_view(&w->credential),
		.device_key = &w->device,
	};
	struct cs_buf bundle = { 0 };

	cs_random(id, 16);
	memcpy(in.report_id, id, 16);
	memcpy(in.root_public, w->root.public, 32);
	bench_must(cs_evidence_write(&bundle, &in), "a bundle");
	cs_buf_reset(sealed);
	bench_must(cs_evidence_seal(sealed, cs_buf_view(&bundle),
		       CS_VIEW_OF(w->seal_public)),
	    "sealing");
	cs_buf_free(&bundle);
}

static void
begin(struct world *w)
{
	struct cs_desk_hub hub = {
		.name = "hub.example", .host = "127.0.0.1", .port = 1
	};
	const char *base = getenv("TMPDIR");
	uint8_t sign_public[32];
	char path[300];

	memset(w, 0, sizeof *w);
	snprintf(w->dir, sizeof w->dir, "%s/countersign-bench-XXXXXX",
	    base != NULL ? base : "/tmp");
	bench_must(mkdtemp(w->dir) != NULL ? CS_OK : CS_ERR_IO, "a folder");
	bench_must(cs_sign_key_new(&w->root), "a key");
	bench_must(cs_sign_key_new(&w->stamp_key), "a key");
	bench_must(cs_stamp_key_cert_make(&w->stamp_cert, w->stamp_key.public,
		       NOW_S - 500, NOW_S + 50000, &w->root),
	    "cert");
	bench_must(cs_group_ref(w->group_ref, cs_view_str("one")), "group");
	make_person(w);
	memcpy(hub.root, w->root.public, 32);
	snprintf(path, sizeof path, "%s/desk", w->dir);
	bench_must(cs_desk_init(path, &hub, cs_view(NULL, 0), w->seal_public,
		       sign_public),
	    "a desk");
	bench_must(cs_desk_joined(path, cs_view(NULL, 0)), "a desk");
	bench_must(cs_desk_open(&w->d, path, cs_view(NULL, 0)), "a desk");
}

static void
end(struct world *w)
{
	static const char *const files[] = { "/desk/desk.db",
		"/desk/desk.db-wal", "/desk/desk.db-shm", "/desk/key" };
	static const char *const folders[] = { "/desk/files", "/desk", "" };
	char path[300];

	cs_desk_close(w->d);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		snprintf(path, sizeof path, "%s%s", w->dir, files[i]);
		unlink(path);
	}
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		snprintf(path, sizeof path, "%s%s", w->dir, folders[i]);
		rmdir(path);
	}
	cs_buf_free(&w->stamp_cert);
	cs_buf_free(&w->cert);
	cs_buf_free(&w->credential);
	cs_buf_free(&w->content);
}

/* ---- verifying ---------------------------------------------------------- */

struct verifying {
	struct world *w;
	struct cs_buf sealed[STRANGERS];
	size_t n, next;
	unsigned signatures;
	struct cs_sign_key key;
	uint8_t id[16], signature[64], message[200];
	struct cs_buf hpke;
};

/* The primitives that a report of one message needs: opening it; the signatures
 * of the reporter, the sender and the stamp; and, of people new to the desk,
 * those of their certificates and of the stamp key's. The numbers are of bytes
 * of the same length. */
static void
primitives(void *arg)
{
	struct verifying *v = arg;
	struct cs_buf plain = { 0 };
	uint8_t hash[32];

	bench_must(
	    cs_hpke_open_once(&plain, cs_suite_find(1), &v->w->d->seal_key,
		cs_view_str("x"), cs_view(NULL, 0), cs_buf_view(&v->hpke)),
	    "opening");
	for (unsigned i = 0; i < v->signatures; i++)
		bench_must(
		    cs_sign_verify(CS_VIEW_OF(v->key.public),
			CS_VIEW_OF(v->message), CS_VIEW_OF(v->signature)),
		    "verifying");
	bench_must(cs_sha256(hash, cs_buf_view(&plain)), "hashing");
	cs_buf_free(&plain);
}

static void
verify(void *arg)
{
	struct verifying *v = arg;
	struct cs_evidence *e = NULL;
	struct cs_buf bundle = { 0 };

	bench_must(
	    cs_evidence_open(&bundle, cs_buf_view(&v->sealed[v->next++ % v->n]),
		&v->w->d->seal_key),
	    "opening");
	bench_must(
	    cs_evidence_check(&e, cs_buf_view(&bundle), v->w->root.public),
	    "checking");
	bench_must(e->all_proved ? CS_OK : CS_ERR_MISMATCH, "proving");
	cs_evidence_free(e);
	cs_buf_free(&bundle);
}

static void
forget_person(struct world *w)
{
	cs_buf_free(&w->cert);
	cs_buf_free(&w->credential);
}

static void
verifying(struct world *w, const struct bench_options *o)
{
	struct verifying v = { .w = w };
	unsigned rounds = o->quick ? STRANGERS : 4 * STRANGERS;
	struct cs_buf bundle = { 0 };
	double own, floor;

	/* More people than are remembered, so that each comes as a stranger. */
	for (v.n = 0; v.n < STRANGERS; v.n++) {
		forget_person(w);
		make_person(w);
		make_message(w, 1);
		make_report(&v.sealed[v.n], w, v.id);
	}
	bench_must(cs_sign_key_new(&v.key), "a key");
	cs_random(v.message, sizeof v.message);
	bench_must(
	    cs_sign(v.signature, &v.key, CS_VIEW_OF(v.message)), "signing");
	bench_must(cs_evidence_open(
		       &bundle, cs_buf_view(&v.sealed[0]), &w->d->seal_key),
	    "opening");
	bench_must(cs_hpke_seal_once(&v.hpke, cs_suite_find(1),
		       CS_VIEW_OF(w->seal_public), cs_view_str("x"),
		       cs_view(NULL, 0), cs_buf_view(&bundle)),
	    "sealing");
	v.signatures = 6;
	floor = (double)bench_median(primitives, &v, rounds) / 1e3;
	own = (double)bench_median(verify, &v, rounds) / 1e3;
	bench_ratio("open and verify a report of strangers", own, "us",
	    "primitives", floor, 1.3);
	v.n = 1;
	v.signatures = 3;
	floor = (double)bench_median(primitives, &v, rounds) / 1e3;
	own = (double)bench_median(verify, &v, rounds) / 1e3;
	bench_ratio("open and verify a report of known people", own, "us",
	    "primitives", floor, 1.3);
	bench_value("reports verified a second", 1e6 / own, "/s");
	for (size_t i = 0; i < STRANGERS; i++)
		cs_buf_free(&v.sealed[i]);
	cs_buf_free(&bundle);
	cs_buf_free(&v.hpke);
}

/* Verified, stored and put into cases, each with its fsync. */
static void
taking(struct world *w, const struct bench_options *o)
{
	unsigned n = o->quick ? 20 : ROUNDS;
	struct cs_buf sealed = { 0 };
	uint64_t ns = 0;

	for (unsigned i = 0; i < n; i++) {
		struct cs_wire_desk_report report = { .received_ms = NOW_MS,
			.named = CS_WIRE_REPORTER_NAMED };
		struct desk_taken taken;
		uint64_t from;

		make_message(w, 100 + i);
		make_report(&sealed, w, report.report);
		memcpy(report.reporter, w->account_id, 16);
		report.sealed = cs_buf_view(&sealed);
		from = bench_ns();
		bench_must(desk_report_take(&taken, w->d, &report), "taking");
		ns += bench_ns() - from;
		desk_taken_clear(&taken);
	}
	bench_value("take a report: verify, store, join a case",
	    (double)ns / n / 1e3, "us");
	cs_buf_free(&sealed);
}

/* ---- very many cases ---------------------------------------------------- */

static void
add_case(struct world *w, const struct cs_desk_policy *policy, unsigned i)
{
	const struct cs_desk_reason *reason =
	    &policy->reasons[i % policy->n_reasons];
	static const uint8_t account[CS_ID_LEN] = { 0x11 };
	struct desk_case c;
	char handle[24];

	snprintf(handle, sizeof handle, "member%u", i);
	bench_must(
	    desk_case_new(&c, w->d, reason, NOW_MS + i * 1000), "a case");
	bench_must(desk_account_add(&c.accounts, account, cs_view_str(handle)),
	    "a case");
	c.reports = 1;
	desk_case_set_due(&c, policy);
	bench_must(desk_case_save(w->d, &c, NULL), "a case");
	bench_must(
	    desk_terms_add_handle(w->d, c.id, cs_view_str(handle)), "terms");
	desk_case_clear(&c);
}

static void
add_cases(struct world *w, unsigned n)
{
	struct cs_desk_policy policy;

	bench_must(cs_desk_policy(&policy, w->d), "the policy");
	for (unsigned i = 0; i < n; i++) {
		if (i % 1000 == 0)
			bench_must(cs_db_begin(w->d->db), "the database");
		add_case(w, &policy, i);
		if (i % 1000 == 999 || i + 1 == n)
			bench_must(cs_db_commit(w->d->db), "the database");
	}
	cs_desk_policy_clear(&policy);
}

struct listing {
	struct world *w;
	struct cs_desk_query q;
	size_t want;
};

static void
list_once(void *arg)
{
	struct listing *l = arg;
	json_t *out = json_object();

	bench_must(
	    cs_desk_cases(out, l->w->d, &cs_desk_operator, &l->q), "a list");
	if (json_array_size(json_object_get(out, "items")) < l->want)
		bench_must(CS_ERR_MISMATCH, "a list");
	json_decref(out);
}

static void
listing(struct world *w, unsigned n, const struct bench_options *o)
{
	struct listing l = { .w = w, .want = 50 };
	unsigned rounds = o->quick ? 5 : 50;
	char name[80], word[24];

	l.q = (struct cs_desk_query){ .state = 0,
		.assignee = -1,
		.reason = "",
		.words = "",
		.cursor = "",
		.limit = 50 };
	snprintf(name, sizeof name, "first page of %u cases", n);
	bench_value(
	    name, (double)bench_median(list_once, &l, rounds) / 1e6, "ms");
	l.q.reason = "spam";
	l.want = n >= 1000 ? 50 : 1;
	snprintf(name, sizeof name, "a reason's first page of %u cases", n);
	bench_value(
	    name, (double)bench_median(list_once, &l, rounds) / 1e6, "ms");
	snprintf(word, sizeof word, "member%u", n / 2);
	l.q.reason = "";
	l.q.words = word;
	l.want = 1;
	snprintf(name, sizeof name, "search among %u cases", n);
	bench_value(
	    name, (double)bench_median(list_once, &l, rounds) / 1e6, "ms");
}

/* The same answers while the process holds an index of that size. */
static struct cs_pdq_index *
make_index(unsigned n)
{
	struct cs_pdq_index *x = NULL;

	bench_must(cs_pdq_index_new(&x), "an index");
	for (unsigned i = 0; i < n; i++) {
		uint8_t hash[CS_PDQ_LEN];

		cs_random(hash, sizeof hash);
		bench_must(cs_pdq_index_add(x, hash, i), "adding");
	}
	return x;
}

static bool
ignore(void *arg, uint64_t value, unsigned distance)
{
	(void)arg;
	(void)value;
	(void)distance;
	return true;
}

static void
find_once(void *arg)
{
	uint8_t hash[CS_PDQ_LEN];

	cs_random(hash, sizeof hash);
	for (int i = 0; i < CS_PDQ_TURNS; i++)
		bench_must(
		    cs_pdq_index_find(arg, hash, CS_PDQ_NEAR, ignore, NULL),
		    "finding");
}

void
bench_desk(const struct bench_options *o)
{
	unsigned cases = o->quick ? 500 : 100000;
	unsigned hashes = o->quick ? 1000 : 1000000;
	struct cs_pdq_index *x;
	struct world w;
	struct mallinfo2 info;
	char name[80];

	bench_section("The report desk");
	begin(&w);
	verifying(&w, o);
	taking(&w, o);
	add_cases(&w, cases);
	x = make_index(hashes);
	listing(&w, cases, o);
	snprintf(
	    name, sizeof name, "a photo, eight turns, in %u hashes", hashes);
	bench_value(name,
	    (double)bench_median(find_once, x, o->quick ? 5 : 200) / 1e6, "ms");
	info = mallinfo2();
	if (info.uordblks + info.hblkhd != 0)
		bench_value("memory of the desk with them",
		    (double)(info.uordblks + info.hblkhd) / (1 << 20), "MiB");
	cs_pdq_index_free(x);
	end(&w);
}
