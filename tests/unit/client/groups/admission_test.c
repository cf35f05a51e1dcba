/* SPDX-License-Identifier: MIT */
/*
 * Coming back into a conversation after the operator took somebody out: which
 * group alma takes for it, and whom boris lets in.  There is no hub; what it
 * would show to alma is made here.
 */

#include "client/groups/admission.h"
#include "client/groups/merge.h"
#include "client/home/away.h"
#include "client/home/client.h"
#include "client/home/group.h"
#include "client/home/leaf.h"
#include "client/home/operator.h"
#include "crypto/init.h"
#include "mls/group.h"
#include "support/client_world.h"

struct world {
	struct temp_dir dir;
	struct cw_person alma, boris, mallory;
	struct cs_client *a, *b;
	struct client_group g, theirs; /* alma's, and boris' */
	struct cs_buf context;
};

static struct cs_mls_identity
identity(const struct cw_person *p)
{
	struct cs_mls_identity id = {
		.credential = cs_buf_view(&p->credential),
		.not_before_s = cs_clock_ms() / 1000 - 3600,
		.not_after_s = cs_clock_ms() / 1000 + 86400,
	};

	assert_ok(cs_signer_from_ed25519(&id.signer, &p->device_key));
	return id;
}

static struct cs_mls_group *
new_group(struct world *w, const struct cw_person *by,
    const struct cs_mls_options *opt)
{
	struct cs_view list = cs_buf_view(&w->context);
	struct cs_mls_extension exts[2];
	struct cs_mls_identity id = identity(by);
	struct cs_mls_group *mls;

	assert_true(cs_mls_extension_next(&list, &exts[0]));
	assert_true(cs_mls_extension_next(&list, &exts[1]));
	assert_ok(cs_mls_group_new(&mls, CS_SUITE_X25519_AES128,
	    client_group_id(&w->g), &id, (struct cs_mls_extensions){ exts, 2 },
	    opt));
	cs_signer_free(id.signer);
	return mls;
}

/* Add ${who} by a Welcome or, without ${joined}, only to the tree. */
static void
add(struct cs_mls_group *g, const struct cw_person *who,
    struct cs_mls_group **joined, const struct cs_mls_options *opt)
{
	struct cs_buf kp = { 0 }, secrets = { 0 };
	struct cs_buf commit = { 0 }, welcome = { 0 };
	struct cs_mls_commit_options add = { .n_add = 1 };
	struct cs_mls_identity id = identity(who);
	struct cs_mls_staged *staged;
	struct cs_view view;

	assert_ok(cs_mls_key_package_new(&kp, &secrets, NULL,
	    CS_SUITE_X25519_AES128, &id, CS_MLS_SINGLE_USE));
	view = cs_buf_view(&kp);
	add.add = &view;
	assert_ok(cs_mls_commit_new(&staged, &commit, &welcome, g, &add));
	assert_ok(cs_mls_group_merge(g, staged));
	if (joined != NULL)
		assert_ok(cs_mls_welcome_join(joined, cs_buf_view(&welcome),
		    cs_buf_view(&secrets), &id, opt, NULL));
	cs_signer_free(id.signer);
	cs_buf_free(&kp);
	cs_buf_free(&secrets);
	cs_buf_free(&commit);
	cs_buf_free(&welcome);
}

/* Remove ${n} leaves from ${leaf} on; 0: an empty commit. */
static void
commit(struct cs_mls_group *g, uint32_t leaf, size_t n)
{
	const struct cs_mls_commit_options opt = { .remove = &leaf,
		.n_remove = n };
	struct cs_buf message = { 0 }, welcome = { 0 };
	struct cs_mls_staged *staged;

	assert_ok(cs_mls_commit_new(&staged, &message, &welcome, g, &opt));
	assert_ok(cs_mls_group_merge(g, staged));
	cs_buf_free(&message);
	cs_buf_free(&welcome);
}

static struct cs_client *
home(struct world *w, const struct cw_person *p, const char *handle,
    const struct cw_person *other)
{
	struct cs_client *c = cw_home(temp_path(&w->dir, handle), p, handle);

	memset(c->link.external_sender, 8, sizeof c->link.external_sender);
	assert_ok(cw_learn(c, other));
	return c;
}

/* Alma and boris are in the group; then boris takes alma out on behalf of the
 * operator. */
