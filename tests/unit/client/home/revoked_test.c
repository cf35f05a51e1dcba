/* SPDX-License-Identifier: MIT */
/* Devices that ended: what is taken for true, and what follows from it. */
#include <string.h>

#include "client/groups/ended.h"
#include "client/home/group.h"
#include "client/home/pending.h"
#include "client/home/revoked.h"
#include "crypto/init.h"
#include "mls/group.h"
#include "support/client_world.h"
#include "support/test.h"

/* Alma's home; Boris has a telephone, a tablet that it let in, and a laptop
 * that the tablet let in. */
enum { PHONE, TABLET, LAPTOP, DEVICES };

struct world {
	struct temp_dir dir;
	struct cw_person alma, boris;
	struct cs_sign_key key[DEVICES];
	struct cs_buf credential[DEVICES];
	struct cs_client *c;
};

static void
let_in(struct world *w, int i, int by)
{
	uint64_t now = cs_clock_ms() / CS_SECOND_MS;
	struct cs_device_cert cert = {
		.handle = cs_view_str("boris"),
		.device = { (uint8_t)(10 + i) },
		.not_before = now - 60,
		.not_after = now + 3600,
	};

	assert_ok(cs_sign_key_new(&w->key[i]));
	memcpy(cert.account, w->boris.account, 16);
	memcpy(cert.public, w->key[i].public, 32);
	test_credential_next(&w->credential[i], cs_buf_view(&w->credential[by]),
	    &cert, &w->key[by]);
}

static void
world_init(struct world *w)
{
	memset(w, 0, sizeof *w);
	w->dir = temp_dir_new();
	cw_person_init(&w->alma, "alma");
	cw_person_init(&w->boris, "boris");
	w->c = cw_home(temp_path(&w->dir, "alma"), &w->alma, "alma");
	w->key[PHONE] = w->boris.device_key;
	assert_ok(cs_buf_set(
	    &w->credential[PHONE], cs_buf_view(&w->boris.credential)));
	let_in(w, TABLET, PHONE);
	let_in(w, LAPTOP, TABLET);
}

static void
world_clear(struct world *w)
{
	cs_client_close(w->c);
	for (int i = 0; i < DEVICES; i++)
		cs_buf_free(&w->credential[i]);
	cs_buf_free(&w->alma.credential);
	cs_buf_free(&w->boris.credential);
	temp_dir_clear(&w->dir);
}

/* ${signer}, a device of Boris, or -1 for the recovery key, ends ${device}. */
static struct cs_buf
end(struct world *w, int device, int signer)
{
	struct cs_revocation r = { .at_ms = cs_clock_ms() };
	struct cs_buf out = { 0 };

	memcpy(r.account, w->boris.account, 16);
	if (device == PHONE)
		memcpy(r.device, w->boris.device, 16);
	else
		r.device[0] = (uint8_t)(10 + device);
	assert_ok(cs_revocation_make(&out, &r,
	    cs_buf_view(&w->credential[signer < 0 ? PHONE : signer]),
	    signer < 0 ? &w->boris.account_key : &w->key[signer]));
	return out;
}

static void
learn(struct world *w, struct cs_buf bytes)
{
	assert_ok(client_revoked_learn(w->c, cs_buf_view(&bytes)));
	/* Again: no harm. */
	assert_ok(client_revoked_learn(w->c, cs_buf_view(&bytes)));
	cs_buf_free(&bytes);
}

static bool
ended(struct world *w, int i)
{
	struct cs_identity identity;
	enum cs_err err;

	assert_ok(cs_identity_peek(&identity, cs_buf_view(&w->credential[i])));
	err = client_revoked_check(w->c, &identity);
	if (err)
		assert_err(err, CS_ERR_CREDENTIAL);
	return err != CS_OK;
}

