/* SPDX-License-Identifier: MIT */
#include "content/evidence.h"
#include "content/evidence_media.h"
#include "content/evidence_seal.h"
#include "content/evidence_write.h"
#include "crypto/init.h"
#include "crypto/suite.h"
#include "support/seen_log.h"
#include "unit/content/evidence_lies.h"

static const uint8_t photo[] = { 0xff, 0xd8, 0xff, 0xe0, 0, 16, 'J', 'F', 'I',
	'F', 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 };

/* Three items in two groups, a gap, a photo with its bytes. */
static const int three[] = { 5, 1, 4, -1 };

static void
make(struct cs_buf *out, struct ew *w, const int *which, bool gap)
{
	struct ew_report r;

	ew_pick(&r, w, which);
	if (gap)
		ew_gap(&r, w);
	cs_buf_reset(out);
	assert_ok(cs_evidence_write(out, &r.in));
}

/* Is ${bundle} one, and is all of it proved? */
static bool
proved(struct ew *w, struct cs_view bundle)
{
	struct cs_evidence *e = NULL;
	bool all;

	if (cs_evidence_check(&e, bundle, w->root.public) != CS_OK) {
		assert_null(e);
		return false;
	}
	all = e->all_proved;
	cs_evidence_free(e);
	return all;
}

static struct cs_evidence *
check(struct ew *w, const struct cs_buf *bundle)
{
	struct cs_evidence *e = NULL;

	assert_ok(cs_evidence_check(&e, cs_buf_view(bundle), w->root.public));
	return e;
}

static void
test_whole(void **state)
{
	struct ew w;
	struct cs_buf b = { 0 }, out = { 0 };
	struct cs_evidence *e;
	const struct cs_evidence_item *item;

	(void)state;
	ew_init(&w, CS_VIEW_OF(photo));
	make(&b, &w, three, true);
	e = check(&w, &b);
	assert_ok(e->reporter_err);
	assert_ok(e->root_err);
	assert_ok(e->keys_err);
	assert_true(e->all_proved);
	assert_int_equal(e->n_items, 3);
	assert_int_equal(e->reason, CS_REASON_THREAT_TO_LIFE);
	assert_view_equal(e->note, cs_view_str("He knows where she lives."));
	assert_view_equal(e->reporter.account.handle, cs_view_str("cleo"));
	for (size_t i = 0; i < 3; i++) {
		item = &e->items[i];
		for (size_t l = 0; l < CS_LINKS; l++)
			assert_ok(item->proof.links[l]);
		assert_ok(item->chain);
		assert_false(item->repeated);
		if (item->n_media == 0) {
			assert_int_equal(item->undisclosed, 0);
			continue;
		}
		assert_int_equal(item->undisclosed, 2);
		assert_ok(item->media[0].err);
		assert_true(item->media[0].has_bytes);
		assert_ok(
		    cs_evidence_extract(&out, e, i, 0, item->media[0].bytes));
		assert_view_equal(cs_buf_view(&out), CS_VIEW_OF(photo));
		assert_err(
		    cs_evidence_extract(&out, e, i, 1, item->media[0].bytes),
		    CS_ERR_NOT_FOUND);
		assert_err(
		    cs_evidence_extract(&out, e, 9, 0, item->media[0].bytes),
		    CS_ERR_NOT_FOUND);
		/* A blob that was fetched, and is another. */
		assert_err(
		    cs_evidence_extract(&out, e, i, 0, CS_VIEW_OF(photo)),
		    CS_ERR_DIGEST);
		assert_int_equal(out.len, sizeof photo);
	}
	cs_evidence_free(e);
	cs_buf_free(&b);
	cs_buf_free(&out);
	ew_clear(&w);
}