static void
world_init(struct world *w)
{
	struct cs_room_policy policy = { .written = true };
	struct cs_room_operator op;
	struct cs_mls_options opt;

	memset(w, 0, sizeof *w);
	w->dir = temp_dir_new();
	cw_person_init(&w->alma, "alma");
	cw_person_init(&w->boris, "boris");
	cw_person_init(&w->mallory, "mallory");
	w->a = home(w, &w->alma, "alma", &w->boris);
	w->b = home(w, &w->boris, "boris", &w->alma);
	op = client_room_operator(w->a);
	/* Boris is the owner, and so can remove alma. */
	memcpy(policy.owner, w->boris.account, sizeof policy.owner);
	assert_ok(
	    cs_room_context_write(&w->context, &op, cs_view(NULL, 0), &policy));
	memcpy(w->g.id, "0123456789abcdef", 16);
	w->g.id_len = 16;
	w->g.registered = true;
	w->theirs = w->g;
	assert_non_null(w->g.check = client_leaf_check_new(w->a));
	opt = client_mls_options(w->g.check);
	w->g.mls = new_group(w, &w->alma, &opt);
	assert_non_null(w->theirs.check = client_leaf_check_new(w->b));
	opt = client_mls_options(w->theirs.check);
	add(w->g.mls, &w->boris, &w->theirs.mls, &opt);
	w->g.state = CS_CLIENT_LEFT;
	assert_ok(client_group_store(w->a, &w->g));
	assert_ok(client_away_add(w->a, &w->g, "alma"));
	commit(w->theirs.mls, cs_mls_group_own_leaf(w->g.mls), 1);
}

static void
world_clear(struct world *w)
{
	client_group_clear(&w->g);
	client_group_clear(&w->theirs);
	cs_client_close(w->a);
	cs_client_close(w->b);
	cs_buf_free(&w->context);
	cs_buf_free(&w->alma.credential);
	cs_buf_free(&w->boris.credential);
	cs_buf_free(&w->mallory.credential);
	temp_dir_clear(&w->dir);
}

/* Alma enters the group that the hub shows: returns what she says of it, and
 * her commit. */
static enum cs_err
enter(struct world *w, struct cs_mls_group *shown, struct cs_buf *message,
    enum client_company company)
{
	struct client_leaf_check check = { .c = w->a };
	struct cs_mls_options opt = client_mls_options(&check);
	struct cs_mls_identity id;
	struct cs_mls_group *mls = NULL;
	struct cs_buf info = { 0 };
	enum cs_err err;

	assert_ok(client_identity(&id, w->a));
	assert_ok(cs_mls_group_info(shown, &info, CS_MLS_WITH_TREE));
	err = cs_mls_external_commit(
	    &mls, message, cs_buf_view(&info), &id, &opt, NULL);
	if (err == CS_OK)
		err = client_admission_check(
		    w->a, mls, client_group_id(&w->g), company);
	cs_mls_group_free(mls);
	cs_buf_free(&info);
	return err;
}

static enum cs_err
shows(struct world *w, struct cs_mls_group *shown)
{
	struct cs_buf message = { 0 };
	enum cs_err err = enter(w, shown, &message, CLIENT_KNOWN_COMPANY);

	cs_buf_free(&message);
	return err;
}

static void
test_the_same(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	assert_ok(shows(&w, w.theirs.mls));
	/* The group goes on while she is away. */
	commit(w.theirs.mls, 0, 0);
	assert_ok(shows(&w, w.theirs.mls));
	/* A group of another operator, one that she never was in. */
	w.a->link.external_sender[0] ^= 1;
	assert_err(shows(&w, w.theirs.mls), CS_ERR_MISMATCH);
	w.a->link.external_sender[0] ^= 1;
	w.a->self.root[0] ^= 1;
	assert_err(shows(&w, w.theirs.mls), CS_ERR_CERT);
	w.a->self.root[0] ^= 1;
	assert_ok(cs_db_exec(w.a->db, "DELETE FROM grp"));
	assert_err(shows(&w, w.theirs.mls), CS_ERR_MEMBER);
	world_clear(&w);
}

/* A device that lost its way comes back into the same group only, unless the
 * user says otherwise. */
