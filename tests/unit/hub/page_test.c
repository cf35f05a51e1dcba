/* SPDX-License-Identifier: MIT */
/* Releases in a hub's folder, and where pages come in. */
#include "hub/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/init.h"
#include "hub/admin.h"
#include "hub/core/keys.h"
#include "store/file.h"
#include "support/temp_dir.h"

static struct temp_dir dir;
static char hub[256], folder[256];

static void
put(const char *name, const char *text)
{
	char path[512];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	assert_ok(cs_file_write(path, cs_view_str(text), 0644));
}

static int
setup(void **state)
{
	char inner[512];

	(void)state;
	dir = temp_dir_new();
	assert_ok(cs_crypto_init());
	snprintf(hub, sizeof hub, "%s", temp_path(&dir, "hub"));
	snprintf(folder, sizeof folder, "%s", temp_path(&dir, "release"));
	assert_ok(cs_hub_init(hub, "localhost", "127.0.0.1", 7443));
	assert_int_equal(mkdir(folder, 0700), 0);
	snprintf(inner, sizeof inner, "%s/app", folder);
	assert_int_equal(mkdir(inner, 0700), 0);
	put("index.html", "index");
	put("app/main.js", "1;");
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	temp_dir_clear(&dir);
	return 0;
}

static struct cs_hub_page
install(const char *version)
{
	struct cs_hub_page page;

	assert_ok(cs_hub_page_manifest(folder, version, NULL));
	assert_ok(cs_hub_page_install(&page, hub, folder));
	assert_string_equal(page.version, version);
	return page;
}

static void
test_releases(void **state)
{
	struct cs_hub_page one = install("1.0"), two, got = { .hash = "" };
	char begins[9];
	bool shown = false;
	int n = 0;

	(void)state;
	assert_int_equal(one.files, 2);
	assert_false(one.now);
	two = install("2.0");
	assert_string_not_equal(one.hash, two.hash);
	snprintf(begins, sizeof begins, "%.8s", one.hash);
	assert_ok(cs_hub_page_show(&got, hub, begins));
	assert_string_equal(got.hash, one.hash);
	assert_ok(cs_hub_page_show(&got, hub, one.hash));
	assert_true(install("1.0").now);
	for (got.hash[0] = '\0'; cs_hub_page_next(&got, hub) == CS_OK; n++)
		shown |= got.now && strcmp(got.hash, one.hash) == 0;
	assert_int_equal(n, 2);
	assert_true(shown);
	assert_err(cs_hub_page_show(&got, hub, ""), CS_ERR_NOT_FOUND);
	assert_err(cs_hub_page_show(&got, hub, "xyz"), CS_ERR_NOT_FOUND);
	assert_err(cs_hub_page_show(&got, hub, "now"), CS_ERR_NOT_FOUND);
	assert_err(
	    cs_hub_page_show(&got, hub, "../keys/root.key"), CS_ERR_NOT_FOUND);
}

static void
test_refused(void **state)
{
	struct cs_hub_page page;
	char link_path[512];

	(void)state;
	assert_err(cs_hub_page_install(&page, hub, folder), CS_ERR_NOT_FOUND);
	assert_err(cs_hub_page_manifest(folder, "1 0", NULL), CS_ERR_FORMAT);
	assert_ok(cs_hub_page_manifest(folder, "1.0", NULL));
	assert_err(cs_hub_page_install(&page, temp_path(&dir, "none"), folder),
	    CS_ERR_NOT_FOUND);
	/* Changed, one more, one less, another manifest. */
	put("index.html", "Index");
	assert_err(cs_hub_page_install(&page, hub, folder), CS_ERR_DIGEST);
	put("index.html", "index");
	put("more.js", "");
	assert_err(cs_hub_page_install(&page, hub, folder), CS_ERR_DIGEST);
	assert_int_equal(unlink(temp_path(&dir, "release/more.js")), 0);
	assert_ok(cs_hub_page_install(&page, hub, folder));
	put(CS_HUB_PAGE_MANIFEST, "countersign-page 1\nversion 1.0\n");
	assert_err(cs_hub_page_install(&page, hub, folder), CS_ERR_DIGEST);
	put(CS_HUB_PAGE_MANIFEST, "");
	assert_err(cs_hub_page_install(&page, hub, folder), CS_ERR_FORMAT);
	/* Names that are served nowhere, and what leads out of the folder. */
	put(".hidden", "");
	assert_err(cs_hub_page_manifest(folder, "1.0", NULL), CS_ERR_FORMAT);
	assert_int_equal(unlink(temp_path(&dir, "release/.hidden")), 0);
	snprintf(link_path, sizeof link_path, "%s/out", folder);
	assert_int_equal(symlink("/etc", link_path), 0);
	assert_err(cs_hub_page_manifest(folder, "1.0", NULL), CS_ERR_TYPE);
	assert_int_equal(unlink(link_path), 0);
	assert_int_equal(unlink(temp_path(&dir, "release/index.html")), 0);
	assert_err(cs_hub_page_manifest(folder, "1.0", NULL), CS_ERR_FORMAT);
}

