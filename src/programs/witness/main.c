/* SPDX-License-Identifier: MIT */
/* countersign-witness: cosigns what logs say of themselves, once. */
#include "programs/witness/main.h"

#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "cli/print.h"
#include "cli/report_error.h"
#include "programs/witness/part.h"
#include "programs/witness/place.h"
#include "store/tlog_seen.h"

static int
run_init(const struct cli_args *args)
{
	const char *dir = cli_arg(args, 0), *name = cli_value(args, "name");
	char text[CS_NOTE_KEY_SIZE];
	struct cs_tlog_witness_key key;
	int status;
	enum cs_err err;

	if (name == NULL)
		return cli_fail(
		    CLI_USAGE, "Say what the witness is called: --name NAME.");
	if ((err = cs_sign_key_new(&key.with)))
		return report_error(err, "There is no new key");
	if (cs_tlog_cosigner(&key.who, name, key.with.public) != CS_OK)
		status = cli_fail(CLI_USAGE,
		    "--name takes at most %d letters of ASCII, without blanks "
		    "and \"+\", such as witness.example.org.",
		    CS_NOTE_NAME_MAX);
	else
		status = place_make(dir, &key);
	cs_wipe(&key.with, sizeof key.with);
	if (status != CLI_OK)
		return status;
	cs_tlog_cosigner_text(text, &key.who);
	printf("%s\n", text);
	return CLI_OK;
}

/* ---- status ------------------------------------------------------------- */

struct shown {
	struct place *place;
	struct cs_tlog_witness_key key;
	struct cs_json_writer *json; /* NULL: text */
};

static void
show_text(const struct cs_tlog_seen_log *log,
    const struct cs_tlog_seen_last *last, const char *origin)
{
	(void)log;
	printf("Log:      ");
	cli_print_name(stdout, origin);
	if (last == NULL) {
		printf(", nothing cosigned yet\n");
		return;
	}
	printf(", %llu entries, cosigned ",
	    (unsigned long long)last->checkpoint.size);
	cli_print_time(stdout, last->time_s * CS_SECOND_MS);
	printf("\n");
}

static void
show_json(struct cs_json_writer *j, const struct cs_tlog_seen_log *log,
    const struct cs_tlog_seen_last *last)
{
	char key[CS_NOTE_KEY_SIZE];

	cs_note_key_text(key, &log->key);
	cs_json_object(j, NULL);
	cs_json_text(j, "origin", cs_buf_view(&log->origin));
	cs_json_string(j, "key", key);
	cs_json_string(j, "origin_hash", log->id);
	if (last != NULL) {
		cs_json_number(j, "size", last->checkpoint.size);
		cs_json_hex(j, "root", CS_VIEW_OF(last->checkpoint.root.bytes));
		cs_json_number(j, "cosigned_s", last->time_s);
	}
	cs_json_close(j);
}

static enum cs_err
show_log(void *arg, const struct cs_tlog_seen_log *log)
{
	const struct shown *s = arg;
	char origin[CS_TLOG_TEXT_MAX + 1] = "";
	struct cs_tlog_seen_last last;
	enum cs_err err =
	    cs_tlog_seen_last(&last, s->place->logs, log->id, &s->key.who);

	if (err == CS_OK || err == CS_ERR_NOT_FOUND) {
		memcpy(origin, log->origin.data, log->origin.len);
		if (s->json != NULL)
			show_json(s->json, log, err ? NULL : &last);
		else
			show_text(log, err ? NULL : &last, origin);
		err = CS_OK;
	}
	cs_buf_free(&last.note);
	return err;
}

static int
show_all(struct shown *s, bool runs)
{
	char key[CS_NOTE_KEY_SIZE];
	enum cs_err err;

	cs_tlog_cosigner_text(key, &s->key.who);
	if (s->json != NULL) {
		cs_json_object(s->json, NULL);
		cs_json_string(s->json, "name", s->key.who.key.name);
		cs_json_string(s->json, "key", key);
		cs_json_bool(s->json, "runs", runs);
		cs_json_array(s->json, "logs");
	} else {
		printf("Witness:  %s, %s\nKey:      %s\n", s->key.who.key.name,
		    runs ? "which runs" : "which does not run", key);
	}
	if ((err = cs_tlog_seen_list(s->place->logs, s, show_log)))
		return report_error(
		    err, "The logs of the witness in %s", s->place->dir);
	if (s->json != NULL) {
		cs_json_close(s->json);
		cs_json_close(s->json);
		if ((err = cli_json_print(s->json)))
			return report_error(err, "The status");
	}
	return CLI_OK;
}

static int
run_status(const struct cli_args *args)
{
	struct cs_buf text = { 0 };
	struct cs_json_writer json = cs_json_writer(&text);
	struct place p;
	struct shown s = { .place = &p,
		.json = cli_flag(args, "json") ? &json : NULL };
	int lock = -1, status;
	bool runs;

	if ((status = place_open(&p, cli_arg(args, 0))) == CLI_OK &&
	    (status = place_key(&s.key, &p)) == CLI_OK) {
		runs = place_lock(&lock, &p, 0) == CS_ERR_BUSY;
		cs_file_unlock(lock);
		status = show_all(&s, runs);
	}
	cs_wipe(&s.key.with, sizeof s.key.with);
	cs_buf_free(&text);
	place_close(&p);
	return status;
}

/* ---- the table ---------------------------------------------------------- */