static void
test_learn(void **state)
{
	struct cs_buf bad;
	struct world w;

	(void)state;
	world_init(&w);
	assert_false(ended(&w, TABLET));
	/* What does not verify is passed over. */
	bad = end(&w, TABLET, PHONE);
	bad.data[bad.len - 1] ^= 1;
	learn(&w, bad);
	assert_false(ended(&w, TABLET));
	learn(&w, end(&w, TABLET, PHONE));
	assert_false(ended(&w, PHONE));
	assert_true(ended(&w, TABLET));
	assert_true(ended(&w, LAPTOP));
	/* A device that is out of the account, or came through one, ends no
	 * other; the recovery key does. */
	learn(&w, end(&w, PHONE, TABLET));
	learn(&w, end(&w, PHONE, LAPTOP));
	assert_false(ended(&w, PHONE));
	learn(&w, end(&w, PHONE, -1));
	assert_true(ended(&w, PHONE));
	world_clear(&w);
}

static void
make_group(struct world *w, struct client_group *g, struct cs_view kp)
{
	const struct cs_mls_commit_options add = { .add = &kp, .n_add = 1 };
	struct cs_buf commit = { 0 }, welcome = { 0 };
	struct cs_mls_identity id;
	struct cs_mls_options opt;
	struct cs_mls_staged *staged;

	memset(g, 0, sizeof *g);
	g->id_len = 16;
	g->id[0] = 1;
	g->registered = true;
	strcpy(g->name, "family");
	assert_non_null(g->check = client_leaf_check_new(w->c));
	opt = client_mls_options(g->check);
	assert_ok(client_identity(&id, w->c));
	assert_ok(cs_mls_group_new(&g->mls, CS_SUITE_X25519_AES128,
	    client_group_id(g), &id, (struct cs_mls_extensions){ NULL, 0 },
	    &opt));
	assert_ok(cs_mls_commit_new(&staged, &commit, &welcome, g->mls, &add));
	assert_ok(cs_mls_group_merge(g->mls, staged));
	assert_ok(client_group_store(w->c, g));
	cs_buf_free(&commit);
	cs_buf_free(&welcome);
}

/* A device that ended is removed from a group, whatever the hub proposes. */
static void
test_remove(void **state)
{
	struct cs_buf kp = { 0 }, secrets = { 0 };
	struct cs_mls_identity id = { .not_before_s = 0 };
	struct client_pending p;
	struct client_group g;
	struct world w;

	(void)state;
	world_init(&w);
	id.credential = cs_buf_view(&w.credential[TABLET]);
	id.not_before_s = cs_clock_ms() / CS_SECOND_MS - 60;
	id.not_after_s = id.not_before_s + 3600;
	assert_ok(cs_signer_from_ed25519(&id.signer, &w.key[TABLET]));
	assert_ok(cs_mls_key_package_new(&kp, &secrets, NULL,
	    CS_SUITE_X25519_AES128, &id, CS_MLS_SINGLE_USE));
	make_group(&w, &g, cs_buf_view(&kp));
	assert_ok(client_remove_ended(w.c, &g));
	assert_err(client_pending_load(&p, w.c, &g), CS_ERR_NOT_FOUND);
	cs_buf_free(&p.plain);
	/* Somebody's: not of this group. */
	learn(&w, end(&w, LAPTOP, PHONE));
	assert_ok(client_remove_ended(w.c, &g));
	learn(&w, end(&w, TABLET, PHONE));
	/* The commit is made and stored; there is no hub to take it. */
	assert_err(client_remove_ended(w.c, &g), CS_ERR_CLOSED);
	assert_ok(client_pending_load(&p, w.c, &g));
	cs_buf_free(&p.plain);
	cs_signer_free(id.signer);
	cs_buf_free(&kp);
	cs_buf_free(&secrets);
	client_group_clear(&g);
	world_clear(&w);
}

/* New certificates that came through a device that is ended count as little as
 * the old ones. */
static void
test_renewed(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	learn(&w, end(&w, TABLET, PHONE));
	assert_true(ended(&w, LAPTOP));
	cs_buf_reset(&w.credential[LAPTOP]);
	let_in(&w, LAPTOP, TABLET);
	assert_true(ended(&w, LAPTOP));
	/* Through one that is not. */
	cs_buf_reset(&w.credential[LAPTOP]);
	let_in(&w, LAPTOP, PHONE);
	assert_false(ended(&w, LAPTOP));
	world_clear(&w);
}

