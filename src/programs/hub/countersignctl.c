/* SPDX-License-Identifier: MIT */
/* countersignctl: what an operator does to a hub. */

#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "cli/command.h"
#include "cli/print.h"
#include "cli/qr.h"
#include "cli/report_error.h"
#include "cli/wait.h"
#include "crypto/suite.h"
#include "hub/admin.h"
#include "hub/backup.h"
#include "hub/core/budget.h"
#include "hub/core/root_folder.h"
#include "hub/hub.h"
#include "hub/watch.h"
#include "programs/hub/hub_dir.h"
#include "programs/hub/log.h"
#include "programs/hub/organisation.h"
#include "programs/hub/page.h"
#include "programs/hub/root.h"
#include "store/clock.h"

static int
run_invite(const struct cli_args *args)
{
	const char *dir = hub_dir(args), *value;
	char link[CS_HUB_LINK_SIZE], origin[CS_HUB_ORIGIN_SIZE] = "";
	char shown[CS_HUB_ORIGIN_SIZE + CS_HUB_LINK_SIZE];
	long long uses = 1, seconds = 7 * 86400;
	enum cs_err err;

	if (dir == NULL)
		return CLI_USAGE;
	if ((value = cli_value(args, "uses")) != NULL &&
	    !cli_number(&uses, value, 1, 10000))
		return cli_fail(CLI_USAGE, "--uses takes 1 to 10000.");
	if ((value = cli_value(args, "expires")) != NULL &&
	    (!cli_duration(&seconds, value) || seconds > 365 * 86400))
		return cli_fail(CLI_USAGE,
		    "--expires takes a time such as 30m, 12h or 7d, of at most "
		    "a year.");
	if (cli_flag(args, "page") &&
	    cs_hub_web_origin(origin, dir) == CS_ERR_NOT_FOUND)
		return cli_fail(CLI_STATE,
		    "This hub lets no page in: \"web on\" says where it is.");
	err = cs_hub_invite(link, dir, (unsigned)uses, (uint64_t)seconds);
	if (err)
		return no_hub(err, dir);
	/* What is behind the "#" no server is told. */
	snprintf(shown, sizeof shown, "%s%s%s", origin,
	    origin[0] != '\0' ? "/#" : "", link);
	if (cli_flag(args, "qr"))
		cli_print_qr(stdout, shown);
	printf("%s\n", shown);
	return CLI_OK;
}

static int
show_json(const struct cs_hub_summary *s, const char *root,
    const struct cs_hub_troubles *troubles)
{
	struct cs_buf text = { 0 };
	struct cs_json_writer j = cs_json_writer(&text);
	enum cs_err err;

	cs_json_object(&j, NULL);
	cs_json_string(&j, "name", s->name);
	cs_json_string(&j, "host", s->host);
	cs_json_number(&j, "port", (uint64_t)s->port);
	cs_json_string(&j, "operator_key", root);
	cs_json_number(&j, "accounts", s->accounts);
	cs_json_number(&j, "disabled", s->disabled);
	cs_json_number(&j, "groups", s->groups);
	cs_json_number(&j, "entries", s->entries);
	cs_json_number(&j, "blobs", s->blobs);
	cs_json_number(&j, "reports", s->reports);
	cs_json_number(&j, "removals_waiting", s->removals);
	cs_json_number(&j, "removals_failed", s->removals_failed);
	cs_json_number(&j, "removals_since_ms", s->removals_since_ms);
	cs_json_number(&j, "oldest_message_ms", s->message_ms);
	cs_json_number(&j, "oldest_handshake_ms", s->handshake_ms);
	cs_json_number(&j, "oldest_blob_ms", s->blob_ms);
	cs_json_number(&j, "oldest_report_ms", s->report_ms);
	cs_json_number(&j, "oldest_letter_ms", s->letter_ms);
	cs_json_number(&j, "oldest_left_ms", s->left_ms);
	cs_json_number(&j, "blobs_kept_for_reports", s->pins);
	cs_json_bool(&j, "desk", s->desk);
	cs_json_string(&j, "root_key", s->root_here ? "here" : "elsewhere");
	cs_json_signed(&j, "keys_expire_in_seconds", troubles->keys_left_s);
	if (s->web_port != 0) {
		cs_json_object(&j, "pages");
		cs_json_string(&j, "host", s->web_host);
		cs_json_number(&j, "port", (uint64_t)s->web_port);
		if (troubles->web_left_s != INT64_MAX)
			cs_json_signed(&j, "certificate_expires_in_seconds",
			    troubles->web_left_s);
		cs_json_close(&j);
	}
	cs_json_array(&j, "troubles");
	for (size_t i = 0; i < troubles->n; i++) {
		cs_json_object(&j, NULL);
		cs_json_string(&j, "kind", troubles->v[i].kind);
		cs_json_signed(&j, "left", troubles->v[i].left);
		cs_json_string(&j, "sentence", troubles->v[i].sentence);
		cs_json_close(&j);
	}
	cs_json_close(&j);
	cs_json_close(&j);
	if ((err = cli_json_print(&j)))
		return report_error(err, "The status");
	return CLI_OK;
}