/* hub.conf is read as it was written, and nothing else is taken. */
static void
test_settings(void **state)
{
	static const char *const bad[] = { "chat.example.org", "https://",
		"https://A.org", "https://a/", "https://a:", "https://a:1x",
		"https://a:123456", "http://a.org", "http://localhost.org",
		"https://a b", "*", "null", "https://a\nweb-listen b:1" };
	struct cs_hub_web web = { .host = "127.0.0.1",
		.port = 8080,
		.origins = { "https://chat.example.org",
		    "http://localhost:80" },
		.n_origins = 2 };
	struct hub_conf conf;

	(void)state;
	assert_ok(cs_hub_web_set(hub, &web));
	assert_ok(hub_conf_read(&conf, hub));
	assert_string_equal(conf.web_host, "127.0.0.1");
	assert_int_equal(conf.web_port, 8080);
	assert_int_equal(conf.n_origins, 2);
	assert_string_equal(conf.origins[1], "http://localhost:80");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		web.origins[0] = bad[i];
		assert_err(cs_hub_web_set(hub, &web), CS_ERR_MISUSE);
	}
	web.origins[0] = "https://chat.example.org";
	snprintf(web.host, sizeof web.host, "127.0.0.1.org");
	assert_err(cs_hub_web_set(hub, &web), CS_ERR_DENIED);
	snprintf(web.host, sizeof web.host, "0.0.0.0");
	assert_err(cs_hub_web_set(hub, &web), CS_ERR_DENIED);
	web.cert = temp_path(&dir, "hub/keys/tls.pem");
	web.key = "/nonexistent";
	assert_err(cs_hub_web_set(hub, &web), CS_ERR_IO);
	web.port = 0;
	assert_ok(cs_hub_web_set(hub, &web));
	assert_ok(hub_conf_read(&conf, hub));
	assert_int_equal(conf.n_origins, 0);
	assert_string_equal(conf.name, "localhost");
}

static void
test_signed(void **state)
{
	struct cs_hub_page_key key;
	struct cs_hub_page page;
	char path[512];

	(void)state;
	assert_ok(cs_hub_page_key_new(
	    &key, "example.org/page", temp_path(&dir, "page.key")));
	assert_ok(cs_hub_page_manifest(folder, "2.0.0", &key));
	assert_ok(cs_hub_page_install(&page, hub, folder));
	assert_string_equal(page.signer, "example.org/page");
	/* Its key is in the release: without its signature nobody takes it. */
	assert_ok(cs_hub_page_manifest(folder, "2.0.1", NULL));
	assert_err(cs_hub_page_install(&page, hub, folder), CS_ERR_SIGNATURE);
	snprintf(path, sizeof path, "%s/release-key.txt", folder);
	assert_int_equal(unlink(path), 0);
	assert_ok(cs_hub_page_manifest(folder, "2.0.1", NULL));
	assert_ok(cs_hub_page_install(&page, hub, folder));
	assert_string_equal(page.signer, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_releases, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_settings, setup, teardown),
		cmocka_unit_test_setup_teardown(test_signed, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
