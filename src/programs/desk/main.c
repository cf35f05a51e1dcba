/* SPDX-License-Identifier: MIT */
/* countersign-desk: the report desk, by command line. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "cli/evidence_json.h"
#include "cli/evidence_show.h"
#include "cli/print.h"
#include "cli/report_error.h"
#include "cli/secret.h"
#include "content/evidence.h"
#include "content/evidence_write.h"
#include "content/mimi.h"
#include "content/mimi_names.h"
#include "crypto/suite.h"
#include "desk/core/actor.h"
#include "desk/core/desk.h"
#include "desk/core/store.h"
#include "desk/desk.h"
#include "desk/photos/photo.h"
#include "desk/reports/custody.h"
#include "desk/reports/file.h"
#include "desk/reports/reading.h"
#include "desk/reports/report.h"
#include "hub/admin.h"
#include "hub/core/keys.h"
#include "hub/core/root_folder.h"
#include "hub/hub.h"
#include "programs/desk/main.h"
#include "programs/desk/parts.h"
#include "programs/desk/place.h"
#include "store/file.h"
#include "store/folder.h"

/* ---- init, run ---------------------------------------------------------- */

/* Has the root certified these keys? */
static bool
is_certified(const char *hub_dir, const uint8_t seal_public[static CS_KEY_LEN],
    const uint8_t sign_public[static CS_KEY_LEN])
{
	uint8_t seal[CS_KEY_LEN], sign[CS_KEY_LEN];

	return hub_desk_public(hub_dir, seal, sign) == CS_OK &&
	    cs_view_equal(CS_VIEW_OF(seal), cs_view(seal_public, CS_KEY_LEN)) &&
	    cs_view_equal(CS_VIEW_OF(sign), cs_view(sign_public, CS_KEY_LEN));
}

/* With the root key in the hub's folder all is done at once.  Without, the
 * desk's keys wait there to be certified (${*waits}), and the same call ends
 * it once they are. */
static enum cs_err
init(bool *waits, const char *dir, const char *hub_dir,
    struct cs_view passphrase)
{
	uint8_t seal_public[CS_KEY_LEN], sign_public[CS_KEY_LEN];
	char root[CS_HUB_ROOT_TEXT_SIZE];
	struct cs_desk_hub hub = { 0 };
	struct cs_hub_summary s;
	enum cs_err err;

	*waits = false;
	if ((err = cs_hub_summarize(&s, hub_dir)) ||
	    (err = cs_hub_root(root, hub_dir)) ||
	    (err = cs_unbase64url(hub.root, 32, root, strlen(root))))
		return err;
	memcpy(hub.name, s.name, sizeof hub.name);
	memcpy(hub.host, s.name, sizeof hub.host);
	hub.port = s.port;
	if ((err = cs_desk_init(
		 dir, &hub, passphrase, seal_public, sign_public)))
		return err;
	if (s.root_here)
		err = cs_hub_join_desk(hub_dir, seal_public, sign_public);
	else if ((*waits = !is_certified(hub_dir, seal_public, sign_public)))
		return hub_root_desk_ask(hub_dir, seal_public, sign_public);
	return err ? err : cs_desk_joined(dir, passphrase);
}

static int
init_failed(enum cs_err err, const char *dir, const char *hub)
{
	switch (err) {
	case CS_ERR_EXISTS:
		return cli_fail(
		    CLI_NOT_DONE, "There is a desk in %s already.", dir);
	case CS_ERR_NOT_FOUND:
		return cli_fail(CLI_STATE, "There is no hub in %s.", hub);
	default:
		return report_error(
		    err, "The desk could not be made in %s", dir);
	}
}

