/* SPDX-License-Identifier: MIT */
/* countersign-desk: the report desk, by command line. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "app/verify.h"
#include "base/alloc.h"
#include "base/text.h"
#include "cli/print.h"
#include "cli/report_error.h"
#include "cli/secret.h"
#include "desk/desk.h"
#include "hub/hub.h"
#include "store/file.h"

/* ---- which desk --------------------------------------------------------- */

static bool
is_folder(const char *path)
{
	struct stat st;

	return path != NULL && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Arguments without the desk's folder, which is --desk, $COUNTERSIGN_DESK, or
 * whichever argument is a folder. */
struct place {
	const char *dir;
	const char *rest[4];
	int n;
};

static int
find_place(struct place *p, const struct cli_args *args, int want)
{
	memset(p, 0, sizeof *p);
	p->dir = cli_value(args, "desk");
	if (p->dir == NULL)
		p->dir = getenv("COUNTERSIGN_DESK");
	for (int i = 0; i < cli_count(args); i++) {
		const char *arg = cli_arg(args, i);

		if (cli_count(args) > want && is_folder(arg))
			p->dir = arg;
		else if (p->n < 4)
			p->rest[p->n++] = arg;
	}
	if (p->dir == NULL)
		return cli_fail(CLI_USAGE,
		    "Say which desk: --desk DIR, or $COUNTERSIGN_DESK.");
	if (p->n != want)
		return cli_fail(CLI_USAGE,
		    p->n > want ? "There is an argument too many."
				: "Say which report, by its number.");
	return CLI_OK;
}

static int
open_failed(enum cs_err err, const char *dir)
{
	switch (err) {
	case CS_ERR_NOT_FOUND:
		return cli_fail(CLI_STATE,
		    "There is no desk in %s; \"countersign-desk init DIR "
		    "--hub-dir HUBDIR\" makes one.",
		    dir);
	case CS_ERR_PASSPHRASE:
		return cli_fail(CLI_STATE, "That is not the passphrase.");
	case CS_ERR_NEWER:
		return cli_fail(CLI_STATE,
		    "The desk in %s was written by a newer version. Nothing "
		    "was changed.",
		    dir);
	case CS_ERR_CORRUPT:
	case CS_ERR_MISMATCH:
		return cli_fail(CLI_STATE,
		    "The desk in %s is damaged. Nothing was changed.", dir);
	default:
		return report_error(err, "The desk in %s", dir);
	}
}

static int
open_desk(struct cs_desk **out, const char *dir, const struct cli_args *args)
{
	struct cs_buf passphrase = { .max = 4096 };
	bool needed = false;
	enum cs_err err;
	int status;

	*out = NULL;
	if ((err = cs_desk_needs_passphrase(&needed, dir)))
		return open_failed(err, dir);
	if (needed &&
	    (status = cli_passphrase(&passphrase, args, false)) != CLI_OK)
		return status;
	err = cs_desk_open(out, dir, cs_buf_view(&passphrase));
	cs_buf_free(&passphrase);
	return err ? open_failed(err, dir) : CLI_OK;
}

static int
desk_fail(const struct cs_desk *d, enum cs_err err)
{
	if (cs_desk_problem(d)[0] == '\0')
		return report_error(err, "That did not work");
	return cli_fail(err == CS_ERR_MISUSE ? CLI_USAGE : report_status(err),
	    "%s", cs_desk_problem(d));
}

/* The desk and one report of it. */
static int
open_case(struct cs_desk **d, struct cs_desk_case *c,
    const struct cli_args *args, int want, struct place *p)
{
	uint8_t id[16];
	enum cs_err err;
	int status = find_place(p, args, want);

	*d = NULL;
	memset(c, 0, sizeof *c);
	if (status != CLI_OK || (status = open_desk(d, p->dir, args)) != CLI_OK)
		return status;
	if ((err = cs_desk_find(*d, p->rest[0], id)) ||
	    (err = cs_desk_load(c, *d, id)))
		return desk_fail(*d, err);
	return CLI_OK;
}

/* ---- init, run ---------------------------------------------------------- */

static enum cs_err
init(const char *dir, const char *hub_dir, struct cs_view passphrase)
{
	uint8_t seal_public[32], sign_public[32];
	char root[CS_HUB_ROOT_TEXT_SIZE];
	struct cs_desk_hub hub = { 0 };
	struct cs_hub_summary s;
	enum cs_err err;

	if ((err = cs_hub_summarize(&s, hub_dir)) ||
	    (err = cs_hub_root(root, hub_dir)) ||
	    (err = cs_unbase64url(hub.root, 32, root, strlen(root))))
		return err;
	memcpy(hub.name, s.name, sizeof hub.name);
	memcpy(hub.host, s.name, sizeof hub.host);
	hub.port = s.port;
	if ((err = cs_desk_init(
		 dir, &hub, passphrase, seal_public, sign_public)) ||
	    (err = cs_hub_join_desk(hub_dir, seal_public, sign_public)))
		return err;
	return cs_desk_joined(dir, passphrase);
}

static int
run_init(const struct cli_args *args)
{
	const char *dir = cli_arg(args, 0), *hub = cli_value(args, "hub-dir");
	struct cs_buf passphrase = { .max = 4096 };
	enum cs_err err;
	int status;

	if (hub == NULL)
		return cli_fail(CLI_USAGE,
		    "Say which hub: --hub-dir HUBDIR, the folder with its "
		    "keys/root.key.");
	if ((cli_flag(args, "passphrase") ||
		cli_value(args, "passphrase-file") != NULL) &&
	    (status = cli_passphrase(&passphrase, args, true)) != CLI_OK)
		return status;
	err = init(dir, hub, cs_buf_view(&passphrase));
	cs_buf_free(&passphrase);
	if (err == CS_ERR_EXISTS)
		return cli_fail(
		    CLI_NOT_DONE, "There is a desk in %s already.", dir);
	if (err == CS_ERR_NOT_FOUND)
		return cli_fail(CLI_STATE,
		    "There is no hub in %s, or its keys/root.key is not "
		    "there: bring it back for this.",
		    hub);
	if (err)
		return report_error(
		    err, "The desk could not be made in %s", dir);
	printf("The desk is made in %s, and the hub's root has certified its "
	       "keys.\n"
	       "It needs the hub's folder no more: move it to a host of its "
	       "own.\n"
	       "Next: countersign-desk run %s\n",
	    dir, dir);
	return CLI_OK;
}

static void
on_signal(int number)
{
	(void)number;
	cs_desk_stop();
}

static void
said(const char *sentence)
{
	printf("countersign-desk: %s\n", sentence);
	fflush(stdout);
}

static int
run_run(const struct cli_args *args)
{
	struct sigaction sa = { .sa_handler = on_signal };
	struct cs_desk *d;
	struct place p;
	enum cs_err err;
	int status, lock = -1;
	char *path;

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
	if (cli_count(args) == 1) {
		memset(&p, 0, sizeof p);
		p.dir = cli_arg(args, 0);
	} else if ((status = find_place(&p, args, 0)) != CLI_OK) {
		return status;
	}
	if ((status = open_desk(&d, p.dir, args)) != CLI_OK)
		return status;
	path = cs_path_join(p.dir, "lock");
	err = path == NULL ? CS_ERR_NOMEM : cs_file_lock(&lock, path, false);
	if (err == CS_ERR_BUSY)
		status = cli_fail(
		    CLI_TRY_LATER, "The desk in %s runs already.", p.dir);
	else if (err || (err = cs_desk_run(d, said)))
		status = desk_fail(d, err);
	cs_file_unlock(lock);
	cs_free_plain(path);
	cs_desk_close(d);
	return status;
}

/* ---- reports ------------------------------------------------------------ */

static void
report_json(const struct cs_desk_report *r)
{
	const char *reason = cs_reason_name(r->reason);
	char id[33];

	cs_hex(id, CS_VIEW_OF(r->id));
	printf("{\"id\":\"%s\",\"state\":\"%s\",\"received_ms\":%llu,"
	       "\"reason\":\"%s\",\"messages\":%u,\"files\":%u,\"repeats\":%s,"
	       "\"reporter\":\"%s\",\"reported\":\"%s\",\"problem\":",
	    id, cs_desk_state_name(r->state),
	    (unsigned long long)r->received_ms, reason != NULL ? reason : "",
	    r->n_messages, r->n_files, r->repeats ? "true" : "false",
	    r->reporter, r->reported);
	cli_print_json(stdout, cs_view_str(r->problem));
	printf("}\n");
}

static void
report_line(const struct cs_desk_report *r)
{
	const char *reason = cs_reason_name(r->reason);
	char id[33];

	cs_hex(id, CS_VIEW_OF(r->id));
	printf("%.16s  ", id);
	cli_print_time(stdout, r->received_ms);
	printf("  %-8s  ", cs_desk_state_name(r->state));
	if (r->state == CS_DESK_REJECTED) {
		printf("not proved: %s\n", r->problem);
		return;
	}
	printf("%s: %s reports %s, %u message%s", reason != NULL ? reason : "?",
	    r->reporter, r->reported, r->n_messages,
	    r->n_messages == 1 ? "" : "s");
	if (r->n_files != 0)
		printf(", %u file%s", r->n_files, r->n_files == 1 ? "" : "s");
	printf("%s\n", r->repeats ? " (reported before)" : "");
}

static enum cs_err
list_one(void *arg, const struct cs_desk_report *r)
{
	const bool *json = arg;

	if (*json)
		report_json(r);
	else
		report_line(r);
	return CS_OK;
}

static int
run_reports(const struct cli_args *args)
{
	bool json = cli_flag(args, "json");
	struct cs_desk *d;
	struct place p;
	enum cs_err err;
	int status;

	if (cli_count(args) == 1 && !is_folder(cli_arg(args, 0)))
		return cli_fail(
		    CLI_STATE, "There is no desk in %s.", cli_arg(args, 0));
	if ((status = find_place(&p, args, 0)) != CLI_OK ||
	    (status = open_desk(&d, p.dir, args)) != CLI_OK)
		return status;
	if ((err = cs_desk_reports(d, list_one, &json)))
		status = desk_fail(d, err);
	cs_desk_close(d);
	return status;
}

/* ---- show, verify, evidence --------------------------------------------- */

/* A photo or file, under a name that we choose. */
static int
save_file(struct cs_desk *d, const struct cs_desk_case *c, size_t item,
    size_t part, const char *folder)
{
	const struct cs_mimi_external *external =
	    &c->evidence->items[item].proof.content.external[part];
	char name[CS_MIMI_FILENAME_MAX + 1], path[4096];
	struct cs_buf file = { 0 };
	int status = CLI_OK;
	enum cs_err err;

	cs_mimi_filename(name, external->filename);
	snprintf(path, sizeof path, "%s/%zu-%zu-%s", folder, item + 1, part + 1,
	    name);
	err = cs_desk_file(&file, d, c, item, part);
	if (err == CS_ERR_NOT_FOUND)
		printf("  File %zu of message %zu is not here: the hub did not "
		       "have it any more.\n",
		    part + 1, item + 1);
	else if (err && cs_err_class(err) == CS_ERR_CLASS_THEIRS)
		printf("  File %zu of message %zu is refused: %s.\n", part + 1,
		    item + 1, cs_err_text(err));
	else if (err || (err = cs_file_write(path, cs_buf_view(&file), 0600)))
		status = report_error(err, "%s", path);
	else
		printf("  File %zu of message %zu: %s\n", part + 1, item + 1,
		    path);
	cs_buf_free(&file);
	return status;
}

static int
save_files(struct cs_desk *d, const struct cs_desk_case *c, const char *folder)
{
	int status = CLI_OK;
	enum cs_err err = cs_file_mkdir(folder);

	if (err)
		return report_error(err, "The folder %s", folder);
	for (size_t i = 0; i < c->evidence->n_items && status == CLI_OK; i++)
		for (size_t k = 0;
		     k < c->evidence->items[i].proof.content.n_external &&
		     status == CLI_OK;
		     k++)
			status = save_file(d, c, i, k, folder);
	return status;
}

static int
show(struct cs_desk *d, const struct cs_desk_case *c,
    const struct cli_args *args)
{
	const char *folder = cli_value(args, "files");
	char id[33];

	cs_hex(id, CS_VIEW_OF(c->report.id));
	if (cli_flag(args, "json")) {
		verify_json(id, c->evidence, CS_ERR_FORMAT);
		printf("\n");
	} else {
		list_one(&(bool){ false }, &c->report);
		if (c->evidence != NULL)
			verify_show(id, c->evidence);
	}
	if (c->evidence == NULL)
		return CLI_OK;
	if (folder != NULL)
		return save_files(d, c, folder);
	if (c->report.n_files != 0 && !cli_flag(args, "json"))
		printf("\nPhotos and files are not opened before you ask for "
		       "them: --files FOLDER.\n");
	return CLI_OK;
}

static int
run_show(const struct cli_args *args)
{
	struct cs_desk_case c;
	struct cs_desk *d;
	struct place p;
	int status = open_case(&d, &c, args, 1, &p);

	if (status == CLI_OK)
		status = show(d, &c, args);
	cs_desk_case_clear(&c);
	cs_desk_close(d);
	return status;
}

static int
run_verify(const struct cli_args *args)
{
	struct cs_desk_case c;
	struct cs_desk *d;
	struct place p;
	char id[33];
	int status = open_case(&d, &c, args, 1, &p);

	if (status == CLI_OK) {
		bool proved = c.evidence != NULL && c.evidence->all_proved;

		cs_hex(id, CS_VIEW_OF(c.report.id));
		if (cli_flag(args, "json")) {
			verify_json(id, c.evidence, CS_ERR_FORMAT);
			printf("\n");
		} else if (c.evidence != NULL) {
			verify_show(id, c.evidence);
			verify_show_meaning(proved);
		}
		if (c.evidence == NULL && !cli_flag(args, "json"))
			cli_fail(0, "That report is not a bundle of evidence.");
		status = proved ? CLI_OK : CLI_NOT_DONE;
	}
	cs_desk_case_clear(&c);
	cs_desk_close(d);
	return status;
}

static int
run_evidence(const struct cli_args *args)
{
	const char *path = cli_value(args, "output");
	const char *folder = cli_value(args, "files");
	struct cs_desk_case c;
	struct cs_desk *d = NULL;
	struct place p;
	enum cs_err err;
	int status;

	if (path == NULL)
		return cli_fail(CLI_USAGE, "Say where to: -o FILE.csev.");
	status = open_case(&d, &c, args, 1, &p);
	if (status == CLI_OK && c.evidence == NULL)
		status = cli_fail(
		    CLI_NOT_DONE, "That report is not a bundle of evidence.");
	if (status == CLI_OK &&
	    (err = cs_file_write(path, cs_buf_view(&c.bundle), 0600)))
		status = report_error(err, "%s", path);
	if (status == CLI_OK && folder != NULL)
		status = save_files(d, &c, folder);
	if (status == CLI_OK) {
		char key[CS_BASE64URL_SIZE(32)];

		cs_base64url(key, CS_VIEW_OF(cs_desk_hub(d)->root));
		printf("Whoever has it can check it, offline:\n"
		       "  countersign-verify %s --operator-key %s\n",
		    path, key);
	}
	cs_desk_case_clear(&c);
	cs_desk_close(d);
	return status;
}

/* ---- act ---------------------------------------------------------------- */

static bool
parse_decision(enum cs_desk_decision *out, const char *s)
{
	if (strcmp(s, "disable") == 0)
		*out = CS_DESK_DISABLE;
	else if (strcmp(s, "enable") == 0)
		*out = CS_DESK_ENABLE;
	else if (strcmp(s, "dismiss") == 0)
		*out = CS_DESK_DISMISS;
	else
		return false;
	return true;
}

static int
act(struct cs_desk *d, const struct place *p, const struct cli_args *args,
    enum cs_desk_decision decision, uint16_t reason)
{
	const char *statement = cli_value(args, "statement");
	uint8_t id[16];
	bool delivered;
	enum cs_err err;

	if ((err = cs_desk_find(d, p->rest[0], id)) ||
	    (err = cs_desk_act(d, id, decision, reason,
		 statement != NULL ? statement : "", &delivered)))
		return desk_fail(d, err);
	if (delivered)
		printf("Decided, signed, and applied by the hub.\n");
	else
		printf("Decided and signed. The hub cannot be reached; \"run\" "
		       "delivers it as soon as it can.\n");
	return CLI_OK;
}

static int
run_act(const struct cli_args *args)
{
	const char *name = cli_value(args, "reason");
	uint16_t reason = name != NULL ? cs_reason_find(name) : 0;
	enum cs_desk_decision decision;
	struct cs_desk *d;
	struct place p;
	int status = find_place(&p, args, 2);

	if (status != CLI_OK)
		return status;
	if (!parse_decision(&decision, p.rest[1]))
		return cli_fail(CLI_USAGE,
		    "A decision is \"disable\", \"enable\" or \"dismiss\".");
	if (decision == CS_DESK_DISABLE && reason == 0)
		return cli_fail(CLI_USAGE,
		    "Say why: --reason trafficking, child-abuse, "
		    "threat-to-life, terrorism, recruitment-of-children, "
		    "intimate-images, exposure, harassment, fraud, spam or "
		    "other.");
	if ((status = open_desk(&d, p.dir, args)) != CLI_OK)
		return status;
	status = act(d, &p, args, decision, reason);
	cs_desk_close(d);
	return status;
}

/* ---- audit -------------------------------------------------------------- */

static void
audit_line(void *arg, uint64_t at_ms, const char *line)
{
	(void)arg;
	cli_print_time(stdout, at_ms);
	printf("  %s\n", line);
}

static int
run_audit(const struct cli_args *args)
{
	struct cs_desk *d;
	struct place p;
	enum cs_err err;
	int status;

	if ((status = find_place(&p, args, 0)) != CLI_OK ||
	    (status = open_desk(&d, p.dir, args)) != CLI_OK)
		return status;
	err = cs_desk_audit(d, audit_line, NULL);
	if (err == CS_ERR_CHAIN)
		status = cli_fail(CLI_NOT_VERIFIED,
		    "The log was changed: what comes after this line does not "
		    "follow from it.");
	else if (err)
		status = desk_fail(d, err);
	cs_desk_close(d);
	return status;
}

/* ---- the table ---------------------------------------------------------- */

static const struct cli_option options[] = {
	{ "desk", 0, "DIR",
	    "the desk's folder ($COUNTERSIGN_DESK, or an argument)" },
	{ "passphrase-file", 0, "FILE", "read the passphrase from a file" },
	{ 0 },
};
static const struct cli_option init_options[] = {
	{ "hub-dir", 0, "HUBDIR", "the hub's folder, needed this once" },
	{ "passphrase", 0, NULL, "ask for a passphrase that locks the folder" },
	{ 0 },
};
static const struct cli_option json_options[] = {
	{ "json", 0, NULL, "for programs" },
	{ 0 },
};
static const struct cli_option show_options[] = {
	{ "files", 0, "FOLDER", "open photos and files, into this folder" },
	{ "json", 0, NULL, "for programs" },
	{ 0 },
};
static const struct cli_option evidence_options[] = {
	{ "output", 'o', "FILE", "where to write it" },
	{ "files", 0, "FOLDER", "open photos and files, into this folder" },
	{ 0 },
};
static const struct cli_option act_options[] = {
	{ "reason", 0, "CODE", "the ground, as in reports" },
	{ "statement", 0, "TEXT", "what the holder of the account is told" },
	{ 0 },
};

static const struct cli_command commands[] = {
	{ "init", "DIR --hub-dir HUBDIR [--passphrase]",
	    "make a desk and join it to a hub",
	    "Makes the key that opens reports and the key that signs actions, "
	    "and has the hub's root certify both. After that the desk needs "
	    "its keys and the network only.",
	    1, 1, init_options, run_init },
	{ "run", "DIR", "fetch, verify and deliver until told to stop", NULL, 0,
	    1, NULL, run_run },
	{ "reports", "[DIR] [--json]", "list reports in the order they came",
	    NULL, 0, 1, json_options, run_reports },
	{ "show", "[DIR] ID [--files FOLDER] [--json]",
	    "show a report, link by link",
	    "Photos and files are opened only with --files; each opening is "
	    "written into the audit log.",
	    1, 2, show_options, run_show },
	{ "verify", "[DIR] ID [--json]", "verify a report again",
	    "Exit status 0 says that all of it is proved, 1 that something is "
	    "not.",
	    1, 2, json_options, run_verify },
	{ "evidence", "[DIR] ID -o FILE.csev [--files FOLDER]",
	    "write a report as evidence that verifies offline", NULL, 1, 2,
	    evidence_options, run_evidence },
	{ "act",
	    "[DIR] ID disable|enable|dismiss [--reason CODE] [--statement "
	    "TEXT]",
	    "decide, sign, and have the hub apply it",
	    "disable needs a report of which all is proved, a reason and a "
	    "statement, which the holder of the account is shown. enable takes "
	    "it back. dismiss closes the report without an action.",
	    2, 3, act_options, run_act },
	{ "audit", "[DIR]", "print the audit log and check its chain", NULL, 0,
	    1, NULL, run_audit },
	{ 0 },
};

static const struct cli_program program = {
	.name = "countersign-desk",
	.summary = "the report desk of a Countersign hub",
	.details = "Reports come sealed: the hub passes them on unread. The "
		   "desk opens them, verifies every link of their proof, and "
		   "signs what is decided; the hub applies what it signed.",
	.options = options,
	.commands = commands,
	.exits = report_exits,
	.see_also = "countersignd(1), countersign-verify(1)",
};

int
main(int argc, char **argv)
{
	if (cs_crypto_init() != CS_OK)
		return cli_fail(
		    CLI_SOFTWARE, "The cryptographic libraries do not start.");
	return cli_main(&program, argc, argv);
}