/* Each bit of each byte, one at a time. */
static void
test_flipped(void **state)
{
	struct ew w;
	struct cs_buf b = { 0 };

	(void)state;
	ew_init(&w, CS_VIEW_OF(photo));
	make(&b, &w, three, true);
	assert_true(proved(&w, cs_buf_view(&b)));
	for (size_t i = 0; i < b.len; i++) {
		uint8_t bit = (uint8_t)(1u << i % 8);

		b.data[i] ^= bit;
		if (proved(&w, cs_buf_view(&b)))
			fail_msg("byte %zu of %zu is not covered", i, b.len);
		b.data[i] ^= 0xff;
		if (proved(&w, cs_buf_view(&b)))
			fail_msg("byte %zu of %zu is not covered", i, b.len);
		b.data[i] ^= 0xff ^ bit;
	}
	for (size_t i = 0; i < b.len; i++)
		assert_false(proved(&w, cs_view(b.data, i)));
	assert_ok(cs_buf_add(&b, cs_view("", 1)));
	assert_false(proved(&w, cs_buf_view(&b)));
	cs_buf_free(&b);
	ew_clear(&w);
}

/* A reporter that lies can change its own words and nothing else. */
static void
test_flipped_and_signed(void **state)
{
	struct ew w;
	struct cs_buf b = { 0 }, forged = { 0 };
	struct cs_csev *c = NULL;
	size_t from;
	unsigned parsed = 0;

	(void)state;
	ew_init(&w, CS_VIEW_OF(photo));
	make(&b, &w, three, true);
	assert_ok(cs_csev_parse(&c, cs_buf_view(&b)));
	from = (size_t)(c->behind_auth.data - b.data);
	ew_resign(&forged, &w, c);
	assert_view_equal(cs_buf_view(&forged), cs_buf_view(&b));
	cs_csev_free(c);
	for (size_t i = from; i < b.len; i++) {
		b.data[i] ^= 1;
		if (cs_csev_parse(&c, cs_buf_view(&b)) == CS_OK) {
			parsed++;
			ew_resign(&forged, &w, c);
			if (proved(&w, cs_buf_view(&forged)))
				fail_msg("a lie at %zu is believed", i);
			cs_csev_free(c);
		}
		b.data[i] ^= 1;
	}
	assert_true(parsed > 1000);
	cs_buf_free(&b);
	cs_buf_free(&forged);
	ew_clear(&w);
}

static void
test_lies(void **state)
{
	struct ew w;
	struct cs_buf b = { 0 }, forged = { 0 };
	struct cs_evidence *e;

	(void)state;
	ew_init(&w, CS_VIEW_OF(photo));
	make(&b, &w, three, true);
	for (int lie = NO_LIE; lie < LIES; lie++) {
		struct cs_csev *c = NULL;

		assert_ok(cs_csev_parse(&c, cs_buf_view(&b)));
		ew_lie(c, (enum lie)lie);
		ew_resign(&forged, &w, c);
		cs_csev_free(c);
		e = check(&w, &forged);
		assert_ok(e->reporter_err);
		if (e->all_proved != (lie == NO_LIE))
			fail_msg("lie: %s", lie_names[lie]);
		if (lie == NO_ROOT)
			assert_err(e->root_err, CS_ERR_NOT_FOUND);
		for (size_t i = 0; lie == MEDIA_MISSING && i < 3; i++)
			if (e->items[i].n_media != 0)
				assert_err(
				    e->items[i].media[0].err, CS_ERR_MISMATCH);
		if (lie == ITEM_TWICE)
			assert_true(e->items[3].repeated);
		cs_evidence_free(e);
	}
	cs_buf_free(&b);
	cs_buf_free(&forged);
	ew_clear(&w);
}

