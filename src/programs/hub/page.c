/* SPDX-License-Identifier: MIT */
#include "programs/hub/page.h"

#include <stdio.h>
#include <string.h>

#include "cli/print.h"
#include "cli/report_error.h"
#include "hub/admin.h"
#include "hub/page.h"
#include "programs/hub/hub_dir.h"

#define FOR_NEXT_START                                                         \
	"A hub that runs listens there once it is started anew.\n"

/* ---- where pages come in ------------------------------------------------ */

static int
not_set(enum cs_err err, const struct cs_hub_web *web, const char *dir)
{
	switch (err) {
	case CS_ERR_UNSUPPORTED:
		return cli_fail(CLI_USAGE,
		    "The key in %s is not one on the curve P-256. With certbot "
		    "it is made by \"--key-type ecdsa --elliptic-curve "
		    "secp256r1\", with uacme by \"-t EC -b 256\".",
		    web->key);
	case CS_ERR_MISMATCH:
		return cli_fail(CLI_USAGE,
		    "The key in %s is not that of the certificate in %s.",
		    web->key, web->cert);
	case CS_ERR_FORMAT:
		return cli_fail(CLI_USAGE,
		    "%s has no certificate, or %s no key, in PEM.", web->cert,
		    web->key);
	case CS_ERR_IO:
	case CS_ERR_SHARED:
		return cli_fail(
		    CLI_USAGE, "%s or %s cannot be read.", web->cert, web->key);
	case CS_ERR_DENIED:
		return cli_fail(CLI_USAGE,
		    "Without a certificate pages come in from this machine "
		    "only: listen on 127.0.0.1, with a proxy before it, or say "
		    "--cert and --key.");
	case CS_ERR_MISUSE:
		return cli_fail(CLI_USAGE,
		    "An ORIGIN is what a browser says: https://NAME or "
		    "https://NAME:PORT, in small letters and with nothing "
		    "behind; at most four.");
	default:
		return no_hub(err, dir);
	}
}

int
run_web_on(const struct cli_args *args)
{
	const char *dir = hub_dir(args);
	struct cs_hub_web web = {
		.cert = cli_value(args, "cert"),
		.key = cli_value(args, "key"),
	};
	const char *at = cli_arg(args, 0), *colon = strrchr(at, ':');
	long long port;
	enum cs_err err;

	if (dir == NULL)
		return CLI_USAGE;
	if (colon == NULL || colon == at ||
	    (size_t)(colon - at) >= sizeof web.host ||
	    memchr(at, ':', (size_t)(colon - at)) != NULL ||
	    !cli_number(&port, colon + 1, 1, 65535))
		return cli_fail(CLI_USAGE,
		    "ADDRESS:PORT is an address and a port, such as "
		    "0.0.0.0:443.");
	if ((web.cert == NULL) != (web.key == NULL))
		return cli_fail(CLI_USAGE, "--cert and --key belong together.");
	snprintf(web.host, sizeof web.host, "%.*s", (int)(colon - at), at);
	web.port = (int)port;
	for (int i = 1; i < cli_count(args) && i <= CS_HUB_WEB_ORIGINS_MAX; i++)
		web.origins[web.n_origins++] = cli_arg(args, i);
	if ((err = cs_hub_web_set(dir, &web)))
		return not_set(err, &web, dir);
	printf(
	    "Pages of %s come in on %s.\n" FOR_NEXT_START, web.origins[0], at);
	return CLI_OK;
}

int
run_web_off(const struct cli_args *args)
{
	const struct cs_hub_web none = { .port = 0 };
	const char *dir = hub_dir(args);
	enum cs_err err;

	if (dir == NULL)
		return CLI_USAGE;
	if ((err = cs_hub_web_set(dir, &none)))
		return no_hub(err, dir);
	printf("No pages come in any more, once the hub is started anew.\n");
	return CLI_OK;
}

/* ---- releases ----------------------------------------------------------- */

static int
no_release(enum cs_err err, const char *folder)
{
	switch (err) {
	case CS_ERR_NOT_FOUND:
		return cli_fail(CLI_NOT_DONE,
		    "There is no hub, or no " CS_HUB_PAGE_MANIFEST
		    " in %s: \"page manifest\" writes it.",
		    folder);
	case CS_ERR_DIGEST:
		return cli_fail(CLI_NOT_DONE,
		    "The files in %s are not those that "
		    "its " CS_HUB_PAGE_MANIFEST
		    " names. Nothing was installed.",
		    folder);
	case CS_ERR_SIGNATURE:
		return cli_fail(CLI_NOT_DONE,
		    "The release key in %s" CS_RELEASE_KEY_PATH
		    " did not sign this release, so nobody who has it would "
		    "take it. Nothing was installed.",
		    folder);
	case CS_ERR_FORMAT:
		return cli_fail(CLI_NOT_DONE,
		    "%s is no release: it needs an index.html and a version "
		    "such as 1.2.0, and names of files consist of letters, "
		    "digits, \".\", \"_\" and \"-\" and do not begin with a "
		    "dot.",
		    folder);
	case CS_ERR_LIMIT:
		return cli_fail(CLI_NOT_DONE,
		    "%s is too much: a release has at most %d files, of %d MiB "
		    "each and %d MiB together.",
		    folder, CS_RELEASE_FILES_MAX,
		    (int)(CS_RELEASE_FILE_MAX >> 20),
		    (int)(CS_RELEASE_PACK_MAX >> 20));
	case CS_ERR_TYPE:
		return cli_fail(CLI_NOT_DONE,
		    "In %s there is something that is neither file nor folder, "
		    "or cannot be read.",
		    folder);
	default:
		return report_error(err, "The release in %s", folder);
	}
}

