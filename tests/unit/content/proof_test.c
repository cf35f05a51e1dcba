/* SPDX-License-Identifier: MIT */
#include "crypto/init.h"
#include "crypto/suite.h"
#include "unit/content/evidence_world.h"

static const uint8_t photo[] = { 0xff, 0xd8, 0xff, 1, 2, 3 };

static enum cs_err
check(struct cs_proof *p, const struct ew *w, const struct cs_capsule *c)
{
	return cs_proof_check(
	    p, c, cs_buf_view(&w->stamp_cert), w->root.public);
}

static void
test_good(void **state)
{
	struct ew w;
	struct cs_proof p;

	(void)state;
	ew_init(&w, CS_VIEW_OF(photo));
	for (size_t i = 0; i < EW_MESSAGES; i++) {
		assert_ok(check(&p, &w, &w.messages[i].capsule));
		for (int l = 0; l < CS_LINKS; l++)
			assert_ok(p.links[l]);
		assert_false(p.clocks_differ);
		assert_int_equal(p.mid[0], 1);
	}
	assert_view_equal(p.content.text, cs_view_str("you will regret it"));
	assert_view_equal(p.sender.account.handle, cs_view_str("boris"));
	ew_clear(&w);
}

/* Which links break when one field of a capsule is another. */
struct lie {
	const char *what;
	void (*tell)(struct cs_capsule *c, struct ew *w);
	unsigned broken; /* bits of links */
};

#define L(link) (1u << CS_LINK_##link)

static void
lie_leaf(struct cs_capsule *c, struct ew *w)
{
	(void)w;
	c->leaf++;
}

static void
lie_seq(struct cs_capsule *c, struct ew *w)
{
	(void)w;
	c->sender_seq++;
}

static void
lie_claim(struct cs_capsule *c, struct ew *w)
{
	(void)w;
	c->claimed_ms++;
}

static void
lie_sig(struct cs_capsule *c, struct ew *w)
{
	(void)w;
	c->sig[0] ^= 1;
}

static void
lie_tag(struct cs_capsule *c, struct ew *w)
{
	(void)w;
	c->stamp.tag[31] ^= 1;
}

static void
lie_epoch(struct cs_capsule *c, struct ew *w)
{
	(void)w;
	c->stamp.epoch++;
}

static void
lie_group(struct cs_capsule *c, struct ew *w)
{
	memcpy(c->stamp.group_ref, w->group_ref[1], 32);
}

static void
lie_number(struct cs_capsule *c, struct ew *w)
{
	(void)w;
	c->stamp.group_seq++;
}

static void
lie_time(struct cs_capsule *c, struct ew *w)
{
	(void)w;
	c->stamp.accepted_ms++;
}

static void
lie_late(struct cs_capsule *c, struct ew *w)
{
	c->stamp.accepted_ms = (EW_NOW_S + 50001) * (uint64_t)1000;
	assert_ok(cs_stamp_sign(&c->stamp, w->root.public, &w->stamp_key));
}

static void
lie_chain(struct cs_capsule *c, struct ew *w)
{
	(void)w;
	c->stamp.chain_prev[0] ^= 1;
}

static void
lie_msg_hash(struct cs_capsule *c, struct ew *w)
{
	(void)w;
	c->stamp.msg_hash[0] ^= 1;
}

static void
lie_handshake(struct cs_capsule *c, struct ew *w)
{
	c->stamp.flags = CS_STAMP_HANDSHAKE;
	assert_ok(cs_stamp_sign(&c->stamp, w->root.public, &w->stamp_key));
}

static void
lie_account(struct cs_capsule *c, struct ew *w)
{
	memcpy(c->stamp.account, w->people[1].account, 16);
}

static void
lie_device(struct cs_capsule *c, struct ew *w)
{
	memcpy(c->stamp.device, w->people[1].device, 16);
}

static void
lie_cert(struct cs_capsule *c, struct ew *w)
{
	c->credential = cs_buf_view(&w->people[1].credential);
}

/* What the case that made evidence in somebody's name did: a key of one's own,
 * with the name of another and the account that was stamped, by no registrar.
 */