/* How old the oldest of each kind is. */
static void
show_ages(const struct cs_hub_summary *s)
{
	const struct {
		const char *what;
		uint64_t since_ms;
	} ages[] = {
		{ "a message", s->message_ms },
		{ "a commit or proposal", s->handshake_ms },
		{ "a file", s->blob_ms },
		{ "a report", s->report_ms },
		{ "a letter", s->letter_ms },
		{ "an account that left", s->left_ms },
	};
	const char *before = "";
	uint64_t now = cs_clock_ms();

	printf("Oldest:        ");
	for (size_t i = 0; i < sizeof ages / sizeof *ages; i++) {
		uint64_t since = ages[i].since_ms;

		if (since == 0)
			continue;
		printf("%s%s of %llu days", before, ages[i].what,
		    (unsigned long long)(since < now ? (now - since) / CS_DAY_MS
						     : 0));
		before = ", ";
	}
	printf("%s\n", *before == '\0' ? "there is nothing" : "");
}

static void
show_text(const struct cs_hub_summary *s, const char *dir, const char *root,
    const struct cs_hub_troubles *troubles)
{
	printf("Hub:           %s on %s:%d\n"
	       "Operator key:  %s\n"
	       "Accounts:      %llu, %llu of them disabled\n"
	       "Groups:        %llu, with %llu entries so far\n"
	       "Files:         %llu, %llu of them kept for reports\n"
	       "Reports:       %llu\n"
	       "Desk:          %s\n"
	       "Removals:      %llu groups wait for one, in %llu it failed\n"
	       "Keys:          good for %lld more days\n",
	    s->name, s->host, s->port, root, (unsigned long long)s->accounts,
	    (unsigned long long)s->disabled, (unsigned long long)s->groups,
	    (unsigned long long)s->entries, (unsigned long long)s->blobs,
	    (unsigned long long)s->pins, (unsigned long long)s->reports,
	    s->desk ? "has joined" : "none has joined yet",
	    (unsigned long long)s->removals,
	    (unsigned long long)s->removals_failed,
	    (long long)troubles->keys_left_s / (long long)CS_DAY_S);
	if (s->web_port != 0 && troubles->web_left_s != INT64_MAX)
		printf("Pages:         on %s:%d, certificate good for %lld "
		       "more days\n",
		    s->web_host, s->web_port,
		    (long long)troubles->web_left_s / (long long)CS_DAY_S);
	else if (s->web_port != 0)
		printf("Pages:         on %s:%d\n", s->web_host, s->web_port);
	if (s->root_here)
		printf("Root key:      here, in %s/keys/root.key: move it "
		       "(\"root move\")\n",
		    dir);
	else
		printf("Root key:      elsewhere\n");
	show_ages(s);
	for (size_t i = 0; i < troubles->n; i++)
		printf("!! %s\n", troubles->v[i].sentence);
}

static int
run_status(const struct cli_args *args)
{
	const char *dir = hub_dir(args);
	struct cs_hub_summary s;
	struct cs_hub_troubles troubles;
	char root[CS_HUB_ROOT_TEXT_SIZE];
	enum cs_err err;
	int status = CLI_OK;

	if (dir == NULL)
		return CLI_USAGE;
	if ((err = cs_hub_summarize(&s, dir)) ||
	    (err = cs_hub_root(root, dir)) ||
	    (err = cs_hub_troubles(
		 &troubles, dir, cs_clock_ms() / CS_SECOND_MS)))
		return no_hub(err, dir);
	if (cli_flag(args, "json"))
		status = show_json(&s, root, &troubles);
	else
		show_text(&s, dir, root, &troubles);
	return status == CLI_OK && troubles.n != 0 ? CLI_NOT_DONE : status;
}

