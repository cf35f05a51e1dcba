/* SPDX-License-Identifier: MIT */
/* The file of heads, by which an older copy is found. */
#include <stdio.h>

#include "base/text.h"
#include "crypto/init.h"
#include "desk/core/audit.h"
#include "desk/core/head.h"
#include "desk/core/problem.h"
#include "store/file.h"
#include "unit/desk/desk_home.h"

/* Open the desk again with a desk.conf that says ${conf}. */
static enum cs_err
open_with(struct world *w, const char *conf)
{
	char path[200];

	snprintf(path, sizeof path, "%s/desk.conf", temp_path(&w->dir, "desk"));
	assert_ok(cs_file_write(path, cs_view_str(conf), 0600));
	cs_desk_close(w->d);
	w->d = NULL;
	return cs_desk_open(&w->d, temp_path(&w->dir, "desk"), none);
}

static void
write_heads(const char *path, const char *text)
{
	assert_ok(cs_file_write(path, cs_view_str(text), 0600));
}

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

static void
test_file(void **state)
{
	char conf[200], heads[160], line[400], hex[2 * CS_HASH_LEN + 1];
	uint8_t hash[CS_HASH_LEN];
	struct world w;
	uint64_t seq;

	(void)state;
	world_init(&w);
	assert_ok(cs_desk_heads_check_file(w.d)); /* there is none */
	snprintf(heads, sizeof heads, "%s", temp_path(&w.dir, "heads"));
	snprintf(conf, sizeof conf, "heads_file = \"%s\"\n", heads);
	assert_ok(open_with(&w, conf));
	assert_ok(cs_desk_heads_check_file(w.d)); /* nor in it */
	assert_ok(desk_audit_head(&seq, hash, w.d));
	cs_hex(hex, CS_VIEW_OF(hash));
	snprintf(line, sizeof line, "countersign-desk-head/1 0 %u %s 1 00\n",
	    (unsigned)seq, hex);
	write_heads(heads, line);
	assert_ok(cs_desk_heads_check_file(w.d));
	/* What comes later is later. */
	assert_ok(
	    desk_audit_note(w.d, &(struct desk_audit_event){ .what = "more" }));
	assert_ok(cs_desk_heads_check_file(w.d));
	/* Only whole lines, and the last of them. */
	snprintf(line, sizeof line,
	    "countersign-desk-head/1 0 999 %s 1 00\n"
	    "countersign-desk-head/1 0 %u %s 1 00\n"
	    "countersign-desk-head/1 0 99",
	    hex, (unsigned)seq, hex);
	write_heads(heads, line);
	assert_ok(cs_desk_heads_check_file(w.d));
	/* A later one; another one; one of a later epoch. */
	write_heads(heads, "countersign-desk-head/1 0 999 " ZEROS " 1 00\n");
	assert_err(cs_desk_heads_check_file(w.d), CS_ERR_CHAIN);
	assert_non_null(strstr(cs_desk_problem(w.d), "older copy"));
	write_heads(heads, "countersign-desk-head/1 0 1 " ZEROS " 1 00\n");
	assert_err(cs_desk_heads_check_file(w.d), CS_ERR_CHAIN);
	assert_non_null(strstr(cs_desk_problem(w.d), "not the log"));
	write_heads(heads, "countersign-desk-head/1 1 1 " ZEROS " 1 00\n");
	assert_err(cs_desk_heads_check_file(w.d), CS_ERR_CHAIN);
	/* Said to be on purpose, it goes on; and not without a reason. */
	assert_err(cs_desk_accept(w.d, ""), CS_ERR_FORMAT);
	assert_err(cs_desk_heads_check_file(w.d), CS_ERR_CHAIN);
	assert_ok(cs_desk_accept(w.d, "the disk was lost"));
	assert_ok(cs_desk_heads_check_file(w.d));
	assert_ok(cs_desk_audit_verify(w.d, NULL, NULL));
	world_clear(&w);
}

static void
test_no_head(void **state)
{
	static const char *const bad[] = { "rubbish\n",
		"countersign-desk-head/2 0 1 " ZEROS " 1 00\n",
		"countersign-desk-head/1 x 1 " ZEROS " 1 00\n",
		"countersign-desk-head/1 0 1 00 1 00\n",
		"countersign-desk-head/1 0 1 " ZEROS "0 1 00\n", "\n" };
	char conf[200], heads[160];
	struct world w;

	(void)state;
	world_init(&w);
	snprintf(heads, sizeof heads, "%s", temp_path(&w.dir, "heads"));
	snprintf(conf, sizeof conf, "heads_file = \"%s\"\n", heads);
	assert_ok(open_with(&w, conf));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		write_heads(heads, bad[i]);
		assert_err(cs_desk_heads_check_file(w.d), CS_ERR_FORMAT);
	}
	world_clear(&w);
}

static void
test_conf(void **state)
{
	static const char *const bad[] = { "heads_file = 3\n",
		"heads_files = \"x\"\n", "heads_file = \"x\"\nmore = 1\n",
		"nonsense\n" };
	struct world w;

	(void)state;
	world_init(&w);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_err(open_with(&w, bad[i]), CS_ERR_FORMAT);
	assert_ok(open_with(&w, "# nothing\n"));
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_no_head),
		cmocka_unit_test(test_conf),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