static int
run_init(const struct cli_args *args)
{
	const char *dir = cli_arg(args, 0), *hub = cli_value(args, "hub-dir");
	struct cs_buf passphrase = { .max = 4096 };
	bool waits;
	enum cs_err err;
	int status;

	if (hub == NULL)
		return cli_fail(CLI_USAGE,
		    "Say which hub: --hub-dir HUBDIR, the folder of the hub.");
	if ((cli_flag(args, "passphrase") ||
		cli_value(args, "passphrase-file") != NULL) &&
	    (status = cli_passphrase(&passphrase, args, CLI_PASSPHRASE_NEW)) !=
		CLI_OK)
		return status;
	err = init(&waits, dir, hub, cs_buf_view(&passphrase));
	cs_buf_free(&passphrase);
	if (err)
		return init_failed(err, dir, hub);
	if (waits)
		return cli_fail(CLI_NOT_DONE,
		    "The desk's keys are made, and wait for the hub's root "
		    "key, which is elsewhere: use \"countersignctl --hub %s "
		    "root request FILE\", \"root sign\" where the key is, "
		    "\"root install\" here, and then this command again.",
		    hub);
	printf("The desk is made in %s, and the hub's root has certified its "
	       "keys.\n"
	       "It needs the hub's folder no more: move it to a host of its "
	       "own.\n"
	       "Next: countersign-desk run %s\n",
	    dir, dir);
	return CLI_OK;
}

/* ---- reports ------------------------------------------------------------ */

static enum cs_err
report_json(const struct cs_desk_report *r)
{
	const char *reason = cs_reason_name(r->reason);
	struct cs_buf text = { 0 };
	struct cs_json_writer j = cs_json_writer(&text);

	cs_json_object(&j, NULL);
	cs_json_hex(&j, "id", CS_VIEW_OF(r->id));
	cs_json_string(&j, "state", cs_desk_report_state_name(r->state));
	cs_json_number(&j, "received_ms", r->received_ms);
	cs_json_string(&j, "reason", reason != NULL ? reason : "");
	cs_json_number(&j, "messages", r->n_messages);
	cs_json_number(&j, "files", r->n_files);
	cs_json_bool(&j, "repeats", r->repeats);
	cs_json_string(&j, "reporter", r->reporter);
	cs_json_string(&j, "reported", r->reported);
	cs_json_string(&j, "problem", r->problem);
	cs_json_close(&j);
	return cli_json_print(&j);
}

static void
report_line(const struct cs_desk_report *r)
{
	const char *reason = cs_reason_name(r->reason);
	char id[33];

	cs_hex(id, CS_VIEW_OF(r->id));
	printf("%.16s  ", id);
	cli_print_time(stdout, r->received_ms);
	printf("  %-8s  ", cs_desk_report_state_name(r->state));
	if (r->state == CS_DESK_REPORT_REJECTED) {
		printf("not proved: %s\n", r->problem);
		return;
	}
	if (r->filing != 0)
		printf("%s: notice %llu about %s",
		    reason != NULL ? reason : "?",
		    (unsigned long long)r->filing, r->reported);
	else
		printf("%s: %s reports %s", reason != NULL ? reason : "?",
		    r->reporter, r->reported);
	printf(", %u message%s", r->n_messages, r->n_messages == 1 ? "" : "s");
	if (r->n_files != 0)
		printf(", %u file%s", r->n_files, r->n_files == 1 ? "" : "s");
	printf("%s\n", r->repeats ? " (reported before)" : "");
}