/* Two groups have an order, too: a bundle has one spelling. */
static void
test_groups_turned(void **state)
{
	static const int two[] = { 5, 1, -1 };
	struct ew w;
	struct cs_buf b = { 0 }, forged = { 0 };
	struct cs_csev *c = NULL;
	struct cs_evidence *e;

	(void)state;
	ew_init(&w, CS_VIEW_OF(photo));
	make(&b, &w, two, false);
	assert_true(proved(&w, cs_buf_view(&b)));
	assert_ok(cs_csev_parse(&c, cs_buf_view(&b)));
	c->items[2] = c->items[0];
	c->items[0] = c->items[1];
	c->items[1] = c->items[2];
	ew_resign(&forged, &w, c);
	cs_csev_free(c);
	e = check(&w, &forged);
	assert_err(e->items[1].chain, CS_ERR_CHAIN);
	assert_false(e->all_proved);
	cs_evidence_free(e);
	cs_buf_free(&b);
	cs_buf_free(&forged);
	ew_clear(&w);
}

static void
test_order_without_hashes(void **state)
{
	static const int adjacent[] = { 0, 1, -1 };
	struct ew w;
	struct cs_buf b = { 0 };
	struct cs_evidence *e;
	size_t photo_at;

	(void)state;
	ew_init(&w, CS_VIEW_OF(photo));
	make(&b, &w, adjacent, false);
	assert_true(proved(&w, cs_buf_view(&b)));
	make(&b, &w, three, false);
	e = check(&w, &b);
	photo_at = e->items[0].n_media != 0 ? 0 : e->items[1].n_media ? 1 : 2;
	assert_err(e->items[photo_at].chain, CS_ERR_NOT_FOUND);
	assert_int_equal(e->items[photo_at].undisclosed, 2);
	assert_false(e->all_proved);
	cs_evidence_free(e);
	cs_buf_free(&b);
	ew_clear(&w);
}

/* Hashes instead of the photo: still proved, there is just nothing to see. */
static void
test_media_left_out(void **state)
{
	static const int one[] = { 4, -1 };
	struct ew w;
	struct ew_report r;
	struct cs_buf b = { 0 };
	struct cs_evidence *e;

	(void)state;
	ew_init(&w, CS_VIEW_OF(photo));
	for (int with_key = 0; with_key < 2; with_key++) {
		for (int with_bytes = 0; with_bytes < 2; with_bytes++) {
			ew_pick(&r, &w, one);
			r.media.with_key = with_key;
			if (!with_bytes)
				r.media.bytes = cs_view(NULL, 0);
			cs_buf_reset(&b);
			assert_ok(cs_evidence_write(&b, &r.in));
			e = check(&w, &b);
			assert_true(e->all_proved);
			assert_int_equal(
			    e->items[0].media[0].has_key, with_key);
			assert_int_equal(
			    e->items[0].media[0].has_bytes, with_bytes);
			cs_evidence_free(e);
		}
	}
	ew_pick(&r, &w, one);
	r.items[0].n_media = 0;
	assert_err(cs_evidence_write(&b, &r.in), CS_ERR_MISUSE);
	cs_buf_free(&b);
	ew_clear(&w);
}

static void
test_other_operator(void **state)
{
	struct ew w;
	struct cs_buf b = { 0 };
	struct cs_sign_key other;
	struct cs_evidence *e = NULL;

	(void)state;
	ew_init(&w, CS_VIEW_OF(photo));
	make(&b, &w, three, true);
	assert_ok(cs_sign_key_new(&other));
	assert_ok(cs_evidence_check(&e, cs_buf_view(&b), other.public));
	assert_err(e->root_err, CS_ERR_MISMATCH);
	assert_err(e->reporter_err, CS_ERR_CERT);
	assert_err(e->items[0].proof.links[CS_LINK_ACCOUNT], CS_ERR_CERT);
	assert_err(e->items[0].proof.links[CS_LINK_STAMP], CS_ERR_STAMP);
	assert_false(e->all_proved);
	cs_evidence_free(e);
	cs_buf_free(&b);
	ew_clear(&w);
}

