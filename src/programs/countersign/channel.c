/* SPDX-License-Identifier: MIT */
/* channel new, change, list, post, publish, drop, end */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/print.h"
#include "programs/countersign/home.h"
#include "programs/countersign/main.h"
#include "programs/countersign/send.h"
#include "programs/countersign/show.h"

/* ---- showing one -------------------------------------------------------- */

static const char *const states[] = { "open", "ended", "closed" };

static void
show_json(struct cli_listing *l, const struct cs_client_channel *ch)
{
	struct cs_buf text = { 0 };
	struct cs_json_writer j = cs_json_writer(&text);

	cs_json_object(&j, NULL);
	if (ch->group[0] != '\0')
		cs_json_string(&j, "group", ch->group);
	cs_json_string(&j, "title", ch->title);
	cs_json_string(&j, "link", ch->link);
	cs_json_bool(&j, "listed", ch->listed);
	cs_json_string(&j, "state", states[ch->state]);
	cs_json_number(&j, "posts", ch->posts);
	if (ch->created_ms != 0)
		cs_json_number(&j, "created_ms", ch->created_ms);
	cs_json_close(&j);
	cli_list(l, &j);
}

static void
show(void *arg, const struct cs_client_channel *ch)
{
	struct cli_listing *l = arg;

	if (l->json) {
		show_json(l, ch);
		return;
	}
	cli_print_name(
	    stdout, ch->group[0] != '\0' ? ch->group : "(not on this device)");
	printf("  ");
	cli_print_name(stdout, ch->title);
	printf("\n  %s\n  %zu %s", ch->link, ch->posts,
	    ch->posts == 1 ? "post" : "posts");
	if (ch->listed)
		printf(", to be listed");
	if (ch->state == CS_CLIENT_CHANNEL_OVER)
		printf(", ended");
	else if (ch->state == CS_CLIENT_CHANNEL_CLOSED)
		printf(", closed by the desk: countersign notices");
	printf("\n");
}

int
cli_channel_list(const struct cli_args *args)
{
	struct cli_listing l = { .json = cli_flag(args, "json") };
	struct cs_client *c;
	enum cs_err err;
	int status = cli_open(&c, args, CLI_ONLINE);

	if (status != CLI_OK)
		return status;
	if ((err = cs_client_channels(c, show, &l)) || (err = l.err))
		status = cli_client_fail(c, err);
	cli_close(c);
	return status;
}

/* ---- making and changing ------------------------------------------------ */

/* Nobody becomes public without knowing. */
static int
warn(const struct cli_args *args)
{
	if (cli_flag(args, "yes"))
		return CLI_OK;
	if (!isatty(STDIN_FILENO))
		return cli_fail(CLI_USAGE,
		    "What you post is for everybody, under your name: say "
		    "--yes if you want that.");
	printf("Whoever has the link sees your name and what you post, without "
	       "an account, and can keep it with the proof that you wrote "
	       "it. The hub reads it, too.\n");
	return cli_confirm("Make it? [y/N] ", "Nothing was made.");
}

static struct cs_client_channel_change
change_of(const struct cli_args *args)
{
	const char *listed = cli_value(args, "listed");

	return (struct cs_client_channel_change){
		.title = cli_value(args, "title"),
		.sets_listed = listed != NULL,
		.listed = listed != NULL && strcmp(listed, "on") == 0,
	};
}

static int
apply(const struct cli_args *args, bool new,
    const struct cs_client_channel_change *to)
{
	struct cli_listing l = { .json = cli_flag(args, "json") };
	const char *group = cli_arg(args, 0);
	struct cs_client_channel ch;
	struct cs_client *c;
	enum cs_err err;
	int status = cli_open(&c, args, CLI_ONLINE);

	if (status != CLI_OK)
		return status;
	err = new ? cs_client_channel_new(c, group, to, &ch)
		  : cs_client_channel_change(c, group, to, &ch);
	if (err == CS_OK && l.json)
		show_json(&l, &ch);
	else if (err == CS_OK && ch.state == CS_CLIENT_CHANNEL_OVER)
		printf("It has ended: its page says so, and shows nothing "
		       "more.\n");
	else if (err == CS_OK)
		printf("%s\n", ch.link);
	if (err || (err = l.err))
		status = cli_client_fail(c, err);
	cli_close(c);
	return status;
}

int
cli_channel_new(const struct cli_args *args)
{
	const struct cs_client_channel_change as = change_of(args);
	int status = warn(args);

	return status == CLI_OK ? apply(args, true, &as) : status;
}

int
cli_channel_change(const struct cli_args *args)
{
	const struct cs_client_channel_change to = change_of(args);

	if (to.title == NULL && !to.sets_listed)
		return cli_fail(
		    CLI_USAGE, "Say what to change: --title or --listed.");
	return apply(args, false, &to);
}