static void
test_lost(void **state)
{
	struct cs_buf message = { 0 };
	struct world w;

	(void)state;
	world_init(&w);
	w.g.state = CS_CLIENT_ACTIVE;
	w.g.lost = true;
	assert_ok(client_group_store(w.a, &w.g));
	assert_ok(shows(&w, w.theirs.mls));
	/* The state is damaged: who was there is not known any more. */
	assert_ok(cs_db_exec(w.a->db, "UPDATE grp SET secret=x'00'"));
	assert_err(shows(&w, w.theirs.mls), CS_ERR_MEMBER);
	assert_ok(enter(&w, w.theirs.mls, &message, CLIENT_ANY_COMPANY));
	cs_buf_reset(&message);
	w.g.elsewhere = true;
	assert_ok(client_group_store(w.a, &w.g));
	assert_ok(shows(&w, w.theirs.mls));
	/* Somebody new: only if the user knows of it.  Another operator: never.
	 */
	add(w.theirs.mls, &w.mallory, NULL, NULL);
	assert_err(shows(&w, w.theirs.mls), CS_ERR_MEMBER);
	assert_ok(enter(&w, w.theirs.mls, &message, CLIENT_ANY_COMPANY));
	cs_buf_reset(&message);
	w.a->self.root[0] ^= 1;
	assert_err(
	    enter(&w, w.theirs.mls, &message, CLIENT_ANY_COMPANY), CS_ERR_CERT);
	cs_buf_free(&message);
	world_clear(&w);
}

/* Groups that a hub could make with somebody's help. */
static void
test_made_up(void **state)
{
	struct cs_mls_options opt;
	struct cs_mls_group *forged;
	struct world w;

	(void)state;
	world_init(&w);
	opt = client_mls_options(w.theirs.check);
	/* A group of that id by somebody who never was in it, with boris in the
	 * tree unasked. */
	forged = new_group(&w, &w.mallory, &opt);
	add(forged, &w.boris, NULL, NULL);
	for (int i = 0; i < 5; i++)
		commit(forged, 0, 0);
	assert_err(shows(&w, forged), CS_ERR_MEMBER);
	cs_mls_group_free(forged);
	/* By a member, and from an earlier epoch. */
	forged = new_group(&w, &w.boris, &opt);
	assert_err(shows(&w, forged), CS_ERR_REPLAY);
	cs_mls_group_free(forged);
	/* Somebody else has come in. */
	add(w.theirs.mls, &w.mallory, NULL, NULL);
	assert_err(shows(&w, w.theirs.mls), CS_ERR_MEMBER);
	world_clear(&w);
}

static enum cs_err
keep_last(void *arg, const struct cs_client_message *m)
{
	char *last = arg;

	snprintf(
	    last, 64, "%.*s", (int)m->text.len, (const char *)m->text.data);
	return CS_OK;
}

/* What boris says of alma's commit. */
static enum cs_err
let_in(struct world *w)
{
	struct cs_mls_received received = { 0 };
	struct cs_mls_staged *staged;
	struct cs_buf message = { 0 };
	enum cs_err err;

	assert_ok(enter(w, w->theirs.mls, &message, CLIENT_KNOWN_COMPANY));
	err = cs_mls_process(&received, w->theirs.mls, cs_buf_view(&message));
	cs_buf_free(&message);
	if (err)
		return err;
	assert_int_equal(received.event, CS_MLS_EVENT_COMMIT);
	staged = received.staged;
	received.staged = NULL;
	err = client_commit_merge(w->b, &w->theirs, staged);
	cs_mls_received_clear(&received);
	return err;
}

static void
test_let_in(void **state)
{
	struct client_group other = { .id = { 9 }, .id_len = 16 };
	char last[64] = "";
	struct world w;
	bool away;

	(void)state;
	world_init(&w);
	/* Somebody whom a member removed may not come back alone. */
	assert_err(let_in(&w), CS_ERR_MEMBER);
	/* Nor may somebody who was taken out of another conversation. */
	assert_ok(client_away_add(w.b, &other, "alma"));
	assert_err(let_in(&w), CS_ERR_MEMBER);
	/* Nor somebody because another account was taken out. */
	assert_ok(cw_learn(w.b, &w.mallory));
	assert_ok(client_away_add(w.b, &w.theirs, "mallory"));
	assert_err(let_in(&w), CS_ERR_MEMBER);
	assert_ok(client_away_add(w.b, &w.theirs, "alma"));
	assert_ok(client_away_add(w.b, &w.theirs, "alma"));
	assert_ok(client_away_find(&away, w.b, &w.theirs, "alma"));
	assert_true(away);
	assert_ok(let_in(&w));
	assert_ok(client_group_store(w.b, &w.theirs));
	assert_ok(cs_client_messages(w.b, CS_CLIENT_ALL, keep_last, last));
	assert_string_equal(last, "alma is back.");
	/* Only once. */
	assert_ok(client_away_find(&away, w.b, &w.theirs, "alma"));
	assert_false(away);
	assert_ok(client_away_find(&away, w.b, &w.theirs, "mallory"));
	assert_true(away);
	assert_ok(client_away_find(&away, w.b, &w.theirs, "nobody"));
	assert_false(away);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_same),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_made_up),
		cmocka_unit_test(test_let_in),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