int
run_page_key(const struct cli_args *args)
{
	const char *name = cli_arg(args, 0), *path = cli_arg(args, 1);
	struct cs_hub_page_key key;
	char text[CS_NOTE_KEY_SIZE];
	enum cs_err err = cs_hub_page_key_new(&key, name, path);

	switch (err) {
	case CS_OK:
		break;
	case CS_ERR_FORMAT:
		return cli_fail(CLI_USAGE,
		    "%.80s is no name for a key: at most %d letters without a "
		    "blank or a plus, such as chat.example.org/page.",
		    name, CS_NOTE_NAME_MAX);
	case CS_ERR_EXISTS:
		return cli_fail(CLI_NOT_DONE,
		    "%s is there already, and is not overwritten.", path);
	default:
		return report_error(err, "The new key in %s", path);
	}
	cs_note_key_text(text, &key.is);
	cs_hub_page_key_clear(&key);
	printf("%s\n", text);
	return CLI_OK;
}

int
run_page_manifest(const struct cli_args *args)
{
	const char *folder = cli_arg(args, 0), *file = cli_value(args, "key");
	struct cs_hub_page_key key;
	enum cs_err err;

	if (file != NULL && (err = cs_hub_page_key_read(&key, file)))
		return err == CS_ERR_FORMAT
		    ? cli_fail(CLI_USAGE,
			  "%s is no key: \"page key\" makes one.", file)
		    : report_error(err, "The key in %s", file);
	err = cs_hub_page_manifest(
	    folder, cli_arg(args, 1), file != NULL ? &key : NULL);
	if (file != NULL)
		cs_hub_page_key_clear(&key);
	if (err)
		return no_release(err, folder);
	printf("%s/" CS_HUB_PAGE_MANIFEST " is written%s.\n", folder,
	    file != NULL ? " and signed" : "");
	return CLI_OK;
}

int
run_page_install(const struct cli_args *args)
{
	const char *dir = hub_dir(args), *folder = cli_arg(args, 0);
	struct cs_hub_page page;
	enum cs_err err;

	if (dir == NULL)
		return CLI_USAGE;
	if ((err = cs_hub_page_install(&page, dir, folder)))
		return no_release(err, folder);
	printf("Version %s is installed, with %zu files, %s%s.\n%s\n",
	    page.version, page.files,
	    page.signer[0] != '\0' ? "signed by " : "not signed", page.signer,
	    page.hash);
	return CLI_OK;
}

static int
list_json(const char *dir)
{
	struct cs_buf text = { 0 };
	struct cs_json_writer j = cs_json_writer(&text);
	struct cs_hub_page page = { .hash = "" };
	enum cs_err err;

	cs_json_array(&j, NULL);
	while ((err = cs_hub_page_next(&page, dir)) == CS_OK) {
		cs_json_object(&j, NULL);
		cs_json_string(&j, "hash", page.hash);
		cs_json_string(&j, "version", page.version);
		cs_json_number(&j, "files", page.files);
		cs_json_number(&j, "bytes", page.bytes);
		if (page.signer[0] != '\0')
			cs_json_string(&j, "signer", page.signer);
		cs_json_bool(&j, "shown", page.now);
		cs_json_close(&j);
	}
	cs_json_close(&j);
	if (err != CS_ERR_NOT_FOUND) {
		cs_buf_free(&text);
		return report_error(err, "The releases of the page");
	}
	if ((err = cli_json_print(&j)))
		return report_error(err, "The releases of the page");
	return CLI_OK;
}

int
run_page_list(const struct cli_args *args)
{
	const char *dir = hub_dir(args);
	struct cs_hub_page page = { .hash = "" };
	enum cs_err err;

	if (dir == NULL)
		return CLI_USAGE;
	if (cli_flag(args, "json"))
		return list_json(dir);
	while ((err = cs_hub_page_next(&page, dir)) == CS_OK)
		printf("%s  %s%s\n", page.hash, page.version,
		    page.now ? "  (shown)" : "");
	if (err != CS_ERR_NOT_FOUND)
		return report_error(err, "The releases of the page");
	return CLI_OK;
}

int
run_page_use(const struct cli_args *args)
{
	const char *dir = hub_dir(args), *hash = cli_arg(args, 0);
	struct cs_hub_page page;
	enum cs_err err;

	if (dir == NULL)
		return CLI_USAGE;
	err = cs_hub_page_show(&page, dir, hash);
	if (err == CS_ERR_NOT_FOUND)
		return cli_fail(CLI_NOT_DONE,
		    "No release, or more than one, begins with %.64s: \"page "
		    "list\".",
		    hash);
	if (err == CS_ERR_DIGEST || err == CS_ERR_FORMAT)
		return cli_fail(CLI_STATE,
		    "The release %.64s is damaged: install it again. Nothing "
		    "has "
		    "changed.",
		    hash);
	if (err)
		return report_error(err, "The release %.64s", hash);
	printf(
	    "Version %s is shown from now on: %s\n", page.version, page.hash);
	return CLI_OK;
}