/* Somebody else's certificate, one that has ended, and no certificate. */
static void
test_reporter(void **state)
{
	static const int one[] = { 5, -1 };
	struct ew w;
	struct ew_report r;
	struct cs_buf b = { 0 };
	struct cs_evidence *e;
	const struct cs_evidence_input *in = &r.in;

	(void)state;
	ew_init(&w, CS_VIEW_OF(photo));
	ew_pick(&r, &w, one);
	r.in.device_key = &w.people[0].device_key;
	assert_ok(cs_evidence_write(&b, in));
	e = check(&w, &b);
	assert_err(e->reporter_err, CS_ERR_SIGNATURE);
	assert_false(e->all_proved);
	cs_evidence_free(e);
	ew_pick(&r, &w, one);
	r.in.created_ms = (EW_NOW_S + 100001) * (uint64_t)1000;
	cs_buf_reset(&b);
	assert_ok(cs_evidence_write(&b, in));
	e = check(&w, &b);
	assert_err(e->reporter_err, CS_ERR_EXPIRED);
	assert_false(e->all_proved);
	cs_evidence_free(e);
	ew_pick(&r, &w, one);
	r.in.credential = cs_view_str("cleo");
	cs_buf_reset(&b);
	assert_ok(cs_evidence_write(&b, in));
	e = check(&w, &b);
	assert_err(e->reporter_err, CS_ERR_LIMIT);
	assert_false(e->all_proved);
	cs_evidence_free(e);
	cs_buf_free(&b);
	ew_clear(&w);
}

/* A certificate of alma's device from ${from} to ${to}. */
static void
certify(struct cs_buf *out, struct ew *w, uint64_t from, uint64_t to)
{
	struct cs_device_cert cert = { .handle = cs_view_str("alma") };

	memcpy(cert.account, w->people[0].account, 16);
	memcpy(cert.device, w->people[0].device, 16);
	memcpy(cert.public, w->people[0].device_key.public, 32);
	cert.not_before = EW_NOW_S + from;
	cert.not_after = EW_NOW_S + to;
	test_credential(out, &w->operator, & cert, &w->people[0].account_key);
}

/* How many credentials are in ${bundle}? */
static unsigned
count_certs(const struct cs_buf *bundle)
{
	struct cs_csev *c = NULL;
	unsigned n = 0;

	assert_ok(cs_csev_parse(&c, cs_buf_view(bundle)));
	for (size_t i = 0; i < c->n_keys; i++)
		n += c->keys[i].type == CS_CSEV_CREDENTIAL;
	cs_csev_free(c);
	return n;
}

/* A certificate renewed: each is there once, for the message that needs it. */
static void
test_renewed_certificate(void **state)
{
	static const int two[] = { 0, 2, -1 };
	struct ew w;
	struct ew_report r;
	struct cs_buf b = { 0 }, early = { 0 }, late = { 0 }, both = { 0 };
	uint8_t hash[32];

	(void)state;
	ew_init(&w, CS_VIEW_OF(photo));
	certify(&early, &w, 0, 2);
	certify(&late, &w, 2, 10);
	certify(&both, &w, 0, 10);
	ew_pick(&r, &w, two);
	assert_ok(cs_stamp_leafhash(hash, &w.messages[1].capsule.stamp));
	memcpy(r.gap.group_ref, w.group_ref[0], 32);
	r.gap.first_seq = 2;
	r.gap.leafhashes = CS_VIEW_OF(hash);
	r.in.gaps = &r.gap;
	r.in.n_gaps = 1;
	r.items[0].capsule.credential = cs_buf_view(&early);
	r.items[1].capsule.credential = cs_buf_view(&late);
	assert_ok(cs_evidence_write(&b, &r.in));
	assert_true(proved(&w, cs_buf_view(&b)));
	assert_int_equal(count_certs(&b), 2);
	r.items[0].capsule.credential = cs_buf_view(&both);
	cs_buf_reset(&b);
	assert_ok(cs_evidence_write(&b, &r.in));
	assert_true(proved(&w, cs_buf_view(&b)));
	assert_int_equal(count_certs(&b), 1);
	r.items[0].capsule.credential = cs_buf_view(&late);
	cs_buf_reset(&b);
	assert_ok(cs_evidence_write(&b, &r.in));
	assert_false(proved(&w, cs_buf_view(&b)));
	cs_buf_free(&b);
	cs_buf_free(&early);
	cs_buf_free(&late);
	cs_buf_free(&both);
	ew_clear(&w);
}