static enum cs_err
list_one(void *arg, const struct cs_desk_report *r)
{
	const bool *json = arg;

	if (*json)
		return report_json(r);
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

/* The desk and one report of it. */
static int
open_case(struct cs_desk **d, struct cs_desk_report_opened *c,
    const struct cli_args *args, int want, struct place *p)
{
	uint8_t id[16];
	enum cs_err err;
	int status = find_place(p, args, want);

	*d = NULL;
	memset(c, 0, sizeof *c);
	if (status != CLI_OK || (status = open_desk(d, p->dir, args)) != CLI_OK)
		return status;
	if ((err = cs_desk_report_find(*d, p->rest[0], id)) ||
	    (err = cs_desk_report_load(c, *d, id)))
		return desk_fail(*d, err);
	return CLI_OK;
}

/* Find who asks, and write down that they are shown it, before they are. */
static int
note_read(struct cs_desk_actor *actor, struct cs_desk *d,
    const struct cs_desk_report_opened *c, const struct cli_args *args)
{
	int status = find_actor(actor, d, args);
	enum cs_err err;

	if (status == CLI_OK &&
	    (err = cs_desk_report_note_read(d, actor, c->report.id)))
		status = desk_fail(d, err);
	return status;
}

/* ---- show, verify, evidence --------------------------------------------- */

/* Save a photo or file under a name that we choose. */
static int
save_file(struct cs_desk *d, const struct cs_desk_actor *actor,
    const struct cs_desk_report_opened *c, const struct desk_part *which,
    const char *folder)
{
	size_t item = which->item, part = which->part;
	const struct cs_mimi_external *external =
	    &c->evidence->items[item].proof.content.external[part];
	char name[CS_MIMI_FILENAME_MAX + 1], path[4096];
	struct cs_buf file = { 0 };
	int status = CLI_OK;
	enum cs_err err;

	cs_mimi_filename(name, external->filename);
	snprintf(path, sizeof path, "%s/%zu-%zu-%s", folder, item + 1, part + 1,
	    name);
	if ((err = cs_desk_media_fetch(d, c->report.id, which)) == CS_OK)
		err = cs_desk_report_file(&file, d, actor, c, which);
	if (err == CS_ERR_NOT_FOUND)
		printf("  File %zu of message %zu is not here: the hub did not "
		       "have it any more, or has another in its place.\n",
		    part + 1, item + 1);
	else if (err && cs_err_class(err) == CS_ERR_CLASS_THEIRS)
		printf("  File %zu of message %zu is refused: %s.\n", part + 1,
		    item + 1, cs_err_text(err));
	else if (err == CS_OK &&
	    (err = cs_file_create(path, cs_buf_view(&file), 0600)) ==
		CS_ERR_EXISTS)
		printf("  File %zu of message %zu: %s was there already, and "
		       "stays as it was.\n",
		    part + 1, item + 1, path);
	else if (err)
		status = report_error(err, "%s", path);
	else
		printf("  File %zu of message %zu: %s\n", part + 1, item + 1,
		    path);
	cs_buf_free(&file);
	return status;
}

static int
save_files(struct cs_desk *d, const struct cs_desk_actor *actor,
    const struct cs_desk_report_opened *c, const char *folder)
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
			status = save_file(d, actor, c,
			    &(struct desk_part){ .item = i, .part = k },
			    folder);
	return status;
}

static void
print_json(const char *id, const struct cs_evidence *e)
{
	struct cs_buf text = { 0 };
	struct cs_json_writer json = cs_json_writer(&text);
	enum cs_err err;

	cli_evidence_json(&json, id, e, CS_ERR_FORMAT, NULL);
	if ((err = cli_json_print(&json)))
		cli_fail(
		    0, "The report cannot be shown: %s.", cs_err_text(err));
}

static int
show(struct cs_desk *d, const struct cs_desk_actor *actor,
    const struct cs_desk_report_opened *c, const struct cli_args *args)
{
	const char *folder = cli_value(args, "files");
	char id[33];

	cs_hex(id, CS_VIEW_OF(c->report.id));
	if (cli_flag(args, "json")) {
		print_json(id, c->evidence);
	} else {
		list_one(&(bool){ false }, &c->report);
		if (c->evidence != NULL)
			cli_evidence_show(id, c->evidence, NULL);
	}
	if (c->evidence == NULL)
		return CLI_OK;
	if (folder != NULL)
		return save_files(d, actor, c, folder);
	if (c->report.n_files != 0 && !cli_flag(args, "json"))
		printf("\nPhotos and files are not opened before you ask for "
		       "them: --files FOLDER.\n");
	return CLI_OK;
}

static int
run_show(const struct cli_args *args)
{
	struct cs_desk_report_opened c;
	struct cs_desk_actor actor;
	struct cs_desk *d;
	struct place p;
	int status = open_case(&d, &c, args, 1, &p);

	if (status == CLI_OK)
		status = note_read(&actor, d, &c, args);
	if (status == CLI_OK)
		status = show(d, &actor, &c, args);
	cs_desk_report_clear(&c);
	cs_desk_close(d);
	return status;
}

