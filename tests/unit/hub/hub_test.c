/* SPDX-License-Identifier: MIT */
#include <sys/stat.h>

#include "base/text.h"
#include "crypto/hash.h"
#include "crypto/init.h"
#include "franking/cert.h"
#include "hub/admin.h"
#include "hub/core/keys.h"
#include "hub/core/schema.h"
#include <time.h>

#include "hub/hub.h"
#include "hub/watch.h"
#include "support/temp_dir.h"

static struct temp_dir
hub_new(void)
{
	struct temp_dir d = temp_dir_new();

	assert_ok(cs_hub_init(
	    temp_path(&d, "hub"), "hub.example", "127.0.0.1", 8443));
	return d;
}

static struct cs_buf
file_of(const struct temp_dir *d, const char *name)
{
	return cs_test_read_file(temp_path(d, name));
}

static bool
same_file(
    const struct cs_buf *before, const struct temp_dir *d, const char *name)
{
	struct cs_buf now = file_of(d, name);
	bool same = cs_view_equal(cs_buf_view(before), cs_buf_view(&now));

	cs_buf_free(&now);
	return same;
}

/* A second one would be a second operator. */
/* Seconds until the first of the hub's certificates ends. */
static enum cs_err
left_of(int64_t *left, const char *dir)
{
	struct cs_hub_troubles t;
	enum cs_err err = cs_hub_troubles(&t, dir, (uint64_t)time(NULL));

	*left = t.keys_left_s;
	return err;
}