static void
test_writing_refused(void **state)
{
	static const int one[] = { 5, -1 }, twice[] = { 5, 5, -1 };
	struct ew w;
	struct ew_report r;
	struct cs_buf b = { 0 };

	(void)state;
	ew_init(&w, CS_VIEW_OF(photo));
	ew_pick(&r, &w, twice);
	assert_err(cs_evidence_write(&b, &r.in), CS_ERR_MISUSE);
	ew_pick(&r, &w, one);
	ew_gap(&r, &w);
	assert_err(cs_evidence_write(&b, &r.in), CS_ERR_MISUSE);
	ew_pick(&r, &w, one);
	r.in.n_items = 0;
	assert_err(cs_evidence_write(&b, &r.in), CS_ERR_MISUSE);
	ew_pick(&r, &w, one);
	r.in.reason = 99;
	assert_err(cs_evidence_write(&b, &r.in), CS_ERR_MISUSE);
	ew_pick(&r, &w, one);
	r.in.note = cs_view("\xff", 1);
	assert_err(cs_evidence_write(&b, &r.in), CS_ERR_MISUSE);
	assert_int_equal(b.len, 0);
	cs_buf_free(&b);
	ew_clear(&w);
}

static void
test_sealed(void **state)
{
	struct ew w;
	struct cs_buf b = { 0 }, sealed = { 0 }, out = { 0 };
	struct cs_hpke_key desk, other;

	(void)state;
	ew_init(&w, CS_VIEW_OF(photo));
	make(&b, &w, three, true);
	assert_ok(cs_hpke_key_new(&desk, CS_DHKEM_X25519));
	assert_ok(cs_hpke_key_new(&other, CS_DHKEM_X25519));
	assert_false(cs_evidence_is_sealed(cs_buf_view(&b)));
	assert_ok(cs_evidence_seal(
	    &sealed, cs_buf_view(&b), cs_hpke_key_public(&desk)));
	assert_true(cs_evidence_is_sealed(cs_buf_view(&sealed)));
	assert_err(
	    cs_evidence_open(&out, cs_buf_view(&b), &desk), CS_ERR_FORMAT);
	assert_err(cs_evidence_open(&out, cs_buf_view(&sealed), &other),
	    CS_ERR_DECRYPT);
	sealed.data[sealed.len - 1] ^= 1;
	assert_err(cs_evidence_open(&out, cs_buf_view(&sealed), &desk),
	    CS_ERR_DECRYPT);
	sealed.data[sealed.len - 1] ^= 1;
	for (size_t i = 0; i < 9 + 32 + 16; i++)
		assert_int_not_equal(
		    cs_evidence_open(&out, cs_view(sealed.data, i), &desk),
		    CS_OK);
	assert_int_equal(out.len, 0);
	assert_ok(cs_evidence_open(&out, cs_buf_view(&sealed), &desk));
	assert_view_equal(cs_buf_view(&out), cs_buf_view(&b));
	cs_buf_free(&b);
	cs_buf_free(&sealed);
	cs_buf_free(&out);
	ew_clear(&w);
}

/* ---- the log ------------------------------------------------------------ */

/* A report of one message, whose stamp promised entry 3 of a log that has it.
 */
struct logged {
	struct ew w;
	struct seen_log log;
	struct ew_report r;
	struct cs_buf proof, bundle;
};