static int
run_verify(const struct cli_args *args)
{
	struct cs_desk_report_opened c;
	struct cs_desk *d;
	struct place p;
	struct cs_desk_actor actor;
	char id[33];
	int status = open_case(&d, &c, args, 1, &p);

	if (status == CLI_OK)
		status = note_read(&actor, d, &c, args);
	if (status == CLI_OK) {
		bool proved = c.evidence != NULL && c.evidence->all_proved;

		cs_hex(id, CS_VIEW_OF(c.report.id));
		if (cli_flag(args, "json")) {
			print_json(id, c.evidence);
		} else if (c.evidence != NULL) {
			cli_evidence_show(id, c.evidence, NULL);
			cli_evidence_meaning(
			    proved, c.evidence->mode == CS_CSEV_NAMED);
		}
		if (c.evidence == NULL && !cli_flag(args, "json"))
			cli_fail(0, "That report is not a bundle of evidence.");
		status = proved ? CLI_OK : CLI_NOT_DONE;
	}
	cs_desk_report_clear(&c);
	cs_desk_close(d);
	return status;
}

static int
run_evidence(const struct cli_args *args)
{
	const char *path = cli_value(args, "output");
	const char *folder = cli_value(args, "files");
	const char *to_key = cli_value(args, "to-key");
	struct cs_buf bytes = { 0 };
	struct cs_desk_report_opened c = { 0 };
	struct cs_desk_actor actor;
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
	if (status == CLI_OK)
		status = find_actor(&actor, d, args);
	if (status == CLI_OK &&
	    (err = cs_desk_report_export(
		 &bytes, d, &actor, c.report.id, to_key != NULL ? to_key : "")))
		status = desk_fail(d, err);
	if (status == CLI_OK &&
	    (err = cs_file_create(path, cs_buf_view(&bytes), 0600)))
		status = report_error(err, "%s", path);
	if (status == CLI_OK && folder != NULL)
		status = save_files(d, &actor, &c, folder);
	if (status == CLI_OK) {
		char key[CS_BASE64URL_SIZE(32)];

		cs_base64url(key, CS_VIEW_OF(cs_desk_hub(d)->root));
		printf("Whoever has it can check it, offline:\n"
		       "  countersign-verify %s --operator-key %s\n",
		    path, key);
	}
	cs_buf_free(&bytes);
	cs_desk_report_clear(&c);
	cs_desk_close(d);
	return status;
}

/* ---- the table ---------------------------------------------------------- */

