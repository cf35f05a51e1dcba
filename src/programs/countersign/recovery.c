/* SPDX-License-Identifier: MIT */
/* recover, recovery show|check|renew|keep|forget */
#include "programs/countersign/recovery.h"

#include <stdio.h>
#include <string.h>

#include "base/wipe.h"
#include "cli/secret.h"
#include "programs/countersign/home.h"
#include "programs/countersign/main.h"

/* Twelve words in lines of four, as people write them down. */
static void
print_words(const char *words)
{
	int n = 1;

	printf("  %2d ", n);
	for (const char *p = words; *p != '\0'; p++) {
		if (*p != ' ') {
			putchar(*p);
			continue;
		}
		n++;
		printf(n % 4 == 1 ? "\n  %2d " : "  %2d ", n);
	}
	putchar('\n');
}

int
recovery_show(struct cs_client *c, enum recovery_then then)
{
	char words[CS_CLIENT_WORDS_SIZE], link[CS_CLIENT_CODE_SIZE];
	enum cs_err err = cs_client_recovery_words(c, words);

	if (err)
		return cli_client_fail(c, err);
	cs_client_recovery_link(c, link);
	printf("\nThese words bring the account back when all its devices are "
	       "lost. Write them down on paper, now:\n\n");
	print_words(words);
	cs_wipe(words, sizeof words);
	printf("\nand with them, which is no secret:\n\n  %s\n\n"
	       "Whoever has the words has the account. They work with: "
	       "countersign recover LINK\n",
	    link);
	/* Words that nobody could read are not forgotten. */
	if (fflush(stdout) != 0)
		return cli_fail(CLI_CANNOT_WRITE,
		    "The recovery words could not be shown. See them with: "
		    "countersign recovery show");
	if (then == RECOVERY_KEEP) {
		printf("They stay on this device, as you asked.\n");
		return CLI_OK;
	}
	if ((err = cs_client_recovery_forget(c)))
		return cli_client_fail(c, err);
	printf("They are not on this device any more. \"countersign recovery "
	       "check\" sees whether you wrote them down right.\n");
	return CLI_OK;
}

/* ---- recover ------------------------------------------------------------ */

/* Enter the conversations; whatever fails is continued by the next command. */
static int
settle(struct cs_client *c)
{
	enum cs_err err = cs_client_connect(c);

	printf("You are %s@%s again. Conversations and contacts come back by "
	       "themselves; messages from before were on the other devices "
	       "only. The others see that you have a new device.\n",
	    cs_client_handle(c), cs_client_hub(c));
	return err ? cli_client_fail(c, err) : CLI_OK;
}

/* Without a link: the account is here, and this device's certificates end. */
static int
renew(const struct cli_args *args)
{
	struct cs_buf words = { .max = 4096 };
	struct cs_client *c;
	enum cs_err err;
	int status = cli_open(&c, args, CLI_ONLINE);

	if (status != CLI_OK)
		return status;
	if ((status = cli_words(&words, args, "Recovery words: ")) == CLI_OK) {
		err = cs_client_renew(c, (const char *)words.data);
		if (err == CS_ERR_FORMAT || err == CS_ERR_MISMATCH)
			status =
			    cli_fail(CLI_NOT_DONE, "%s", cs_client_problem(c));
		else if (err)
			status = cli_client_fail(c, err);
		else
			printf("This device has new certificates. The other "
			       "devices that are in use follow by "
			       "themselves.\n");
	}
	cs_buf_free(&words);
	cli_close(c);
	return status;
}

int
cli_recover(const struct cli_args *args)
{
	const char *home = cli_home(args);
	struct cs_buf passphrase = { .max = 4096 }, words = { .max = 4096 };
	struct cs_client_recovery r = {
		.link = cli_count(args) != 0 ? cli_arg(args, 0) : NULL,
		.device_name = cli_device_name(args),
		.others = cli_flag(args, "remove-others")
		    ? CS_CLIENT_REMOVE_DEVICES
		    : CS_CLIENT_KEEP_DEVICES,
	};
	struct cs_client *c = NULL;
	char problem[256] = "";
	enum cs_err err;
	int status;

	if (home == NULL)
		return CLI_USAGE;
	if (cli_count(args) == 0)
		return renew(args);
	if ((status = cli_use_proxy(args)) != CLI_OK ||
	    (status = cli_new_passphrase(&passphrase, args)) != CLI_OK)
		goto out;
	if ((status = cli_words(&words, args, "Recovery words: ")) != CLI_OK)
		goto out;
	r.words = (const char *)words.data;
	err = cs_client_recover(home, &r, cs_buf_view(&passphrase), problem);
	if (err == CS_OK)
		err = cs_client_open(&c, home, cs_buf_view(&passphrase));
	if (err == CS_ERR_MISMATCH && problem[0] != '\0')
		status = cli_fail(CLI_USAGE, "%s", problem);
	else
		status = err ? cli_join_failed(err, problem, home) : settle(c);
	cli_close(c);
out:
	cs_buf_free(&passphrase);
	cs_buf_free(&words);
	return status;
}