static void
logged_init(struct logged *l)
{
	static const int one[] = { 0, -1 };
	uint8_t leaf[CS_HASH_LEN], entry[CS_TLOG_COMMIT_LEN];
	struct cs_buf turn_bytes = { 0 }, note = { 0 }, text = { 0 };
	struct cs_tlog_proof_file file = { .index = 3 };
	struct cs_tlog_turn turn;
	struct cs_stamp *s;

	memset(l, 0, sizeof *l);
	ew_init(&l->w, CS_VIEW_OF(photo));
	seen_log_init(&l->log, "hub.example/log", EW_NOW_S);
	ew_pick(&l->r, &l->w, one);
	s = &l->r.items[0].capsule.stamp;
	s->batch.entry = 3;
	assert_ok(cs_stamps_sign(s, 1, l->w.root.public, &l->w.stamp_key));
	assert_ok(cs_stamp_batch_leaf(leaf, s));
	seen_log_turn(&turn, entry, leaf);
	seen_log_entry(&l->log, 3, CS_VIEW_OF(entry));
	seen_log_note(&note, &l->log, SEEN_LOG_ENTRIES);
	assert_ok(cs_tlog_inclusion_make(
	    &file.proof, 3, SEEN_LOG_ENTRIES, seen_log_node, &l->log));
	file.note = cs_buf_view(&note);
	assert_ok(cs_tlog_turn_write(&turn_bytes, &turn));
	assert_ok(cs_tlog_proof_file_write(&text, &file));
	assert_ok(cs_csev_log_proof_write(
	    &l->proof, cs_buf_view(&turn_bytes), cs_buf_view(&text)));
	l->r.items[0].log_proof = cs_buf_view(&l->proof);
	l->r.items[0].log_key_cert = cs_buf_view(&l->log.cert);
	cs_buf_free(&turn_bytes);
	cs_buf_free(&note);
	cs_buf_free(&text);
}

static void
logged_clear(struct logged *l)
{
	cs_buf_free(&l->proof);
	cs_buf_free(&l->bundle);
	seen_log_clear(&l->log);
	ew_clear(&l->w);
}

/* What the bundle says of the log; whether all of it is proved has to agree. */
static enum cs_err
logged_check(struct logged *l)
{
	struct cs_evidence *e;
	enum cs_err err;

	cs_buf_reset(&l->bundle);
	assert_ok(cs_evidence_write(&l->bundle, &l->r.in));
	e = check(&l->w, &l->bundle);
	err = e->items[0].log.err;
	assert_int_equal(
	    e->all_proved, err == CS_OK || err == CS_ERR_NOT_FOUND);
	cs_evidence_free(e);
	return err;
}

static void
test_in_the_log(void **state)
{
	struct cs_evidence *e;
	struct logged l;

	(void)state;
	logged_init(&l);
	assert_ok(logged_check(&l));
	e = check(&l.w, &l.bundle);
	assert_int_equal(e->items[0].log.at.size, SEEN_LOG_ENTRIES);
	assert_string_equal(e->items[0].log.key.name, "hub.example/log");
	assert_true(e->items[0].log.note.len != 0);
	cs_evidence_free(e);
	/* None is fine, and said. */
	l.r.items[0].log_proof = cs_view(NULL, 0);
	assert_err(logged_check(&l), CS_ERR_NOT_FOUND);
	logged_clear(&l);
}

/* Changed, shortened, lengthened, and put together well by its maker. */
static void
test_false_log_proofs(void **state)
{
	struct logged l;

	(void)state;
	logged_init(&l);
	for (size_t i = 0; i < l.proof.len; i++) {
		l.proof.data[i] ^= 1;
		cs_buf_reset(&l.bundle);
		if (cs_evidence_write(&l.bundle, &l.r.in) == CS_OK)
			assert_int_not_equal(logged_check(&l), CS_OK);
		l.proof.data[i] ^= 1;
	}
	for (size_t i = 1; i < l.proof.len; i++) {
		l.r.items[0].log_proof.len = i;
		cs_buf_reset(&l.bundle);
		assert_int_not_equal(
		    cs_evidence_write(&l.bundle, &l.r.in), CS_OK);
	}
	l.r.items[0].log_proof.len = l.proof.len;
	assert_ok(cs_buf_add(&l.proof, cs_view("", 1)));
	l.r.items[0].log_proof = cs_buf_view(&l.proof);
	assert_err(cs_evidence_write(&l.bundle, &l.r.in), CS_ERR_FORMAT);
	logged_clear(&l);
}