static const struct cli_option options[] = {
	{ "desk", 0, "DIR",
	    "the desk's folder ($COUNTERSIGN_DESK, or an argument)" },
	{ "passphrase-file", 0, "FILE", "read the passphrase from a file" },
	{ "as", 0, "NAME", "who acts (whoever has the folder)" },
	{ "password-file", 0, "FILE", "that person's password" },
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
	{ "to-key", 0, "KEY",
	    "seal it to this key (countersign-verify --new-key)" },
	{ "files", 0, "FOLDER", "open photos and files, into this folder" },
	{ 0 },
};
static const struct cli_option run_options[] = {
	{ "listen", 0, "ADDRESS:PORT",
	    "where the console listens (127.0.0.1:7744)" },
	{ "name", 0, "NAME", "another host name that it is reached by" },
	{ "tls-cert", 0, "FILE", "certificate chain, needed off this machine" },
	{ "tls-key", 0, "FILE", "its private key" },
	{ "idle", 0, "TIME", "lock a session after it (10m)" },
	{ "session", 0, "TIME", "end a session after it (10h)" },
	{ "no-console", 0, NULL, "only fetch, verify and deliver" },
	{ 0 },
};
static const struct cli_option cases_options[] = {
	{ "state", 0, "STATE", "open, waiting, decided or closed" },
	{ "reason", 0, "CODE", "of the policy" },
	{ "search", 0, "WORD", "a handle, a word of a note, a number" },
	{ "after", 0, "CURSOR", "the next page" },
	{ "json", 0, NULL, "for programs: a line each" },
	{ 0 },
};
static const struct cli_option release_options[] = {
	{ "to", 0, "NAME", "hand it over" },
	{ 0 },
};
static const struct cli_option note_options[] = {
	{ "escalate", 0, NULL, "bring it to a senior" },
	{ "opinion", 0, NULL, "ask for a second opinion" },
	{ "source", 0, "TEXT", "it is not proved; where it comes from" },
	{ 0 },
};
static const struct cli_option triage_options[] = {
	{ "age", 0, "AGE", "of the person shown: child, adult or unknown" },
	{ "reason", 0, "CODE", "what it is about" },
	{ "threat-in", 0, "TIME",
	    "something is threatened in 6h, 2d; or never" },
	{ 0 },
};
static const struct cli_option lists_options[] = {
	{ "owner", 0, "TEXT", "who keeps the list" },
	{ "purpose", 0, "TEXT", "what it is for" },
	{ "format", 0, "FORMAT", "csv (the usual) or hma", "csv hma" },
	{ "output", 'o', "FILE", "where to export to" },
	{ "json", 0, NULL, "for programs: a line each" },
	{ 0 },
};
static const struct cli_option hold_options[] = {
	{ "end", 0, NULL, "end it" },
	{ 0 },
};
static const struct cli_option decide_options[] = {
	{ "reason", 0, "CODE", "the ground, as in the policy" },
	{ "statement", 0, "TEXT", "the facts, for the holder of the account" },
	{ "law", 0, "TEXT", "the law or the rule" },
	{ "for", 0, "TIME", "how long, for disable-until: 12h, 30d" },
	{ "account", 0, "ID", "only this one (all that are proved)" },
	{ "to-key", 0, "KEY", "whom it is referred to" },
	{ "seen", 0, "N",
	    "the state that you have read; \"case\" ends with it" },
	{ 0 },
};
static const struct cli_option act_options[] = {
	{ "reason", 0, "CODE", "the ground, as in reports" },
	{ "statement", 0, "TEXT", "what the holder of the account is told" },
	{ 0 },
};
static const struct cli_option appeals_options[] = {
	{ "decided", 0, NULL, "those that were decided" },
	{ "json", 0, NULL, "for programs: a line each" },
	{ 0 },
};
static const struct cli_option appeal_options[] = {
	{ "answer", 0, "TEXT", "what whoever wrote is told" },
	{ 0 },
};
static const struct cli_option notices_options[] = {
	{ "answered", 0, NULL, "those that are answered" },
	{ "json", 0, NULL, "for programs: a line each" },
	{ 0 },
};
static const struct cli_option notice_options[] = {
	{ "outcome", 0, "OUTCOME",
	    "how it is answered: acted, refused, needs-more or not-ours",
	    "acted refused needs-more not-ours" },
	{ "text", 0, "TEXT", "what whoever filed it is told" },
	{ "file", 0, "FILE", "the same from a file" },
	{ "seen", 0, "N",
	    "the state that you have read; \"case\" ends with it" },
	{ "contact", 0, NULL, "show who filed it, and write that down" },
	{ "files", 0, "FOLDER", "save its files, into this folder" },
	{ "json", 0, NULL, "for programs" },
	{ 0 },
};
static const struct cli_option people_options[] = {
	{ "role", 0, "ROLE", "reviewer, senior, auditor or administrator" },
	{ "console", 0, "ADDRESS", "of the console, for the first sign-in" },
	{ 0 },
};
static const struct cli_option policy_options[] = {
	{ "set", 0, "FILE", "put this one in its place" },
	{ "output", 'o', "FILE", "where to write it" },
	{ 0 },
};
static const struct cli_option output_options[] = {
	{ "output", 'o', "FILE", "where to write it" },
	{ 0 },
};

static const struct cli_option print_options[] = {
	{ "output", 'o', "FILE", "where to write it" },
	{ "photos", 0, NULL, "small photos, too" },
	{ 0 },
};
static const struct cli_option backup_options[] = {
	{ "output", 'o', "FILE", "where to write it" },
	{ "backup-passphrase-file", 0, "FILE", "what seals it" },
	{ 0 },
};