static int
budgets_json(void)
{
	struct cs_buf text = { 0 };
	struct cs_json_writer j = cs_json_writer(&text);
	enum cs_err err;

	cs_json_array(&j, NULL);
	for (size_t i = 0; i < HUB_BUDGETS; i++) {
		const struct hub_budget *b = &hub_budgets[i];

		cs_json_object(&j, NULL);
		cs_json_string(&j, "name", b->name);
		cs_json_string(&j, "resource", b->resource);
		cs_json_string(&j, "per", hub_per_name(b->per));
		cs_json_number(&j, "amount", b->amount);
		cs_json_number(&j, "window_ms", b->window_ms);
		cs_json_string(
		    &j, "code", b->code != 0 ? cs_wire_code_name(b->code) : "");
		cs_json_string(&j, "reason", b->reason);
		cs_json_close(&j);
	}
	cs_json_close(&j);
	if ((err = cli_json_print(&j)))
		return report_error(err, "The budgets");
	return CLI_OK;
}

static const char *
window_name(uint64_t ms)
{
	return ms == 0           ? "at once"
	    : ms == CS_SECOND_MS ? "a second"
	    : ms == CS_MINUTE_MS ? "a minute"
	    : ms == CS_HOUR_MS   ? "an hour"
				 : "a day";
}

/* 4294967296 bytes are "4 GiB". */
static void
write_amount(char out[static 24], const struct hub_budget *b)
{
	static const char *const units[] = { "", " KiB", " MiB", " GiB" };
	unsigned long long n = b->amount;
	size_t unit = 0;

	if (strncmp(b->resource, "bytes", strlen("bytes")) == 0)
		for (; n % 1024 == 0 && unit < 3; unit++)
			n /= 1024;
	snprintf(out, 24, "%llu%s", n, units[unit]);
}

static int
run_budgets(const struct cli_args *args)
{
	if (cli_flag(args, "json"))
		return budgets_json();
	for (size_t i = 0; i < HUB_BUDGETS; i++) {
		const struct hub_budget *b = &hub_budgets[i];
		char amount[24];

		write_amount(amount, b);
		printf("%-21s %8s %-8s per %-12s  %s\n", b->name, amount,
		    window_name(b->window_ms), hub_per_name(b->per), b->reason);
	}
	return CLI_OK;
}

static int
run_renew(const struct cli_args *args)
{
	const char *dir = hub_dir(args);
	bool here;
	enum cs_err err;

	if (dir == NULL)
		return CLI_USAGE;
	if ((err = hub_root_here(&here, dir)))
		return no_hub(err, dir);
	if (!here)
		return cli_fail(CLI_STATE,
		    "The root key is not in %s, so nothing was renewed. Use "
		    "\"root request FILE\" here, \"root sign\" where the key "
		    "is, and \"root install\" here.",
		    dir);
	if ((err = cs_hub_renew(dir)))
		return no_hub(err, dir);
	printf("The keys are new. A hub that runs takes them up by itself.\n");
	return CLI_OK;
}

static void
show_copied(uint64_t done, uint64_t total)
{
	cli_waits_count("copying files", done, total);
}

static int
run_backup(const struct cli_args *args)
{
	const char *dir = hub_dir(args), *to = cli_arg(args, 0);
	bool here = false;
	enum cs_err err;

	if (dir == NULL)
		return CLI_USAGE;
	err = cs_hub_backup(dir, to, show_copied);
	cli_waits(NULL);
	if (err)
		return report_error(err, "The copy of %s in %s", dir, to);
	printf(
	    "The hub is copied to %s, with its keys: whoever has the copy is "
	    "the hub. Keep it encrypted.\n",
	    to);
	if (hub_root_here(&here, dir) == CS_OK && here)
		printf(
		    "The root key is in it, too, since it lies in %s.\n", dir);
	return CLI_OK;
}

