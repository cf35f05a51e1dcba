/* SPDX-License-Identifier: MIT */
#include "programs/hub/root.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/print.h"
#include "cli/report_error.h"
#include "hub/core/root_folder.h"
#include "programs/hub/agree.h"
#include "programs/hub/hub_dir.h"
#include "store/clock.h"
#include "store/file.h"

static uint64_t
now_s(void)
{
	return cs_clock_ms() / CS_SECOND_MS;
}

/* ---- on the hub ---------------------------------------------------------- */

int
run_root_move(const struct cli_args *args)
{
	const char *dir = hub_dir(args), *path = cli_arg(args, 0);
	bool here;
	enum cs_err err;

	if (dir == NULL)
		return CLI_USAGE;
	if ((err = hub_root_here(&here, dir)))
		return no_hub(err, dir);
	err = here ? hub_root_move(dir, path) : CS_ERR_NOT_FOUND;
	switch (err) {
	case CS_OK:
		break;
	case CS_ERR_NOT_FOUND:
		return here ? cli_fail(CLI_NOT_DONE,
				  "There is no folder for %s, or the root key "
				  "was moved before; it was not moved now.",
				  path)
			    : cli_fail(CLI_NOT_DONE,
				  "The root key is not in %s: it was moved "
				  "before.",
				  dir);
	case CS_ERR_EXISTS:
		return cli_fail(CLI_NOT_DONE,
		    "There is a file %s already. Nothing was moved; give a new "
		    "name.",
		    path);
	case CS_ERR_DIGEST:
		return cli_fail(CLI_CANNOT_WRITE,
		    "What was read back from %s is not what was written. The "
		    "root key is still in %s/keys/root.key.",
		    path, dir);
	case CS_ERR_CORRUPT:
		return cli_fail(CLI_STATE,
		    "%s/keys/root.key is not the key of keys/root.pub. Nothing "
		    "was moved.",
		    dir);
	default:
		return report_error(err, "The root key could not be moved");
	}
	printf(
	    "The root key is in %s, and in %s no more.\n"
	    "Keep it offline, and a second copy elsewhere: whoever has it is "
	    "the operator,\n"
	    "and without it no key can be certified.\n",
	    path, dir);
	return CLI_OK;
}

static int
print_fingerprint(struct cs_view request)
{
	char fingerprint[HUB_ROOT_PRINT_SIZE];
	enum cs_err err = hub_root_fingerprint(fingerprint, request);

	if (err)
		return report_error(err, "The fingerprint of the request");
	printf("Fingerprint of the request: %s\n", fingerprint);
	return CLI_OK;
}

int
run_root_request(const struct cli_args *args)
{
	const char *dir = hub_dir(args), *path = cli_arg(args, 0);
	struct cs_buf request = { .max = HUB_ROOT_REQUEST_MAX };
	int status;
	enum cs_err err;

	if (dir == NULL)
		return CLI_USAGE;
	err = hub_root_request_new(&request, dir, path, now_s());
	if (err == CS_ERR_EXISTS)
		status = cli_fail(CLI_NOT_DONE,
		    "There is a file %s already. Nothing was asked for; give a "
		    "new name.",
		    path);
	else if (err == CS_ERR_NOT_FOUND)
		status = cli_fail(CLI_STATE,
		    "There is no hub in %s, or no folder for %s.", dir, path);
	else if (err)
		status = report_error(err, "The request could not be written");
	else if ((status = print_fingerprint(cs_buf_view(&request))) == CLI_OK)
		printf("The request is in %s. Where the root key is:\n"
		       "  countersignctl root sign %s ANSWER --key FILE\n"
		       "and here, with what it writes:\n"
		       "  countersignctl --hub %s root install ANSWER\n",
		    path, path, dir);
	cs_buf_free(&request);
	return status;
}

static int
not_installed(enum cs_err err, const char *dir, const char *path)
{
	switch (err) {
	case CS_ERR_NOT_FOUND:
		return cli_fail(CLI_STATE,
		    "In %s nothing waits for an answer: it was installed "
		    "before, or \"root request\" comes first.",
		    dir);
	case CS_ERR_CORRUPT:
		return cli_fail(CLI_STATE,
		    "The keys in %s/keys/next are not those of the request. "
		    "Nothing was installed; begin again with \"root request\".",
		    dir);
	case CS_ERR_MISMATCH:
		return cli_fail(CLI_NOT_VERIFIED,
		    "%s answers another request than the last one. Nothing was "
		    "installed.",
		    path);
	case CS_ERR_CERT:
	case CS_ERR_SIGNATURE:
		return cli_fail(CLI_NOT_VERIFIED,
		    "%s is not signed by this hub's operator. Nothing was "
		    "installed.",
		    path);
	case CS_ERR_EXPIRED:
		return cli_fail(CLI_NOT_VERIFIED,
		    "The certificates in %s are not for this time: they are "
		    "too old, or a clock is wrong. Nothing was installed.",
		    path);
	default:
		return report_error(err, "%s was not installed", path);
	}
}