static void
test_init(void **state)
{
	static const char *const private[] = { "hub/keys/root.key",
		"hub/keys/stamp.key", "hub/keys/external.key",
		"hub/keys/tls.key", "hub/hub.db" };
	struct temp_dir d = hub_new();
	struct cs_buf root = file_of(&d, "hub/keys/root.key");
	struct stat st;

	(void)state;
	assert_err(cs_hub_init(temp_path(&d, "hub"), "other.example",
		       "127.0.0.1", 8444),
	    CS_ERR_EXISTS);
	assert_true(same_file(&root, &d, "hub/keys/root.key"));
	for (size_t i = 0; i < sizeof private / sizeof private[0]; i++) {
		assert_int_equal(stat(temp_path(&d, private[i]), &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
	}
	cs_buf_free(&root);
	temp_dir_clear(&d);
}

static void
test_init_limits(void **state)
{
	struct temp_dir d = temp_dir_new();
	char long_name[257], long_host[65];
	struct stat st;

	(void)state;
	memset(long_name, 'h', 256);
	memset(long_host, '1', 64);
	long_name[256] = long_host[64] = '\0';
	assert_err(
	    cs_hub_init(temp_path(&d, "hub"), long_name, "127.0.0.1", 8443),
	    CS_ERR_LIMIT);
	assert_err(
	    cs_hub_init(temp_path(&d, "hub"), "hub.example", long_host, 8443),
	    CS_ERR_LIMIT);
	assert_int_not_equal(stat(temp_path(&d, "hub"), &st), 0);
	temp_dir_clear(&d);
}

static bool
contains(const struct cs_buf *b, const char *what)
{
	return b->len != 0 &&
	    memmem(b->data, b->len, what, strlen(what)) != NULL;
}

/* Whoever reads the database does not get in with it. */
static void
test_invite(void **state)
{
	struct temp_dir d = hub_new();
	char link[CS_HUB_LINK_SIZE], root[CS_HUB_ROOT_TEXT_SIZE], code[64];
	struct cs_buf file;
	struct cs_db *db;
	uint8_t hash[32];
	uint64_t n;

	(void)state;
	assert_ok(cs_hub_invite(link, temp_path(&d, "hub"), 3, 600));
	assert_ok(cs_hub_root(root, temp_path(&d, "hub")));
	assert_int_equal(strncmp(link, "https://hub.example:8443/i/", 27), 0);
	assert_string_equal(strchr(link, '#') + 1, root);
	snprintf(
	    code, sizeof code, "%.*s", (int)strcspn(link + 27, "#"), link + 27);
	assert_int_equal(strlen(code), 22);
	assert_ok(cs_sha256(hash, cs_view_str(code)));
	assert_ok(cs_db_open(
	    &db, temp_path(&d, "hub/hub.db"), CS_DB_SHARED, &cs_hub_schema));
	assert_ok(cs_db_get_int(&n, db, "SELECT uses FROM invite WHERE hash=?",
	    cs_blob(CS_VIEW_OF(hash))));
	assert_int_equal(n, 3);
	/* Into the main file, and closed. */
	assert_ok(cs_db_vacuum(db));
	cs_db_close(db);
	file = file_of(&d, "hub/hub.db");
	assert_true(contains(&file, "invite"));
	assert_false(contains(&file, code));
	cs_buf_free(&file);
	temp_dir_clear(&d);
}

static void
test_summary(void **state)
{
	static const uint8_t desk_key[32] = { 9 };
	struct temp_dir d = hub_new();
	struct cs_hub_summary s;
	struct cs_db *db;

	(void)state;
	assert_ok(cs_hub_summarize(&s, temp_path(&d, "hub")));
	assert_string_equal(s.name, "hub.example");
	assert_string_equal(s.host, "127.0.0.1");
	assert_int_equal(s.port, 8443);
	assert_int_equal(s.accounts + s.disabled + s.groups + s.entries +
		s.blobs + s.reports,
	    0);
	assert_false(s.desk);
	assert_ok(cs_hub_join_desk(temp_path(&d, "hub"), desk_key, desk_key));
	assert_ok(cs_db_open(
	    &db, temp_path(&d, "hub/hub.db"), CS_DB_SHARED, &cs_hub_schema));
	assert_ok(cs_db_exec(db,
	    "INSERT INTO account(id,handle,key,registrar,cert,created,"
	    "disabled) VALUES(x'01','alma',x'01',x'',x'',0,0),"
	    "(x'02','boris',x'02',x'',x'',0,1)"));
	assert_ok(cs_db_exec(db,
	    "INSERT INTO grp(id,seq,chain,epoch,last_ms,created)"
	    " VALUES(x'01',5,x'',0,0,0),(x'02',6,x'',0,0,0)"));
	cs_db_close(db);
	assert_ok(cs_hub_summarize(&s, temp_path(&d, "hub")));
	assert_int_equal(s.accounts, 2);
	assert_int_equal(s.disabled, 1);
	assert_int_equal(s.groups, 2);
	assert_int_equal(s.entries, 11);
	assert_true(s.desk);
	temp_dir_clear(&d);
}

/* The external sender stands in every group, so its key stays. */
static void
test_renew(void **state)
{
	struct temp_dir d = hub_new();
	struct cs_buf root = file_of(&d, "hub/keys/root.key");
	struct cs_buf external = file_of(&d, "hub/keys/external.key");
	struct cs_buf stamp = file_of(&d, "hub/keys/stamp.key");
	struct cs_buf tls = file_of(&d, "hub/keys/tls.key");
	struct cs_stamp_key_cert cert;
	struct cs_sign_key key;
	struct cs_buf b;
	uint8_t public[32];

	(void)state;
	assert_ok(cs_hub_renew(temp_path(&d, "hub")));
	assert_true(same_file(&root, &d, "hub/keys/root.key"));
	assert_true(same_file(&external, &d, "hub/keys/external.key"));
	assert_false(same_file(&stamp, &d, "hub/keys/stamp.key"));
	assert_false(same_file(&tls, &d, "hub/keys/tls.key"));
	/* Key and certificate belong together. */
	assert_ok(hub_root_public(public, temp_path(&d, "hub")));
	b = file_of(&d, "hub/keys/stamp.cert");
	assert_ok(cs_stamp_key_cert_parse(
	    &cert, cs_buf_view(&b), CS_VIEW_OF(public)));
	cs_buf_free(&b);
	b = file_of(&d, "hub/keys/stamp.key");
	assert_int_equal(b.len, CS_SIGN_SEED_LEN);
	assert_ok(cs_sign_key_from_seed(&key, b.data));
	assert_memory_equal(cert.public, key.public, 32);
	cs_buf_free(&b);
	/* The root may be elsewhere: then nothing can be renewed. */
	assert_int_equal(unlink(temp_path(&d, "hub/keys/root.key")), 0);
	assert_err(cs_hub_renew(temp_path(&d, "hub")), CS_ERR_NOT_FOUND);
	cs_buf_free(&root);
	cs_buf_free(&external);
	cs_buf_free(&stamp);
	cs_buf_free(&tls);
	temp_dir_clear(&d);
}

/* Replace ${name} by ${text}. */
static void
put(const struct temp_dir *d, const char *name, const char *text)
{
	FILE *f = fopen(temp_path(d, name), "wb");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void
test_expires(void **state)
{
	struct temp_dir d = hub_new();
	int64_t left = 0;

	(void)state;
	assert_ok(left_of(&left, temp_path(&d, "hub")));
	assert_true(left > HUB_STAMP_DAYS * 86400 - 600);
	assert_true(left <= HUB_STAMP_DAYS * 86400);
	put(&d, "hub/keys/stamp.cert", "not a certificate");
	assert_int_not_equal(left_of(&left, temp_path(&d, "hub")), CS_OK);
	assert_int_equal(unlink(temp_path(&d, "hub/keys/stamp.cert")), 0);
	assert_err(left_of(&left, temp_path(&d, "hub")), CS_ERR_NOT_FOUND);
	temp_dir_clear(&d);
}

static void
never_ready(const struct cs_hub_ready *at)
{
	(void)at;
	fail_msg("a hub that cannot be is ready");
}

static void
never_told(const char *sentence)
{
	fail_msg("a hub that cannot be says: %s", sentence);
}

static void
test_missing(void **state)
{
	struct temp_dir d = temp_dir_new();
	char link[CS_HUB_LINK_SIZE], root[CS_HUB_ROOT_TEXT_SIZE];
	struct cs_hub_summary s;
	int64_t left;
	const char *none = temp_path(&d, "none");
	struct stat st;

	(void)state;
	assert_err(cs_hub_run(none, never_ready, never_told), CS_ERR_NOT_FOUND);
	assert_err(cs_hub_invite(link, none, 1, 60), CS_ERR_NOT_FOUND);
	assert_err(cs_hub_root(root, none), CS_ERR_NOT_FOUND);
	assert_err(cs_hub_renew(none), CS_ERR_NOT_FOUND);
	assert_err(left_of(&left, none), CS_ERR_NOT_FOUND);
	assert_err(cs_hub_summarize(&s, none), CS_ERR_NOT_FOUND);
	/* Asking makes nothing. */
	assert_int_not_equal(stat(none, &st), 0);
	/* A folder without a hub is none, either. */
	assert_err(
	    cs_hub_run(d.path, never_ready, never_told), CS_ERR_NOT_FOUND);
	temp_dir_clear(&d);
}

/* What does not belong together does not run. */
static void
test_damaged(void **state)
{
	struct temp_dir d = hub_new();
	char root[CS_HUB_ROOT_TEXT_SIZE];

	(void)state;
	put(&d, "hub/keys/stamp.key", "0123456789abcdef0123456789abcdef");
	assert_err(cs_hub_run(temp_path(&d, "hub"), never_ready, never_told),
	    CS_ERR_CORRUPT);
	put(&d, "hub/keys/stamp.key", "short");
	assert_err(cs_hub_run(temp_path(&d, "hub"), never_ready, never_told),
	    CS_ERR_CORRUPT);
	put(&d, "hub/keys/root.pub", "short\n");
	assert_err(cs_hub_root(root, temp_path(&d, "hub")), CS_ERR_CORRUPT);
	put(&d, "hub/hub.conf", "nothing\n");
	assert_err(cs_hub_run(temp_path(&d, "hub"), never_ready, never_told),
	    CS_ERR_CORRUPT);
	temp_dir_clear(&d);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_init),
		cmocka_unit_test(test_init_limits),
		cmocka_unit_test(test_invite),
		cmocka_unit_test(test_summary),
		cmocka_unit_test(test_renew),
		cmocka_unit_test(test_expires),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_damaged),
	};

	/* The hubs that are started here are this program, too. */
	if (argc == 3 && strcmp(argv[1], "part") == 0)
		return cs_hub_part(argv[2]);
	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