static struct cs_buf forged;

static void
forge(struct ew *w, const struct cs_sign_key *registrar, const char *name)
{
	const struct ew_person *p = &w->people[0];
	struct test_operator operator= w->operator;
	struct cs_device_cert cert = {
		.handle = cs_view_str(name),
		.not_before = EW_NOW_S - 1000,
		.not_after = EW_NOW_S + 100000,
	};

	memcpy(cert.account, p->account, 16);
	memcpy(cert.device, p->device, 16);
	memcpy(cert.public, p->device_key.public, 32);
	operator.registrar = * registrar;
	test_credential(&forged, &operator, & cert, &w->people[1].account_key);
}

static void
lie_registrar(struct cs_capsule *c, struct ew *w)
{
	forge(w, &w->people[0].account_key, "alma");
	c->credential = cs_buf_view(&forged);
}

/* Registered, under another name: the text names the one of the text. */
static void
lie_name(struct cs_capsule *c, struct ew *w)
{
	forge(w, &w->operator.registrar, "boris");
	c->credential = cs_buf_view(&forged);
}

static void
lie_content(struct cs_capsule *c, struct ew *w)
{
	c->application_data = cs_buf_view(&w->messages[2].content);
}

static const struct lie lies[] = {
	{ "leaf", lie_leaf, L(SENDER) },
	{ "sender's number", lie_seq, L(SENDER) },
	{ "claimed time", lie_claim, L(SENDER) },
	{ "signature", lie_sig, L(SENDER) },
	{ "tag", lie_tag, L(TAG) | L(SENDER) | L(STAMP) },
	{ "epoch", lie_epoch, L(SENDER) | L(STAMP) },
	{ "group", lie_group, L(CONTENT) | L(SENDER) | L(STAMP) },
	{ "number", lie_number, L(STAMP) },
	{ "time", lie_time, L(STAMP) },
	{ "after the stamp key", lie_late, L(STAMP) },
	{ "chain", lie_chain, L(STAMP) },
	{ "hash", lie_msg_hash, L(STAMP) },
	{ "stamp of a handshake", lie_handshake, L(STAMP) },
	{ "account", lie_account, L(ACCOUNT) | L(CERT) | L(SENDER) | L(STAMP) },
	{ "device", lie_device, L(CERT) | L(SENDER) | L(STAMP) },
	{ "credential", lie_cert,
	    L(CONTENT) | L(ACCOUNT) | L(CERT) | L(SENDER) },
	{ "nobody registered it", lie_registrar,
	    L(ACCOUNT) | L(CERT) | L(SENDER) },
	{ "registered under another name", lie_name, L(CONTENT) },
	{ "content", lie_content, L(TAG) },
};

static void
test_lies(void **state)
{
	struct ew w;

	(void)state;
	ew_init(&w, CS_VIEW_OF(photo));
	for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
		struct cs_capsule c = w.messages[0].capsule;
		struct cs_proof p;
		unsigned broken = 0;

		lies[i].tell(&c, &w);
		assert_int_not_equal(check(&p, &w, &c), CS_OK);
		for (int l = 0; l < CS_LINKS; l++)
			broken |= (unsigned)(p.links[l] != CS_OK) << l;
		if (broken != lies[i].broken)
			fail_msg("%s: %x, not %x", lies[i].what, broken,
			    lies[i].broken);
	}
	ew_clear(&w);
}

static void
test_operator(void **state)
{
	struct ew w;
	struct cs_proof p;
	struct cs_sign_key other;
	struct cs_buf cert = { 0 };
	const struct cs_capsule *c;

	(void)state;
	ew_init(&w, CS_VIEW_OF(photo));
	c = &w.messages[0].capsule;
	assert_ok(cs_sign_key_new(&other));
	assert_err(
	    cs_proof_check(&p, c, cs_buf_view(&w.stamp_cert), other.public),
	    CS_ERR_CERT);
	assert_err(p.links[CS_LINK_STAMP_KEY], CS_ERR_CERT);
	/* Nor is it proved then whose account it is. */
	assert_err(p.links[CS_LINK_ACCOUNT], CS_ERR_CERT);
	assert_ok(p.links[CS_LINK_TAG]);
	/* A key that the root certified, but that did not stamp this. */
	assert_ok(cs_stamp_key_cert_make(
	    &cert, other.public, EW_NOW_S - 1, EW_NOW_S + 1000, &w.root));
	assert_err(cs_proof_check(&p, c, cs_buf_view(&cert), w.root.public),
	    CS_ERR_STAMP);
	assert_ok(p.links[CS_LINK_STAMP_KEY]);
	cs_buf_free(&cert);
	ew_clear(&w);
}