static const struct cli_command commands[] = {
	{ "init", "DIR --hub-dir HUBDIR [--passphrase]",
	    "make a desk and join it to a hub",
	    "Makes the key that opens reports and the key that signs actions, "
	    "and has the hub's root certify both. After that the desk needs "
	    "its keys and the network only.",
	    1, 1, init_options, run_init },
	{ "run", "DIR [--listen ADDRESS:PORT]",
	    "fetch, verify, deliver, and serve the console, until told to stop",
	    "The console is for people who were added with \"people add\".", 0,
	    1, run_options, run_run },
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
	{ "evidence", "[DIR] ID -o FILE.csev [--files FOLDER] [--to-key KEY]",
	    "write a report as evidence that verifies offline",
	    "With --to-key it is sealed: only the holder of that key opens it. "
	    "Each export is in the custody record of the report.",
	    1, 2, evidence_options, run_evidence },
	{ "custody", "[DIR] ID -o FILE.custody",
	    "write who saw and took what of a report, signed",
	    "countersign-verify checks it.", 1, 2, output_options,
	    run_custody },
	{ "cases", "[DIR] [--state STATE] [--search WORD] [--json]",
	    "list cases, those with people in danger first", NULL, 0, 1,
	    cases_options, run_cases },
	{ "case", "[DIR] CASE [--json]", "show a case",
	    "A case is named by its number, or by that of a report in it.", 1,
	    2, json_options, run_case },
	{ "claim", "[DIR] CASE", "take a case", NULL, 1, 2, NULL, run_claim },
	{ "release", "[DIR] CASE [--to NAME]", "give it back, or to somebody",
	    NULL, 1, 2, release_options, run_release },
	{ "note", "[DIR] CASE TEXT [--escalate | --opinion | --source TEXT]",
	    "write a note",
	    "With --source it is material that is not proved, such as a "
	    "screenshot typed off: it is marked and never decides alone.",
	    2, 3, note_options, run_note },
	{ "triage", "[DIR] CASE [--age AGE] [--reason CODE]",
	    "say what a case is about", NULL, 1, 2, triage_options,
	    run_triage },
	{ "merge", "[DIR] CASE INTO", "make a case part of another", NULL, 2, 3,
	    NULL, run_merge },
	{ "split", "[DIR] CASE ITEM ...",
	    "make a case of its own of the reports of these messages", NULL, 2,
	    PLACE_MAX, NULL, run_split },
	{ "redact", "[DIR] CASE ITEM [TEXT]",
	    "show this instead of a message's text; the original stays", NULL,
	    2, 4, NULL, run_redact },
	{ "hold", "[DIR] CASE TEXT [--end]", "set a legal hold, or end it",
	    "Nothing of a case is destroyed while a hold is on.", 2, 3,
	    hold_options, run_hold },
	{ "question", "[DIR] REPORT TEXT",
	    "ask the reporter; the hub cannot read it", NULL, 2, 3, NULL,
	    run_question },
	{ "decide",
	    "[DIR] CASE ACTION [--reason CODE] [--statement TEXT] [--for TIME]",
	    "decide about a case",
	    "An action is none, warn, disable, disable-until, quarantine, "
	    "dissolve or refer. What the policy says takes two people waits "
	    "for \"confirm\"; the rest is signed and sent at once. With "
	    "--seen, "
	    "messages that came after what you have read become a case of "
	    "their own, and who changed the case since then is told to you.",
	    2, 3, decide_options, run_decide },
	{ "undo", "[DIR] DECISION", "take back what is not sent yet", NULL, 1,
	    2, NULL, run_undo },
	{ "confirm", "[DIR] DECISION --as NAME", "be the second person", NULL,
	    1, 2, NULL, run_confirm },
	{ "refuse", "[DIR] DECISION TEXT --as NAME",
	    "refuse as the second person", NULL, 2, 3, NULL, run_refuse },
	{ "reverse", "[DIR] DECISION TEXT", "give back what a decision took",
	    NULL, 2, 3, NULL, run_reverse },
	{ "quality", "[DIR] DECISION agree|disagree [TEXT] --as NAME",
	    "say what you think of a decision that was picked for it", NULL, 2,
	    4, NULL, run_quality },
	{ "act",
	    "[DIR] ID disable|enable|dismiss [--reason CODE] [--statement "
	    "TEXT]",
	    "decide about a report, in one word",
	    "disable needs a report of which all is proved, a reason and a "
	    "statement, which the holder of the account is shown. enable takes "
	    "it back. dismiss closes the report without an action.",
	    2, 3, act_options, run_act },
	{ "appeals", "[DIR] [--decided] [--json]",
	    "list appeals and second looks", NULL, 0, 1, appeals_options,
	    run_appeals },
	{ "appeal", "[DIR] ID uphold|reverse --answer TEXT", "decide an appeal",
	    "Never by whoever took part in the decision.", 2, 3, appeal_options,
	    run_appeal },
	{ "notices", "[DIR] [--answered] [--json]",
	    "list what was filed from outside and waits for an answer",
	    "The soonest deadline stands first. The hub says by itself, to "
	    "everybody, what has no answer when its deadline passes.",
	    0, 1, notices_options, run_notices },
	{ "notice",
	    "[DIR] NUMBER | [DIR] accept NUMBER | [DIR] answer NUMBER "
	    "--outcome "
	    "OUTCOME --text TEXT",
	    "show a notice, answer it, or accept its organisation's key",
	    "An outcome is acted, refused, needs-more or not-ours. \"acted\" "
	    "takes a decision of its case that did something. An appeal is "
	    "answered acted or refused, never by who answered the notice. The "
	    "answer is signed, and only whoever filed it can read its text. "
	    "\"accept\" lets the key that signed it have the name from now "
	    "on; ask the organisation first whether it is theirs.",
	    1, 3, notice_options, run_notice },
	{ "people", "[DIR] [add|reset|role|disable|enable NAME] [--role ROLE]",
	    "who works at the desk",
	    "Without --as it happens at once, and the log says so: whoever has "
	    "the folder is above the administrators. These propose and confirm "
	    "as soon as two of them have signed in: \"people proposals\", "
	    "\"people confirm PROPOSAL\", \"people cancel PROPOSAL\".",
	    0, 3, people_options, run_people },
	{ "policy", "[DIR] [--set FILE] [-o FILE]",
	    "show what the desk decides by, or change it", NULL, 0, 1,
	    policy_options, run_policy },
	{ "audit", "[DIR] [verify|head|accept WHY]",
	    "print the audit log and check its chain",
	    "\"verify\" also checks that every row is what the log speaks of, "
	    "and that the hub and the file of heads have seen no later state; "
	    "it prints how many entries there are, and the hash over all of "
	    "them, for a notary. \"accept\" goes on with an older copy, or "
	    "with "
	    "rows that were changed, and writes down why.",
	    0, 3, NULL, run_audit },
	{ "statements", "[DIR]",
	    "statements of reasons as the DSA Transparency Database takes them",
	    NULL, 0, 1, NULL, run_statements },
	{ "statistics", "[DIR]", "numbers of the last thirty days, as JSON",
	    NULL, 0, 1, NULL, run_statistics },
	{ "lists", "[DIR] [add NAME | import LIST FILE | export LIST]",
	    "lists of hashes of others",
	    "\"lists remove LIST\" removes one. A list has an owner and a "
	    "purpose; photos that were reported are matched with it. A file "
	    "has lines hash,label,source,date, or with --format hma "
	    "\"pdq HASH\".",
	    0, 4, lists_options, run_lists },
	{ "tokens", "[DIR] [remove TOKEN]", "tokens of programs", NULL, 0, 3,
	    NULL, run_tokens },
	{ "retention", "[DIR]", "destroy what the policy keeps no longer",
	    "\"run\" does it by itself, every hour.", 0, 1, NULL,
	    run_retention },
	{ "backup", "[DIR] -o FILE --backup-passphrase-file FILE",
	    "write all of the desk into one sealed file, while it runs", NULL,
	    0, 1, backup_options, run_backup },
	{ "restore", "FILE NEWDIR --backup-passphrase-file FILE",
	    "make a desk from a backup", NULL, 2, 2, backup_options,
	    run_restore },
	{ "print", "[DIR] CASE [-o FILE.html]",
	    "write a case as a printable page",
	    "Photos are left out unless --photos asks for them; each is "
	    "written down.",
	    1, 2, print_options, run_print },
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
	/* One of its own processes (parts.h). */
	if (argc == 3 && strcmp(argv[1], "part") == 0)
		return desk_part(argv[2]);
	return cli_main(&program, argc, argv);
}
