/* SPDX-License-Identifier: MIT */
/* A hub's folder without its root key: nothing is lost, and nothing half done
 * stays so. */
#include <sys/stat.h>
#include <time.h>

#include "crypto/init.h"
#include "hub/admin.h"
#include "hub/core/keys.h"
#include "hub/core/root_folder.h"
#include "support/hub_signer.h"
#include "support/temp_dir.h"

static const uint8_t desk_seal[CS_KEY_LEN] = { 9 };
static struct cs_sign_key desk_sign;

static struct temp_dir
hub_new(void)
{
	struct temp_dir d = temp_dir_new();

	assert_ok(cs_hub_init(
	    temp_path(&d, "hub"), "hub.example", "127.0.0.1", 8443));
	return d;
}

static bool
is_there(const struct temp_dir *d, const char *name)
{
	struct stat st;

	return stat(temp_path(d, name), &st) == 0;
}

static void
put(const struct temp_dir *d, const char *name, struct cs_view content)
{
	FILE *f = fopen(temp_path(d, name), "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(content.data, 1, content.len, f), content.len);
	assert_int_equal(fclose(f), 0);
}

static uint64_t
now(void)
{
	return (uint64_t)time(NULL);
}

/* Does what is in keys/ belong together?  As a hub that starts asks. */
static enum cs_err
load(const struct temp_dir *d)
{
	struct hub_key_files files = { 0 };
	struct hub_keyring *keys = NULL;
	enum cs_err err = hub_key_files_read(&files, temp_path(d, "hub"));

	if (err == CS_OK)
		err = hub_keyring_new(&keys, &files, now() * CS_SECOND_MS);
	hub_keyring_free(keys);
	hub_key_files_clear(&files);
	return err;
}

/* The root key of ${d}, moved to "root". */
static struct cs_sign_key
move_root(const struct temp_dir *d)
{
	struct cs_sign_key root;
	struct cs_buf seed;

	assert_ok(hub_root_move(temp_path(d, "hub"), temp_path(d, "root")));
	seed = cs_test_read_file(temp_path(d, "root"));
	assert_int_equal(seed.len, CS_SIGN_SEED_LEN);
	assert_ok(cs_sign_key_from_seed(&root, seed.data));
	cs_buf_free(&seed);
	return root;
}

static void
test_move(void **state)
{
	struct temp_dir d = hub_new();
	struct cs_sign_key root;
	struct cs_hub_summary s;
	uint8_t public[CS_KEY_LEN];
	struct stat st;
	bool here;

	(void)state;
	assert_ok(hub_root_here(&here, temp_path(&d, "hub")));
	assert_true(here);
	/* What is there is not written into, not even through a link. */
	put(&d, "taken", cs_view_str("mine"));
	assert_int_equal(
	    symlink(temp_path(&d, "nowhere"), temp_path(&d, "link")), 0);
	assert_err(hub_root_move(temp_path(&d, "hub"), temp_path(&d, "taken")),
	    CS_ERR_EXISTS);
	assert_err(hub_root_move(temp_path(&d, "hub"), temp_path(&d, "link")),
	    CS_ERR_EXISTS);
	assert_err(
	    hub_root_move(temp_path(&d, "hub"), temp_path(&d, "no/file")),
	    CS_ERR_NOT_FOUND);
	assert_true(is_there(&d, "hub/keys/root.key"));
	assert_false(is_there(&d, "nowhere"));
	root = move_root(&d);
	assert_ok(hub_root_public(public, temp_path(&d, "hub")));
	assert_memory_equal(root.public, public, sizeof public);
	assert_int_equal(stat(temp_path(&d, "root"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_false(is_there(&d, "hub/keys/root.key"));
	assert_ok(cs_hub_summarize(&s, temp_path(&d, "hub")));
	assert_false(s.root_here);
	assert_err(hub_root_move(temp_path(&d, "hub"), temp_path(&d, "again")),
	    CS_ERR_NOT_FOUND);
	assert_false(is_there(&d, "again"));
	assert_ok(load(&d));
	temp_dir_clear(&d);
}

/* Cut off between overwriting and removing, and another key in its place. */
static void
test_move_leftovers(void **state)
{
	static const uint8_t zeroes[CS_SIGN_SEED_LEN];
	struct temp_dir d = hub_new();

	(void)state;
	put(&d, "hub/keys/root.key",
	    cs_view_str("0123456789abcdef0123456789abcdef"));
	assert_err(hub_root_move(temp_path(&d, "hub"), temp_path(&d, "root")),
	    CS_ERR_CORRUPT);
	assert_false(is_there(&d, "root"));
	assert_true(is_there(&d, "hub/keys/root.key"));
	put(&d, "hub/keys/root.key", CS_VIEW_OF(zeroes));
	assert_err(hub_root_move(temp_path(&d, "hub"), temp_path(&d, "root")),
	    CS_ERR_NOT_FOUND);
	assert_false(is_there(&d, "root"));
	assert_false(is_there(&d, "hub/keys/root.key"));
	temp_dir_clear(&d);
}

/* Ask, and have ${root} answer. */
static void
ask(struct cs_buf *answer, const struct temp_dir *d, const char *name,
    const struct cs_sign_key *root)
{
	struct cs_buf request = { 0 };

	assert_ok(hub_root_request_new(
	    &request, temp_path(d, "hub"), temp_path(d, name), now()));
	cs_buf_reset(answer);
	assert_ok(
	    hub_root_answer_make(answer, cs_buf_view(&request), root, now()));
	cs_buf_free(&request);
}

static void
test_install(void **state)
{
	struct temp_dir d = hub_new();
	struct cs_sign_key root = move_root(&d);
	struct cs_buf stamp =
	    cs_test_read_file(temp_path(&d, "hub/keys/stamp.key"));
	struct cs_buf answer = { 0 }, older = { 0 }, is = { 0 };
	uint8_t seal[CS_KEY_LEN], sign[CS_KEY_LEN];

	(void)state;
	assert_err(
	    hub_root_install(temp_path(&d, "hub"), cs_view_str("x"), now()),
	    CS_ERR_NOT_FOUND);
	ask(&older, &d, "first", &root);
	assert_ok(hub_root_desk_ask(
	    temp_path(&d, "hub"), desk_seal, desk_sign.public));
	ask(&answer, &d, "request", &root);
	/* Asking changes nothing; the last request counts. */
	is = cs_test_read_file(temp_path(&d, "hub/keys/stamp.key"));
	assert_true(cs_view_equal(cs_buf_view(&is), cs_buf_view(&stamp)));
	cs_buf_free(&is);
	assert_ok(load(&d));
	assert_err(
	    hub_root_install(temp_path(&d, "hub"), cs_buf_view(&older), now()),
	    CS_ERR_MISMATCH);
	assert_ok(hub_root_install(
	    temp_path(&d, "hub"), cs_buf_view(&answer), now()));
	is = cs_test_read_file(temp_path(&d, "hub/keys/stamp.key"));
	assert_false(cs_view_equal(cs_buf_view(&is), cs_buf_view(&stamp)));
	assert_ok(load(&d));
	assert_ok(hub_desk_public(temp_path(&d, "hub"), seal, sign));
	assert_memory_equal(seal, desk_seal, sizeof seal);
	assert_memory_equal(sign, desk_sign.public, sizeof sign);
	assert_false(is_there(&d, "hub/keys/desk.asks"));
	assert_false(is_there(&d, "hub/keys/next/stamp.key"));
	assert_err(
	    hub_root_install(temp_path(&d, "hub"), cs_buf_view(&answer), now()),
	    CS_ERR_NOT_FOUND);
	/* The desk that has joined is in the next request by itself. */
	ask(&answer, &d, "next", &root);
	assert_ok(hub_root_install(
	    temp_path(&d, "hub"), cs_buf_view(&answer), now()));
	assert_ok(hub_desk_public(temp_path(&d, "hub"), seal, sign));
	assert_memory_equal(seal, desk_seal, sizeof seal);
	cs_buf_free(&stamp);
	cs_buf_free(&is);
	cs_buf_free(&older);
	cs_buf_free(&answer);
	temp_dir_clear(&d);
}

/* Whatever is wrong is found before anything changes. */
static void
test_not_installed(void **state)
{
	struct temp_dir d = hub_new();
	struct cs_sign_key root = move_root(&d), other;
	struct cs_buf answer = { 0 }, request = { 0 };
	const char *hub;

	(void)state;
	ask(&answer, &d, "request", &root);
	hub = temp_path(&d, "hub");
	answer.data[answer.len / 2] ^= 1;
	assert_int_not_equal(
	    hub_root_install(hub, cs_buf_view(&answer), now()), CS_OK);
	answer.data[answer.len / 2] ^= 1;
	assert_err(hub_root_install(hub, cs_buf_view(&answer),
		       now() + (HUB_STAMP_DAYS + 1) * CS_DAY_S),
	    CS_ERR_EXPIRED);
	/* A key that is not the one of the request. */
	assert_ok(cs_sign_key_new(&other));
	assert_ok(hub_key_write(hub, "keys/next/stamp.key", &other));
	assert_err(
	    hub_root_install(hub, cs_buf_view(&answer), now()), CS_ERR_CORRUPT);
	assert_ok(load(&d));
	assert_false(is_there(&d, "hub/keys/next/answer"));
	/* A name that is taken leaves the request that waits. */
	assert_err(hub_root_request_new(&request, temp_path(&d, "hub"),
		       temp_path(&d, "request"), now()),
	    CS_ERR_EXISTS);
	assert_true(is_there(&d, "hub/keys/next/request"));
	/* The root came back and did it: what waited is gone. */
	put(&d, "hub/keys/root.key", CS_VIEW_OF(root.seed));
	assert_ok(cs_hub_renew(temp_path(&d, "hub")));
	assert_err(
	    hub_root_install(temp_path(&d, "hub"), cs_buf_view(&answer), now()),
	    CS_ERR_NOT_FOUND);
	cs_buf_free(&answer);
	cs_buf_free(&request);
	temp_dir_clear(&d);
}

/* Killed after any of the renames: the same command completes it. */
static void
test_killed(void **state)
{
	static const char *const names[] = { "stamp.key", "stamp.cert",
		"tls.key", "tls.pem", "external.cert", "registrar.cert" };
	char from[64], to[64];

	(void)state;
	for (size_t n = 0; n <= sizeof names / sizeof names[0]; n++) {
		struct temp_dir d = hub_new();
		struct cs_sign_key root = move_root(&d);
		struct cs_buf answer = { 0 };

		ask(&answer, &d, "request", &root);
		/* A folder in the way of the last file stops it there. */
		assert_int_equal(
		    unlink(temp_path(&d, "hub/keys/registrar.cert")), 0);
		assert_int_equal(
		    mkdir(temp_path(&d, "hub/keys/registrar.cert"), 0700), 0);
		assert_int_not_equal(hub_root_install(temp_path(&d, "hub"),
					 cs_buf_view(&answer), now()),
		    CS_OK);
		assert_int_equal(
		    rmdir(temp_path(&d, "hub/keys/registrar.cert")), 0);
		/* Back to where ${n} of them had gone. */
		for (size_t i = n; i + 1 < sizeof names / sizeof names[0];
		     i++) {
			snprintf(from, sizeof from, "hub/keys/%s", names[i]);
			snprintf(to, sizeof to, "hub/keys/next/%s", names[i]);
			assert_int_equal(
			    rename(temp_path(&d, from), temp_path(&d, to)), 0);
		}
		assert_true(is_there(&d, "hub/keys/next/answer"));
		assert_ok(hub_root_install(
		    temp_path(&d, "hub"), cs_buf_view(&answer), now()));
		assert_ok(load(&d));
		assert_false(is_there(&d, "hub/keys/next/answer"));
		cs_buf_free(&answer);
		temp_dir_clear(&d);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_move),
		cmocka_unit_test(test_move_leftovers),
		cmocka_unit_test(test_install),
		cmocka_unit_test(test_not_installed),
		cmocka_unit_test(test_killed),
	};

	if (cs_crypto_init() != CS_OK || cs_sign_key_new(&desk_sign) != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
