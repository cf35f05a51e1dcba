/* SPDX-License-Identifier: MIT */
/* When a commit is due.  There is no hub, so CS_ERR_CLOSED says that one was to
 * be sent. */

#include "client/groups/upkeep.h"
#include "client/home/client.h"
#include "client/home/group.h"
#include "client/home/leaf.h"
#include "crypto/init.h"
#include "mls/group.h"
#include "support/client_world.h"

#define DAY_MS ((uint64_t)86400 * 1000)

struct world {
	struct temp_dir dir;
	struct cw_person alma, boris;
	struct cs_client *c; /* alma's */
	struct client_group g;
};

static void
add_boris(struct world *w)
{
	uint64_t now = cs_clock_ms() / 1000;
	struct cs_mls_identity id = {
		.credential = cs_buf_view(&w->boris.credential),
		.not_before_s = now - 60,
		.not_after_s = now + 3600,
	};
	struct cs_buf package = { 0 }, secrets = { 0 };
	struct cs_buf commit = { 0 }, welcome = { 0 };
	struct cs_mls_commit_options opt = { .n_add = 1 };
	struct cs_mls_staged *staged;
	struct cs_view view;

	assert_ok(cs_signer_from_ed25519(&id.signer, &w->boris.device_key));
	assert_ok(cs_mls_key_package_new(&package, &secrets, NULL,
	    CS_SUITE_X25519_AES128, &id, CS_MLS_SINGLE_USE));
	view = cs_buf_view(&package);
	opt.add = &view;
	assert_ok(
	    cs_mls_commit_new(&staged, &commit, &welcome, w->g.mls, &opt));
	assert_ok(cs_mls_group_merge(w->g.mls, staged));
	cs_signer_free(id.signer);
	cs_buf_free(&package);
	cs_buf_free(&secrets);
	cs_buf_free(&commit);
	cs_buf_free(&welcome);
}

static void
world_init(struct world *w)
{
	struct cs_mls_options opt;
	struct cs_mls_identity id;

	memset(w, 0, sizeof *w);
	w->dir = temp_dir_new();
	cw_person_init(&w->alma, "alma");
	cw_person_init(&w->boris, "boris");
	w->c = cw_home(temp_path(&w->dir, "alma"), &w->alma, "alma");
	assert_non_null(w->g.check = client_leaf_check_new(w->c));
	opt = client_mls_options(w->g.check);
	memcpy(w->g.id, "0123456789abcdef", 16);
	w->g.id_len = 16;
	w->g.registered = true;
	w->g.committed_ms = cs_clock_ms();
	assert_ok(client_identity(&id, w->c));
	assert_ok(cs_mls_group_new(&w->g.mls, CS_SUITE_X25519_AES128,
	    client_group_id(&w->g), &id, (struct cs_mls_extensions){ NULL, 0 },
	    &opt));
}

static void
world_clear(struct world *w)
{
	client_group_clear(&w->g);
	cs_client_close(w->c);
	cs_buf_free(&w->alma.credential);
	cs_buf_free(&w->boris.credential);
	temp_dir_clear(&w->dir);
}

/* What upkeep says of the group as it is now. */
static enum cs_err
look(struct world *w)
{
	assert_ok(client_group_store(w->c, &w->g));
	assert_ok(cs_db_exec(w->c->db, "UPDATE grp SET pending=NULL"));
	w->c->upkept_ms = 0;
	return client_upkeep(w->c);
}

static void
test_time(void **state)
{
	uint64_t now = cs_clock_ms();
	struct world w;

	(void)state;
	world_init(&w);
	add_boris(&w);
	assert_ok(look(&w));
	/* It is due within a day of jitter, and after a week at the latest. */
	w.g.committed_ms = now - 6 * DAY_MS + 60000;
	assert_ok(look(&w));
	w.g.committed_ms = now - 7 * DAY_MS;
	assert_err(look(&w), CS_ERR_CLOSED);
	/* Nothing is due where nobody else is, or once the group is over. */
	w.g.state = CS_CLIENT_LEFT;
	assert_ok(look(&w));
	w.g.state = CS_CLIENT_LEAVING;
	assert_ok(look(&w));
	w.g.state = CS_CLIENT_BLOCKED;
	assert_err(look(&w), CS_ERR_CLOSED);
	w.g.registered = false;
	assert_ok(look(&w));
	world_clear(&w);
}

static void
test_messages(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	add_boris(&w);
	w.g.sent = CLIENT_COMMIT_MESSAGES - 1;
	assert_ok(look(&w));
	w.g.sent = CLIENT_COMMIT_MESSAGES;
	assert_err(look(&w), CS_ERR_CLOSED);
	world_clear(&w);
}

static void
test_alone(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	w.g.committed_ms = 0;
	assert_ok(look(&w));
	add_boris(&w);
	assert_err(look(&w), CS_ERR_CLOSED);
	world_clear(&w);
}

/* Groups are not looked at again within the hour. */
static void
test_now_and_then(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	add_boris(&w);
	assert_ok(look(&w));
	w.g.committed_ms = 0;
	assert_ok(client_group_store(w.c, &w.g));
	assert_ok(client_upkeep(w.c));
	w.c->upkept_ms -= CLIENT_UPKEEP_MS;
	assert_err(client_upkeep(w.c), CS_ERR_CLOSED);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_alone),
		cmocka_unit_test(test_now_and_then),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