int
cli_channel_end(const struct cli_args *args)
{
	const struct cs_client_channel_change to = { .end = true };
	int status = CLI_OK;

	if (!cli_flag(args, "yes"))
		status = cli_confirm("Its link leads nowhere any more, for "
				     "good. End it? [y/N] ",
		    "Nothing was changed.");
	return status == CLI_OK ? apply(args, false, &to) : status;
}

/* ---- posts -------------------------------------------------------------- */

static int
say_post(const struct cs_client *c, const char *mid, uint64_t seq, bool json)
{
	struct cli_listing l = { .json = json };
	struct cs_buf text = { 0 };
	struct cs_json_writer j = cs_json_writer(&text);

	if (json) {
		cs_json_object(&j, NULL);
		cs_json_string(&j, "id", mid);
		cs_json_number(&j, "post", seq);
		cs_json_close(&j);
		cli_list(&l, &j);
	} else {
		printf("%.*s  post %" PRIu64 "\n", CLI_MID_DIGITS, mid, seq);
	}
	return l.err != CS_OK ? cli_client_fail(c, l.err) : CLI_OK;
}

/* Say it in the group, then let everybody read it; ${mid} is empty unless it
 * was said. */
static enum cs_err
say_and_publish(struct cs_client *c, const struct cs_client_outgoing *out,
    char mid[static 65], uint64_t *seq)
{
	uint8_t id[CS_CLIENT_MID_LEN];
	enum cs_err err;

	mid[0] = '\0';
	if ((err = cs_client_channel_check(c, out->to)) ||
	    (err = cs_client_send(c, out, mid)) ||
	    (err = cs_client_send_files(c, cli_progress)) ||
	    (err = cs_unhex(id, sizeof id, mid)))
		return err;
	return cs_client_channel_publish(c, out->to, id, seq, cli_progress);
}

static int
post(struct cs_client *c, const struct cli_args *args,
    const struct cs_client_outgoing *out)
{
	char mid[65];
	uint64_t seq;
	enum cs_err err = say_and_publish(c, out, mid, &seq);
	int status;

	if (err == CS_OK)
		return say_post(c, mid, seq, cli_flag(args, "json"));
	status = cli_client_fail(c, err);
	if (mid[0] != '\0')
		fprintf(stderr,
		    "It is in the group as %.*s and not on the page: "
		    "countersign channel publish makes it a post.\n",
		    CLI_MID_DIGITS, mid);
	return status;
}

int
cli_channel_post(const struct cli_args *args)
{
	struct cs_client_outgoing out = {
		.to = cli_arg(args, 0),
		.photo_path = cli_value(args, "photo"),
	};
	const char *text = cli_arg(args, 1);
	struct cs_buf input = { 0 };
	struct cs_client *c = NULL;
	int status = CLI_OK;

	if (text == NULL && out.photo_path == NULL)
		return cli_fail(CLI_USAGE,
		    "There is nothing to post: give a text, - or --photo "
		    "FILE.");
	if (text != NULL && strcmp(text, "-") == 0) {
		status = cli_read_text(&input);
		out.text = cs_buf_view(&input);
	} else if (text != NULL) {
		out.text = cs_view_str(text);
	}
	if (status == CLI_OK &&
	    (status = cli_open(&c, args, CLI_ONLINE)) == CLI_OK)
		status = post(c, args, &out);
	cli_close(c);
	cs_buf_free(&input);
	return status;
}

int
cli_channel_publish(const struct cli_args *args)
{
	uint8_t mid[CS_CLIENT_MID_LEN];
	char hex[2 * CS_CLIENT_MID_LEN + 1];
	struct cs_client *c;
	uint64_t seq;
	enum cs_err err;
	int status = cli_open(&c, args, CLI_ONLINE);

	if (status != CLI_OK)
		return status;
	if ((err = cs_client_message_find(c, cli_arg(args, 1), mid)) ||
	    (err = cs_client_channel_publish(
		 c, cli_arg(args, 0), mid, &seq, cli_progress))) {
		status = cli_client_fail(c, err);
	} else {
		cs_hex(hex, CS_VIEW_OF(mid));
		status = say_post(c, hex, seq, cli_flag(args, "json"));
	}
	cli_close(c);
	return status;
}

int
cli_channel_drop(const struct cli_args *args)
{
	uint8_t mid[CS_CLIENT_MID_LEN];
	struct cs_client *c;
	enum cs_err err;
	int status = cli_open(&c, args, CLI_ONLINE);

	if (status != CLI_OK)
		return status;
	if ((err = cs_client_message_find(c, cli_arg(args, 1), mid)) ||
	    (err = cs_client_channel_drop(c, cli_arg(args, 0), mid)))
		status = cli_client_fail(c, err);
	else
		printf("It is off the page. Whoever kept it still has it.\n");
	cli_close(c);
	return status;
}