static void
test_log_of_others(void **state)
{
	struct cs_buf late = { 0 };
	struct logged l;
	struct cs_stamp *s;

	(void)state;
	logged_init(&l);
	s = &l.r.items[0].capsule.stamp;
	/* The certificate is missing, of another role, or had run out. */
	l.r.items[0].log_key_cert = cs_view(NULL, 0);
	assert_err(cs_evidence_write(&l.bundle, &l.r.in), CS_ERR_MISUSE);
	l.r.items[0].log_key_cert = cs_buf_view(&l.w.operator.registrar_cert);
	assert_err(logged_check(&l), CS_ERR_SIGNATURE);
	assert_ok(cs_role_key_cert_make(&late, CS_ROLE_TLOG, l.log.with.public,
	    1, EW_NOW_S - CS_DAY_S, &l.w.root));
	l.r.items[0].log_key_cert = cs_buf_view(&late);
	assert_err(logged_check(&l), CS_ERR_SIGNATURE);
	l.r.items[0].log_key_cert = cs_buf_view(&l.log.cert);
	assert_ok(logged_check(&l));
	/* The stamp promised another entry, another batch, or none. */
	s->batch.entry = 4;
	assert_ok(cs_stamps_sign(s, 1, l.w.root.public, &l.w.stamp_key));
	assert_err(logged_check(&l), CS_ERR_MISMATCH);
	s->batch.entry = 3;
	s->group_seq++;
	assert_ok(cs_stamps_sign(s, 1, l.w.root.public, &l.w.stamp_key));
	assert_err(logged_check(&l), CS_ERR_MISMATCH);
	assert_ok(cs_stamp_sign(s, l.w.root.public, &l.w.stamp_key));
	assert_err(logged_check(&l), CS_ERR_MISMATCH);
	cs_buf_free(&late);
	logged_clear(&l);
}

static void
test_reasons(void **state)
{
	(void)state;
	for (uint16_t i = CS_REASON_TRAFFICKING; i <= CS_REASON_OTHER; i++)
		assert_int_equal(cs_reason_find(cs_reason_name(i)), i);
	assert_null(cs_reason_name(0));
	assert_null(cs_reason_name(CS_REASON_OTHER + 1));
	assert_int_equal(cs_reason_find("boredom"), 0);
}

static enum cs_err
write_and_check(void *arg)
{
	struct ew *w = arg;
	struct ew_report r;
	struct cs_buf b = { 0 };
	struct cs_evidence *e = NULL;
	enum cs_err err;

	ew_pick(&r, w, three);
	if ((err = cs_evidence_write(&b, &r.in)) == CS_OK)
		err = cs_evidence_check(&e, cs_buf_view(&b), w->root.public);
	cs_evidence_free(e);
	cs_buf_free(&b);
	return err;
}

static void
test_allocations(void **state)
{
	struct ew w;

	(void)state;
	ew_init(&w, CS_VIEW_OF(photo));
	cs_test_allocations(write_and_check, &w);
	ew_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_flipped),
		cmocka_unit_test(test_flipped_and_signed),
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_groups_turned),
		cmocka_unit_test(test_order_without_hashes),
		cmocka_unit_test(test_media_left_out),
		cmocka_unit_test(test_other_operator),
		cmocka_unit_test(test_reporter),
		cmocka_unit_test(test_renewed_certificate),
		cmocka_unit_test(test_writing_refused),
		cmocka_unit_test(test_sealed),
		cmocka_unit_test(test_in_the_log),
		cmocka_unit_test(test_false_log_proofs),
		cmocka_unit_test(test_log_of_others),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_allocations),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