/* ${out}: the credential of another recovery key, by the account's key; or of a
 * device ${first}, by the same. */
static void
by_account_key(
    struct world *w, struct cs_buf *out, uint8_t first, struct cs_sign_key *key)
{
	uint64_t now = cs_clock_ms() / CS_SECOND_MS;
	struct cs_device_cert cert = {
		.handle = cs_view_str("boris"),
		.device = { first, 0, 0, 0, 0, 0, 0, 0, 1 },
		.not_before = now - 60,
		.not_after = now + 3600,
	};
	struct test_operator operator;

	test_operator_init(&operator, now);
	assert_ok(cs_sign_key_new(key));
	memcpy(cert.account, w->boris.account, 16);
	memcpy(cert.public, key->public, 32);
	test_credential(out, &operator, & cert, &w->boris.account_key);
	test_operator_clear(&operator);
}

/* The account's key ends in favour of the one of ${credential}; the telephone
 * stays if ${phone}. */
static struct cs_buf
replace(struct world *w, const struct cs_buf *credential, bool phone)
{
	struct cs_revocation r = { .at_ms = cs_clock_ms() };
	struct cs_identity next;
	struct cs_buf out = { 0 };

	memcpy(r.account, w->boris.account, 16);
	assert_ok(cs_identity_peek(&next, cs_buf_view(credential)));
	assert_ok(
	    cs_revocation_keep(&r, next.device.device, next.device.public));
	if (phone)
		assert_ok(cs_revocation_keep(
		    &r, w->boris.device, w->boris.device_key.public));
	assert_ok(cs_revocation_make(
	    &out, &r, cs_buf_view(credential), &w->boris.account_key));
	return out;
}

/* After the words were renewed, the old ones certify nothing and end nothing,
 * whatever the hub passes on. */
static void
test_words_renewed(void **state)
{
	struct cs_buf next = { 0 }, thief = { 0 }, device = { 0 };
	struct cs_sign_key next_key, key;
	struct cs_identity identity;
	struct cs_revocation r = { .at_ms = cs_clock_ms() };
	struct cs_buf bytes = { 0 };
	struct world w;

	(void)state;
	world_init(&w);
	by_account_key(&w, &next, 0, &next_key);
	learn(&w, replace(&w, &next, true));
	for (int i = 0; i < DEVICES; i++)
		assert_false(ended(&w, i));
	/* A device of the thief's. */
	by_account_key(&w, &device, 77, &key);
	assert_ok(cs_identity_peek(&identity, cs_buf_view(&device)));
	assert_err(client_revoked_check(w.c, &identity), CS_ERR_CREDENTIAL);
	/* The account's key ends no device any more. */
	learn(&w, end(&w, TABLET, -1));
	assert_false(ended(&w, TABLET));
	/* Nor does it end itself again: for other words, or for the same and
	 * with nobody who stays. */
	by_account_key(&w, &thief, 0, &key);
	learn(&w, replace(&w, &thief, false));
	learn(&w, replace(&w, &next, false));
	for (int i = 0; i < DEVICES; i++)
		assert_false(ended(&w, i));
	/* Devices do, and so does the key of now. */
	learn(&w, end(&w, LAPTOP, PHONE));
	assert_true(ended(&w, LAPTOP));
	memcpy(r.account, w.boris.account, 16);
	r.device[0] = 10 + TABLET;
	assert_ok(
	    cs_revocation_make(&bytes, &r, cs_buf_view(&next), &next_key));
	learn(&w, bytes);
	assert_true(ended(&w, TABLET));
	cs_buf_free(&next);
	cs_buf_free(&thief);
	cs_buf_free(&device);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_renewed),
		cmocka_unit_test(test_words_renewed),
		cmocka_unit_test(test_learn),
		cmocka_unit_test(test_remove),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