static int
run_restore(const struct cli_args *args)
{
	const char *dir = hub_dir(args), *from = cli_arg(args, 0);
	enum cs_err err;

	if (dir == NULL)
		return CLI_USAGE;
	err = cs_hub_restore(from, dir, show_copied);
	cli_waits(NULL);
	if (err == CS_ERR_EXISTS)
		return cli_fail(CLI_NOT_DONE,
		    "There is something in %s: say with --hub where the hub is "
		    "to be made.",
		    dir);
	if (err == CS_ERR_NOT_FOUND || err == CS_ERR_DIGEST ||
	    err == CS_ERR_FORMAT)
		return cli_fail(CLI_NOT_DONE,
		    "%s is no whole copy of a hub (%s). Nothing was made.",
		    from, cs_err_text(err));
	if (err)
		return report_error(err, "The hub in %s", dir);
	printf("The hub is in %s. What came after the copy was made is lost: "
	       "members notice it, and their conversations go on.\n"
	       "The log is not in a copy: bring the newest one to %s/tlog, and "
	       "then \"countersignctl --hub %s log restored\". Without it the "
	       "hub refuses messages.\n",
	    dir, dir, dir);
	return CLI_OK;
}

static const struct cli_option options[] = {
	{ "hub", 0, "DIR", "the hub's folder" },
	{ 0 },
};

static const struct cli_option invite_options[] = {
	{ "uses", 0, "N", "how many people may join with it (1)" },
	{ "expires", 0, "TIME", "for how long: 30m, 12h, 7d (7d)" },
	{ "page", 0, NULL, "a link that opens the page of this hub" },
	{ "qr", 0, NULL, "show it as a code for a camera, too" },
	{ 0 },
};

static const struct cli_option status_options[] = {
	{ "json", 0, NULL, "for programs" },
	{ 0 },
};

static const struct cli_option manifest_options[] = {
	{ "key", 0, "FILE", "the key that signs, as \"page key\" wrote it" },
	{ 0 },
};

static const struct cli_option web_options[] = {
	{ "cert", 0, "FILE", "the public certificate and what certifies it" },
	{ "key", 0, "FILE", "its key, on P-256" },
	{ 0 },
};

static const struct cli_option sign_options[] = {
	{ "key", 0, "FILE", "the root key, as \"root move\" wrote it" },
	{ "yes", 0, NULL, "do not ask" },
	{ 0 },
};

static const struct cli_option log_witnesses_options[] = {
	{ "none", 0, NULL, "ask nobody any more" },
	{ 0 },
};

static const struct cli_option organisation_options[] = {
	{ "name", 0, "NAME", "what it is called, as everybody may see it" },
	{ "scope", 0, "TEXT",
	    "what it is known for, in your words: the desk "
	    "sees it" },
	{ "trusted", 0, NULL, "it is a trusted flagger (DSA, article 22)" },
	{ 0 },
};

static const struct cli_option log_restored_options[] = {
	{ "yes", 0, NULL, "do not ask" },
	{ 0 },
};

