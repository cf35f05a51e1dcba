/* SPDX-License-Identifier: MIT */
/*
 * A Welcome must not put another group into the place of a conversation that is
 * not over, even if a stranger makes one of the same id and the hub helps.
 */

#include "client/home/client.h"
#include "client/home/group.h"
#include "client/home/members.h"
#include "crypto/init.h"
#include "mls/group.h"
#include "support/client_world.h"
#include "support/test.h"

static enum cs_err
anybody(void *arg, const struct cs_mls_auth_request *rq)
{
	(void)arg;
	(void)rq;
	return CS_OK;
}

static struct cs_mls_options
options(void)
{
	struct cs_mls_options opt = cs_mls_options_default();

	opt.auth.check = anybody;
	opt.now_s = cs_clock_ms() / 1000;
	return opt;
}

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

/* What ${to} has of a group by ${by}, called ${handle}, who commits so many
 * times before. */
static void
welcomed(struct client_group *out, const struct cw_person *by,
    const char *handle, const struct cw_person *to, int commits)
{
	struct cs_mls_options opt = options();
	struct cs_mls_identity founder = identity(by), joiner = identity(to);
	struct cs_mls_commit_options add = { .n_add = 1 };
	const struct cs_mls_commit_options none = { 0 };
	struct cs_mls_group *g;
	struct cs_mls_staged *staged;
	struct cs_buf kp = { 0 }, secrets = { 0 }, commit = { 0 },
		      welcome = { 0 };
	struct cs_view view;

	*out = (struct client_group){ .state = CS_CLIENT_ACTIVE };
	strcpy(out->added_by, handle);
	assert_ok(cs_mls_group_new(&g, 1, cs_view_str("family"), &founder,
	    (struct cs_mls_extensions){ 0 }, &opt));
	for (int i = 0; i < commits; i++) {
		assert_ok(
		    cs_mls_commit_new(&staged, &commit, &welcome, g, &none));
		assert_ok(cs_mls_group_merge(g, staged));
	}
	assert_ok(cs_mls_key_package_new(
	    &kp, &secrets, NULL, 1, &joiner, CS_MLS_SINGLE_USE));
	view = cs_buf_view(&kp);
	add.add = &view;
	assert_ok(cs_mls_commit_new(&staged, &commit, &welcome, g, &add));
	cs_mls_staged_free(staged);
	assert_ok(cs_mls_welcome_join(&out->mls, cs_buf_view(&welcome),
	    cs_buf_view(&secrets), &joiner, &opt, NULL));
	cs_mls_group_free(g);
	cs_signer_free(founder.signer);
	cs_signer_free(joiner.signer);
	cs_buf_free(&kp);
	cs_buf_free(&secrets);
	cs_buf_free(&commit);
	cs_buf_free(&welcome);
}

static void
test_replaced(void **state)
{
	struct cw_person alma, bruno, mallory;
	struct client_group was, later, older, forged;

	(void)state;
	cw_person_init(&alma, "alma");
	cw_person_init(&bruno, "bruno");
	cw_person_init(&mallory, "mallory");
	welcomed(&was, &alma, "alma", &bruno, 1);
	welcomed(&older, &alma, "alma", &bruno, 1);
	welcomed(&later, &alma, "alma", &bruno, 3);
	welcomed(&forged, &mallory, "mallory", &bruno, 9);
	/* No stranger may; a member may, but not into the past. */
	assert_err(client_group_check_replaced(&was, &forged), CS_ERR_EXISTS);
	assert_err(client_group_check_replaced(&was, &older), CS_ERR_EXISTS);
	assert_ok(client_group_check_replaced(&was, &later));
	/* Once the conversation is over, anybody who may write to alma may. */
	was.state = CS_CLIENT_LEFT;
	assert_ok(client_group_check_replaced(&was, &forged));
	client_group_clear(&was);
	client_group_clear(&older);
	client_group_clear(&later);
	client_group_clear(&forged);
	cs_buf_free(&alma.credential);
	cs_buf_free(&bruno.credential);
	cs_buf_free(&mallory.credential);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replaced),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