static const struct cli_option init_options[] = {
	{ "name", 0, "NAME", "what it is called, such as witness.example.org" },
	{ 0 },
};

static const struct cli_option json_options[] = {
	{ "json", 0, NULL, "for programs" },
	{ 0 },
};

static const struct cli_option add_options[] = {
	{ "origin", 0, "TEXT", "its origin, if that is not the key's name" },
	{ 0 },
};

static const struct cli_option run_options[] = {
	{ "listen", 0, "ADDRESS:PORT", "where to listen (127.0.0.1:7780)" },
	{ 0 },
};

static const struct cli_option ask_options[] = {
	{ "policy", 0, "FILE", "whom to ask, and how many have to sign" },
	{ "authorities", 0, "FILE",
	    "who certifies witnesses with https://, in PEM (the system's)" },
	{ "timeout", 0, "TIME", "for each request (15s)" },
	{ "json", 0, NULL, "for programs" },
	{ 0 },
};

static const struct cli_option timestamp_options[] = {
	{ "key", 0, "KEY", "the log's key" },
	{ "ask", 0, "URL", "the time-stamp authority" },
	{ "authorities", 0, "FILE", "who certifies it, in PEM" },
	{ "to", 0, "DIR", "where to keep the token" },
	{ "json", 0, NULL, "for programs" },
	{ 0 },
};

static const struct cli_command commands[] = {
	{ "init", "DIR --name NAME", "make a witness in a new folder",
	    "Makes its key, DIR/key, and prints the verifier key by which "
	    "others know it. Whoever has DIR/key is the witness. Never run it "
	    "from two copies of DIR, nor from an older one: it would sign what "
	    "contradicts what it has signed.",
	    1, 1, init_options, run_init },
	{ "log add", "DIR KEY [--origin TEXT]",
	    "cosign the checkpoints of a log",
	    "KEY is the log's verifier key. A witness that runs takes it up at "
	    "once.",
	    2, 2, add_options, witness_log_add },
	{ "log list", "DIR", "list these logs: key and origin", NULL, 1, 1,
	    NULL, witness_log_list },
	{ "log remove", "DIR ORIGIN", "cosign them no more",
	    "What was cosigned last is kept, so that a log which is added "
	    "again has to continue it.",
	    2, 2, NULL, witness_log_remove },
	{ "run", "DIR [--listen ADDRESS:PORT]",
	    "run the witness until it is told to stop",
	    "Prints one line once it takes connections. SIGINT or SIGTERM ends "
	    "it. It speaks HTTP: what passes is public, and signed; a proxy "
	    "before it adds TLS, and can take a prefix away. It logs no "
	    "address. The process that reads the network has no key and no "
	    "file; the one with the key opens nothing but DIR/logs.",
	    1, 1, run_options, witness_run },
	{ "status", "DIR [--json]", "show its key and what it cosigned last",
	    NULL, 1, 1, json_options, run_status },
	{ "ask", "FOLDER --policy FILE [--json]",
	    "have witnesses cosign a log's checkpoint",
	    "FOLDER is what the log serves: \"checkpoint\" and \"tile/\". "
	    "Every "
	    "witness of the policy that has a URL is asked, until 15 have "
	    "signed, for which a checkpoint has room. Prints the checkpoint "
	    "with the cosignatures, which were verified; the exit status is 0 "
	    "if they make the policy's quorum.",
	    1, 1, ask_options, witness_ask },
	{ "timestamp", "FOLDER --key KEY --ask URL --authorities FILE --to DIR",
	    "have a time-stamp authority date a log's checkpoint",
	    "By RFC 3161: a second clock beside those of the operator and the "
	    "witnesses. The checkpoint is kept as DIR/SIZE and the token, "
	    "verified, as DIR/SIZE.tsr, so that \"openssl ts -verify\" takes "
	    "them, too; countersign-verify --log --times DIR compares all of "
	    "them with a log. For a timer, such as once a day.",
	    1, 1, timestamp_options, witness_timestamp },
	{ 0 },
};

static const struct cli_exit_text exits[] = {
	{ CLI_OK, "Done." },
	{ CLI_NOT_DONE, "Not done; a sentence on standard error says why." },
	{ CLI_USAGE, "Wrong, missing or too many arguments." },
	{ CLI_SOFTWARE, "Out of memory, or a fault of the program." },
	{ CLI_CANNOT_WRITE,
	    "Something could not be read or written: the disk is full or the "
	    "folder read-only." },
	{ CLI_TRY_LATER, "The witness runs already." },
	{ CLI_NOT_VERIFIED,
	    "The log's checkpoint or tiles do not verify, or a witness has "
	    "cosigned what they contradict." },
	{ CLI_STATE, "The folder is missing, damaged or open to others." },
	{ 0, NULL },
};

static const struct cli_program program = {
	.name = "countersign-witness",
	.summary = "cosign what logs say of themselves",
	.details =
	    "A log that is kept by one operator can show two people different "
	    "things. A witness sees to it that it does not: it signs each "
	    "state of a log that continues the one that it signed before, and "
	    "no other. It speaks C2SP tlog-witness, so it can serve any log "
	    "that does.",
	.commands = commands,
	.exits = exits,
	.see_also = "countersignd(1), countersign-verify(1)",
};

int
main(int argc, char **argv)
{
	/* One of its own processes. */
	if (argc == 3 && strcmp(argv[1], "part") == 0)
		return witness_part(argv[2]);
	return cli_main(&program, argc, argv);
}