static const struct cli_command commands[] = {
	{ "invite", "[--uses N] [--expires TIME] [--page] [--qr]",
	    "print a new invite link",
	    "The link pins the operator key behind its #. Give it to people in "
	    "a way that only they can read: whoever has it can join. With "
	    "--page it opens the page that the hub serves, and with --qr a "
	    "telephone reads it from the screen.",
	    0, 0, invite_options, run_invite },
	{ "status", "[--json]", "show how the hub is and what it holds",
	    "Somebody who was disabled, or whose device was removed, is shut "
	    "out at once; \"Removals\" counts the groups in which the others "
	    "are still to be asked to take them out. Where that failed it is "
	    "tried again, at least once an hour. Keys that run out in a week, "
	    "yearly certificates that do in a month, the one for pages that "
	    "does in "
	    "14 days, and a disk that is nearly "
	    "full are said at the end, and the exit status is 1. The hub says "
	    "the same when it starts and once a day, and calls the program of "
	    "a line \"hook /PATH\" at the end of DIR/hub.conf with KIND, what "
	    "is LEFT (seconds or bytes) and the SENTENCE. Where the root key "
	    "lies in the folder it renews the keys by itself.",
	    0, 0, status_options, run_status },
	{ "budgets", "[--json]", "print what everybody may take of a hub",
	    "Each with its reason. A line \"budgets N\" at the end of "
	    "DIR/hub.conf multiplies them by N, of at most 9999; those of a "
	    "round, of memory and of all connections stay.",
	    0, 0, status_options, run_budgets },
	{ "renew", "", "make new stamp and TLS keys, certify the desk's anew",
	    "Needs keys/root.key; where it is kept elsewhere, \"root "
	    "request\", "
	    "\"root sign\" and \"root install\" do the same. The stamp key is "
	    "good for 30 days; what was stamped with it stays provable after "
	    "that. The desk's keys stay the same and are certified for "
	    "another year.",
	    0, 0, NULL, run_renew },
	{ "backup", "FOLDER", "copy the hub to a folder, while it runs",
	    "The database as of one moment, keys, settings and files; what is "
	    "in FOLDER from before is brought up to date. The copy is complete "
	    "once FOLDER/MANIFEST is there. It holds the hub's keys: keep it "
	    "where only you can read it, on another machine.",
	    1, 1, NULL, run_backup },
	{ "restore", "FOLDER", "make a hub of such a copy",
	    "In the folder that --hub names, which must not be there. Each "
	    "file is checked. End the old hub first: two of one name harm "
	    "both. Members notice what the hub has lost. The log is not in a "
	    "copy, since an old one would contradict what everybody has seen: "
	    "the newest one belongs into DIR/tlog, and \"log restored\" goes "
	    "on behind it.",
	    1, 1, NULL, run_restore },
	{ "web on", "ADDRESS:PORT ORIGIN... [--cert FILE --key FILE]",
	    "let members in who use a page in a browser",
	    "ORIGIN is where the page is, as a browser writes it: "
	    "https://chat.example.org. The certificate is one that browsers "
	    "trust, as certbot or uacme writes it, and is taken up anew "
	    "whenever the files change. Without one, ADDRESS is 127.0.0.1, and "
	    "a proxy that ends TLS is before it. Programs come in where they "
	    "did, by the operator's key. Whoever holds this certificate, or "
	    "serves the page, could read what members of the page read: tell "
	    "them so.",
	    2, 1 + CS_HUB_WEB_ORIGINS_MAX, web_options, run_web_on },
	{ "web off", "", "let no page in any more", "What is installed stays.",
	    0, 0, NULL, run_web_off },
	{ "organisation add", "KEY --name NAME [--scope TEXT] [--trusted]",
	    "take notices that are signed by this key",
	    "KEY is what \"countersign-notice key\" prints. More is taken of "
	    "an "
	    "organisation than of others, it can hand in hashes of photos, and "
	    "the desk sees who it is and how often it was right. Nobody gains "
	    "more by it: a notice is looked at, and decides nothing.",
	    1, 1, organisation_options, run_organisation_add },
	{ "organisation end", "KEY", "take nothing more by this key",
	    "What it has filed is answered all the same.", 1, 1, NULL,
	    run_organisation_end },
	{ "organisation list", "[--json]", "list those who file by a key",
	    "With how much they filed, and how much of it was not answered in "
	    "time.",
	    0, 0, status_options, run_organisation_list },
	{ "log show", "[--json]", "show the hub's log, and who cosigns it",
	    "How many entries it has, its root, when it was written last (a "
	    "hub "
	    "that runs writes every ten seconds), and when each witness has "
	    "cosigned it last, as far as that is kept.",
	    0, 0, status_options, run_log_show },
	{ "log key", "", "print the key of the log",
	    "As one line, which witnesses (\"countersign-witness log add\") "
	    "and "
	    "verifiers (\"countersign-verify --log\") want.",
	    0, 0, NULL, run_log_key },
	{ "log witnesses", "[FILE] [--none]",
	    "say whom to ask to cosign the log",
	    "FILE is a policy (C2SP tlog-policy): lines \"witness NAME KEY "
	    "URL\", \"group NAME K NAME...\" and \"quorum NAME\". It stays "
	    "where it is, and is the same that verifiers use. The hub asks "
	    "every ten seconds, in the background; what it shows to the public "
	    "is the last state that a quorum has cosigned, if that is no older "
	    "than a minute.",
	    0, 1, log_witnesses_options, run_log_witnesses },
	{ "log release", "FILE...",
	    "write into the log that programs were released",
	    "Their hashes, for everybody to compare with what they were given: "
	    "\"countersign-verify --log --release FILE\". A package, a "
	    "program, "
	    "an archive of sources; releases of the page go into it by "
	    "themselves, as release.txt. Prints each hash.",
	    1, -1, NULL, run_log_release },
	{ "log restored", "[--yes]",
	    "go on after the database was put back from a backup",
	    "A hub whose log has entries that its database does not know "
	    "refuses messages, because it would give their numbers to others. "
	    "If the newest database is lost for good, this lets it go on "
	    "behind the log's last entry, and puts an entry into the log that "
	    "says so to everybody. End the hub first.",
	    0, 0, log_restored_options, run_log_restored },
	{ "page key", "NAME FILE", "make a key that signs releases of the page",
	    "FILE is new. Prints the public half. Whoever runs a release that "
	    "was signed takes the next one by itself only with a signature of "
	    "the same key, so keep FILE where no hub is, and a copy of it: "
	    "without it, everybody has to agree to the next release.",
	    2, 2, NULL, run_page_key },
	{ "page manifest", "FOLDER VERSION [--key FILE]",
	    "write down what a release of the page is made of, and sign it",
	    "Writes FOLDER/release.txt, which names each file with its length "
	    "and SHA-256. The SHA-256 of that, without the signature below it, "
	    "is what a release is known by. --key: a file of \"page key\"; "
	    "its public half goes to FOLDER/release-key.txt.",
	    2, 2, manifest_options, run_page_manifest },
	{ "page install", "FOLDER", "copy a release of the page to the hub",
	    "All files are checked against FOLDER/release.txt. Prints the "
	    "hash; what is shown stays until \"page use\". A file X.br, "
	    "compressed by brotli, is sent in place of X to browsers that take "
	    "it.",
	    1, 1, NULL, run_page_install },
	{ "page list", "[--json]", "list the releases that are installed",
	    "With their versions, and which of them is shown.", 0, 0,
	    status_options, run_page_list },
	{ "page use", "HASH", "show a release of the page from now on",
	    "HASH, or its beginning. A hub that runs shows it at once. Files "
	    "of the release before are still given to those who have it open.",
	    1, 1, NULL, run_page_use },
	{ "root move", "FILE", "move the operator's root key off the hub",
	    "FILE is new, and on a medium that is kept offline. The key is "
	    "removed here once it was read back from there. Where the disk "
	    "keeps old blocks (flash memory, snapshots, backups) a trace may "
	    "stay: a key that is to be safe from that is moved before the hub "
	    "has ever been in use, or the disk is encrypted.",
	    1, 1, NULL, run_root_move },
	{ "root request", "FILE", "ask the root for new certificates",
	    "Makes a new stamp and a new TLS key, which wait in DIR/keys/next, "
	    "and writes into the new file FILE what is to be certified: these, "
	    "the keys that stay, and those of the desk that has joined or asks "
	    "to. The last request counts. It holds nothing secret, but is to "
	    "be carried by somebody you trust: compare the fingerprint.",
	    1, 1, NULL, run_root_request },
	{ "root sign", "REQUEST ANSWER --key FILE [--yes]",
	    "certify what a hub asks for, where the root key is",
	    "Needs no hub and no network. Shows what is asked for, and signs "
	    "it when you say yes. What is for another operator, for longer "
	    "than such keys may be certified or for another time than now is "
	    "refused, so the clock has to be right.",
	    2, 2, sign_options, run_root_sign },
	{ "root install", "ANSWER", "put certified keys into use",
	    "Checks each certificate and its key first, and installs all or "
	    "none. If it is interrupted, the same command completes it.",
	    1, 1, NULL, run_root_install },
	{ 0 },
};

static const struct cli_program program = {
	.name = "countersignctl",
	.summary = "administer a Countersign hub",
	.options = options,
	.commands = commands,
	.exits = report_exits,
	.see_also = "countersignd(1)",
};

int
main(int argc, char **argv)
{
	return cli_main(&program, argc, argv);
}