int
run_root_install(const struct cli_args *args)
{
	const char *dir = hub_dir(args), *path = cli_arg(args, 0);
	struct cs_buf answer = { .max = HUB_ROOT_ANSWER_MAX };
	bool here;
	enum cs_err err;

	if (dir == NULL)
		return CLI_USAGE;
	if ((err = hub_root_here(&here, dir)))
		return no_hub(err, dir);
	if ((err = cs_file_read(&answer, path, HUB_ROOT_ANSWER_MAX))) {
		cs_buf_free(&answer);
		return report_error(err, "%s", path);
	}
	err = hub_root_install(dir, cs_buf_view(&answer), now_s());
	cs_buf_free(&answer);
	if (err)
		return not_installed(err, dir, path);
	printf("The keys are new. A hub that runs takes them up by itself.\n");
	return CLI_OK;
}

/* ---- where the root key is ------------------------------------------------
 */

static void
show_key(const struct hub_root_wish *key)
{
	char public[2 * CS_TLS_PUBLIC_LEN + 1];

	cs_hex(public, cs_view(key->public, hub_root_kind_len(key->kind)));
	printf("  the key that %-36s ", hub_root_kind_text(key->kind));
	cli_print_day(stdout, key->not_before * CS_SECOND_MS);
	printf(" to ");
	cli_print_day(stdout, key->not_after * CS_SECOND_MS);
	printf("\n    %s\n", public);
}

static int
show_request(const struct hub_root_request *request, struct cs_view bytes)
{
	char root[CS_BASE64URL_SIZE(CS_KEY_LEN)];

	cs_base64url(root, CS_VIEW_OF(request->root));
	printf("The hub \"%s\" asks the operator %s\nto certify:\n",
	    request->name, root);
	for (size_t i = 0; i < request->n; i++)
		show_key(&request->keys[i]);
	if (request->n == HUB_ROOT_KEYS_OF_A_HUB)
		printf("It names no desk.\n");
	return print_fingerprint(bytes);
}

static int
read_root(struct cs_sign_key *out, const struct cli_args *args)
{
	const char *path = cli_value(args, "key");
	struct cs_buf seed = { .max = 64 };
	int status = CLI_OK;
	enum cs_err err;

	if (path == NULL)
		return cli_fail(CLI_USAGE,
		    "Say where the root key is: --key FILE, as \"root move\" "
		    "wrote it.");
	err = cs_file_read(&seed, path, CS_SIGN_SEED_LEN);
	if (err == CS_ERR_LIMIT ||
	    (err == CS_OK && seed.len != CS_SIGN_SEED_LEN))
		status = cli_fail(CLI_STATE, "%s is no root key.", path);
	else if (err || (err = cs_sign_key_from_seed(out, seed.data)))
		status = report_error(err, "%s", path);
	cs_buf_free(&seed);
	return status;
}

static int
refused(enum cs_err err, const char *path)
{
	switch (err) {
	case CS_ERR_MISMATCH:
		return cli_fail(CLI_NOT_VERIFIED,
		    "%s asks another operator than the one of this root key. "
		    "Nothing was signed.",
		    path);
	case CS_ERR_LIMIT:
		return cli_fail(CLI_NOT_VERIFIED,
		    "%s asks for longer than such keys may be certified. "
		    "Nothing was signed.",
		    path);
	case CS_ERR_EXPIRED:
		return cli_fail(CLI_NOT_VERIFIED,
		    "%s asks for a time in which this machine's clock is not: "
		    "the request is old, or a clock is wrong. Nothing was "
		    "signed.",
		    path);
	default:
		return report_error(err, "%s is no request", path);
	}
}

static int
sign(struct cs_view request, const struct cs_sign_key *root,
    const struct cli_args *args)
{
	static const struct hub_question question = {
		"Is it the fingerprint that the hub printed, and shall all of "
		"this be signed?",
		"signs",
		"Nothing was signed.",
	};
	const char *path = cli_arg(args, 0), *answer_path = cli_arg(args, 1);
	struct cs_buf answer = { .max = HUB_ROOT_ANSWER_MAX };
	struct hub_root_request parsed;
	int status;
	enum cs_err err;

	if ((err = hub_root_request_parse(&parsed, request)))
		return report_error(err, "%s is no request", path);
	if ((err = hub_root_request_check(&parsed, root->public, now_s())))
		return refused(err, path);
	if ((status = show_request(&parsed, request)) != CLI_OK ||
	    (status = hub_agree(args, &question)) != CLI_OK)
		return status;
	err = hub_root_answer_make(&answer, request, root, now_s());
	if (err == CS_OK)
		err = cs_file_create(answer_path, cs_buf_view(&answer), 0644);
	cs_buf_free(&answer);
	if (err)
		return report_error(err, "%s", answer_path);
	printf("The answer is in %s, for the hub.\n", answer_path);
	return CLI_OK;
}

int
run_root_sign(const struct cli_args *args)
{
	const char *path = cli_arg(args, 0);
	struct cs_buf request = { .max = HUB_ROOT_REQUEST_MAX };
	struct cs_sign_key root = { 0 };
	int status = read_root(&root, args);
	enum cs_err err;

	if (status != CLI_OK)
		goto out;
	if ((err = cs_file_read(&request, path, HUB_ROOT_REQUEST_MAX)))
		status = report_error(err, "%s", path);
	else
		status = sign(cs_buf_view(&request), &root, args);
out:
	cs_wipe(&root, sizeof root);
	cs_buf_free(&request);
	return status;
}