/* A flag and no failure: a phone's clock may be wrong. */
static void
test_clocks(void **state)
{
	struct ew w;
	struct cs_capsule c;
	struct cs_proof p;

	(void)state;
	ew_init(&w, CS_VIEW_OF(photo));
	c = w.messages[0].capsule;
	c.claimed_ms = c.stamp.accepted_ms + CS_CLOCK_SKEW_MS;
	(void)!check(&p, &w, &c);
	assert_false(p.clocks_differ);
	c.claimed_ms++;
	(void)!check(&p, &w, &c);
	assert_true(p.clocks_differ);
	c.claimed_ms = c.stamp.accepted_ms - CS_CLOCK_SKEW_MS - 1;
	(void)!check(&p, &w, &c);
	assert_true(p.clocks_differ);
	ew_clear(&w);
}

/* There and back, and proved as before. */
static void
keep_capsule(struct ew *w, const struct cs_capsule *in)
{
	struct cs_buf b = { 0 }, again = { 0 };
	struct cs_capsule c;
	struct cs_proof p;

	assert_ok(cs_capsule_write(&b, in));
	assert_ok(cs_capsule_parse(&c, cs_buf_view(&b)));
	assert_ok(check(&p, w, &c));
	assert_ok(cs_capsule_write(&again, &c));
	assert_view_equal(cs_buf_view(&again), cs_buf_view(&b));
	for (size_t i = 0; i < b.len; i++)
		assert_int_not_equal(
		    cs_capsule_parse(&c, cs_view(b.data, i)), CS_OK);
	b.data[0] += 2;
	assert_err(cs_capsule_parse(&c, cs_buf_view(&b)), CS_ERR_VERSION);
	b.data[0] -= 2;
	b.data[0] = (uint8_t)(3 - b.data[0]);
	assert_int_not_equal(cs_capsule_parse(&c, cs_buf_view(&b)), CS_OK);
	b.data[0] = (uint8_t)(3 - b.data[0]);
	assert_ok(cs_buf_add(&b, cs_view("", 1)));
	assert_err(cs_capsule_parse(&c, cs_buf_view(&b)), CS_ERR_FORMAT);
	cs_buf_free(&b);
	cs_buf_free(&again);
}

static void
test_capsule(void **state)
{
	struct ew w;
	struct cs_capsule *c;
	struct cs_stamp batch[3];

	(void)state;
	ew_init(&w, CS_VIEW_OF(photo));
	c = &w.messages[4].capsule;
	keep_capsule(&w, c);
	/* The same of a stamp that was signed with others. */
	for (size_t i = 0; i < 3; i++) {
		batch[i] = c->stamp;
		batch[i].group_seq += i;
	}
	batch[0].batch.entry = 7;
	batch[0].batch.number = 3;
	assert_ok(cs_stamps_sign(batch, 3, w.root.public, &w.stamp_key));
	c->stamp = batch[0];
	keep_capsule(&w, c);
	ew_clear(&w);
}

static enum cs_err
check_one(void *arg)
{
	struct ew *w = arg;
	struct cs_proof p;

	return check(&p, w, &w->messages[4].capsule);
}

static void
test_allocations(void **state)
{
	struct ew w;

	(void)state;
	ew_init(&w, CS_VIEW_OF(photo));
	cs_test_allocations(check_one, &w);
	ew_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_operator),
		cmocka_unit_test(test_clocks),
		cmocka_unit_test(test_capsule),
		cmocka_unit_test(test_allocations),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