/* ---- recovery ----------------------------------------------------------- */

int
cli_recovery_show(const struct cli_args *args)
{
	struct cs_client *c;
	int status = cli_open(&c, args, CLI_OFFLINE);

	if (status != CLI_OK)
		return status;
	status = recovery_show(
	    c, cli_flag(args, "keep") ? RECOVERY_KEEP : RECOVERY_FORGET);
	cli_close(c);
	return status;
}

/* Ask for the words, and do something with them that is refused if they are
 * wrong. */
static int
with_words(const struct cli_args *args,
    enum cs_err (*with)(struct cs_client *c, const char *words),
    const char *done)
{
	struct cs_buf words = { .max = 4096 };
	struct cs_client *c;
	enum cs_err err;
	int status = cli_open(&c, args, CLI_OFFLINE);

	if (status != CLI_OK)
		return status;
	if ((status = cli_words(&words, args, "Recovery words: ")) == CLI_OK) {
		err = with(c, (const char *)words.data);
		if (err == CS_ERR_FORMAT || err == CS_ERR_MISMATCH)
			status =
			    cli_fail(CLI_NOT_DONE, "%s", cs_client_problem(c));
		else if (err)
			status = cli_client_fail(c, err);
		else
			printf("%s\n", done);
	}
	cs_buf_free(&words);
	cli_close(c);
	return status;
}

int
cli_recovery_check(const struct cli_args *args)
{
	return with_words(args, cs_client_recovery_check,
	    "Right: these words bring this account back.");
}

/* The words that end: kept here, or asked for; none if it only broke off. */
static int
old_words(struct cs_buf *words, bool *asked, struct cs_client *c,
    const struct cli_args *args)
{
	char kept[CS_CLIENT_WORDS_SIZE];
	bool renewing;
	enum cs_err err = cs_client_recovery_renewing(&renewing, c);

	if (err)
		return cli_client_fail(c, err);
	*asked = !renewing && cs_client_recovery_words(c, kept) != CS_OK;
	cs_wipe(kept, sizeof kept);
	return *asked ? cli_words(words, args, "Recovery words of now: ")
		      : CLI_OK;
}

int
cli_recovery_renew(const struct cli_args *args)
{
	struct cs_buf words = { .max = 4096 };
	struct cs_client *c;
	bool asked = false;
	enum cs_err err;
	int status = cli_open(&c, args, CLI_ONLINE);

	if (status != CLI_OK)
		return status;
	if ((status = old_words(&words, &asked, c, args)) == CLI_OK) {
		err = cs_client_recovery_renew(
		    c, asked ? (const char *)words.data : NULL);
		if (err == CS_ERR_FORMAT || err == CS_ERR_MISMATCH)
			status =
			    cli_fail(CLI_NOT_DONE, "%s", cs_client_problem(c));
		else if (err)
			status = cli_client_fail(c, err);
		else
			printf("The old words do nothing any more.\n");
	}
	if (status == CLI_OK)
		status = recovery_show(c,
		    cli_flag(args, "keep-words") ? RECOVERY_KEEP
						 : RECOVERY_FORGET);
	cs_buf_free(&words);
	cli_close(c);
	return status;
}

int
cli_recovery_keep(const struct cli_args *args)
{
	return with_words(args, cs_client_recovery_keep,
	    "The words are on this device now. \"countersign recovery forget\" "
	    "takes them away again.");
}

int
cli_recovery_forget(const struct cli_args *args)
{
	struct cs_client *c;
	enum cs_err err;
	int status = cli_open(&c, args, CLI_OFFLINE);

	if (status != CLI_OK)
		return status;
	if ((err = cs_client_recovery_forget(c)))
		status = cli_client_fail(c, err);
	else
		printf("The recovery words are not on this device.\n");
	cli_close(c);
	return status;
}
