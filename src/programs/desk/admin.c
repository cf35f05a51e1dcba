/* SPDX-License-Identifier: MIT */
/* countersign-desk: people, policy, the log, statements, by command line. */
#include "programs/desk/main.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "base/wipe.h"
#include "cli/print.h"
#include "cli/report_error.h"
#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/core/backup.h"
#include "desk/core/head.h"
#include "desk/core/json.h"
#include "desk/core/policy.h"
#include "desk/core/problem.h"
#include "desk/core/text.h"
#include "desk/daemon/retention.h"
#include "desk/people/people.h"
#include "desk/people/proposal.h"
#include "desk/reports/custody.h"
#include "desk/reports/report.h"
#include "desk/show/printable.h"
#include "desk/show/statements.h"
#include "desk/show/statistics.h"
#include "programs/desk/place.h"
#include "store/clock.h"
#include "store/file.h"

static void
print_json(const json_t *o)
{
	if (json_dumpf(o, stdout,
		JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_ENSURE_ASCII) == 0)
		putchar('\n');
}

/* ---- people ------------------------------------------------------------- */

static enum cs_err
show_person(void *arg, const struct desk_person *p, uint64_t passkeys)
{
	(void)arg;
	printf("%4llu  %-20s %-14s %-9s %s  passkeys: %d\n",
	    (unsigned long long)p->actor.id, p->actor.name,
	    cs_desk_role_name(p->actor.role),
	    p->disabled     ? "disabled"
		: p->active ? "active"
			    : "invited",
	    p->actor.pseudonym, (int)passkeys);
	return CS_OK;
}

/* Say what has become of a wish.  We do not know the running console's address,
 * but the usual one. */
static void
say_granted(struct desk_job *j, const struct cs_desk_granted *g)
{
	const char *console = cli_value(j->args, "console");

	if (g->proposal != 0)
		printf("Proposal %llu waits for another administrator: "
		       "countersign-desk people confirm %llu --as NAME\n",
		    (unsigned long long)g->proposal,
		    (unsigned long long)g->proposal);
	if (g->proposal != 0 && g->word[0] != '\0')
		printf("Whoever signs in first needs the address, which the "
		       "other administrator\ngets, and this word, which is "
		       "not shown again:\n  %s\n",
		    g->word);
	if (g->welcome[0] != '\0')
		printf("First sign-in of %s, good once and for seven days:\n"
		       "  %s#/welcome/%s\n",
		    g->name,
		    console != NULL ? console : "http://127.0.0.1:7744/",
		    g->welcome);
}

static enum cs_err
make_wish(struct desk_job *j, const struct cs_desk_wish *wish)
{
	struct cs_desk_granted g;
	enum cs_err err = cs_desk_wish(&g, j->d, &j->actor, wish);

	if (err == CS_OK)
		say_granted(j, &g);
	cs_wipe(&g, sizeof g);
	return err;
}

static enum cs_err
add_person(struct desk_job *j, const char *name)
{
	const char *role = cli_value(j->args, "role");

	return make_wish(j,
	    &(struct cs_desk_wish){ .kind = DESK_PROPOSAL_ADD,
		.name = name,
		.role = cs_desk_role_find(role != NULL ? role : "reviewer") });
}

static enum cs_err
change_person(struct desk_job *j, const char *verb, const char *name)
{
	const char *role = cli_value(j->args, "role");
	struct cs_desk_wish wish = { .kind = DESK_PROPOSAL_CHANGE,
		.role = role != NULL ? cs_desk_role_find(role) : 0 };
	struct cs_desk_actor person;
	enum cs_err err = cs_desk_person_find(&person, j->d, name);

	/* People who were let go are not found among those who may act. */
	if (err && err != CS_ERR_DENIED)
		return desk_job_problem(
		    j, err, "There is nobody of the name %.40s.", name);
	wish.person = person.id;
	if (strcmp(verb, "reset") == 0)
		wish.kind = DESK_PROPOSAL_RESET;
	else if (strcmp(verb, "disable") == 0)
		wish.standing = CS_DESK_STANDING_OUT;
	else if (strcmp(verb, "role") == 0 || strcmp(verb, "enable") == 0)
		wish.standing = CS_DESK_STANDING_IN;
	else
		return desk_job_problem(j, CS_ERR_MISUSE,
		    "It is people, people add NAME, people reset NAME, people "
		    "role NAME, people disable NAME, people enable NAME, "
		    "people proposals, people confirm PROPOSAL or people "
		    "cancel PROPOSAL.");
	return make_wish(j, &wish);
}

static enum cs_err
show_proposal(void *arg, const struct desk_proposal *p)
{
	(void)arg;
	printf("%4llu  %-9s %-7s %-20s", (unsigned long long)p->id,
	    desk_proposal_state_name(p->state),
	    desk_proposal_kind_name(p->kind), p->name);
	if (p->role != 0)
		printf(" %s", cs_desk_role_name((enum cs_desk_role)p->role));
	if (p->standing == CS_DESK_STANDING_OUT)
		printf(" let go");
	printf(" by %s ", p->by_name);
	cli_print_time(stdout, p->made_ms);
	if (p->second_name[0] != '\0')
		printf(", %s", p->second_name);
	printf("\n");
	return CS_OK;
}

static enum cs_err
confirm_proposal(struct desk_job *j, uint64_t id)
{
	struct cs_desk_granted g;
	enum cs_err err = cs_desk_proposal_confirm(&g, j->d, &j->actor, id);

	if (err == CS_OK)
		say_granted(j, &g);
	if (err == CS_OK && g.welcome[0] != '\0')
		printf(
		    "It takes a word, too, which whoever proposed it has.\n");
	cs_wipe(&g, sizeof g);
	return err;
}

int
run_people(const struct cli_args *args)
{
	struct desk_job j;
	const char *verb;
	int status = desk_job_begin(&j, args, 0, 2);
	enum cs_err err = CS_OK;

	if (status != CLI_OK)
		return desk_job_end(&j, status, err);
	verb = j.p.n > 0 ? j.p.rest[0] : "";
	if (j.p.n == 0)
		err = desk_people(j.d, show_person, NULL);
	else if (j.p.n == 1 && strcmp(verb, "proposals") == 0)
		err = desk_proposals(j.d, show_proposal, NULL);
	else if (j.p.n == 1)
		status = cli_fail(CLI_USAGE, "Say whom.");
	else if (strcmp(verb, "add") == 0)
		err = add_person(&j, j.p.rest[1]);
	else if (strcmp(verb, "confirm") == 0)
		err = confirm_proposal(&j, desk_id_parse(j.p.rest[1]));
	else if (strcmp(verb, "cancel") == 0)
		err = cs_desk_proposal_cancel(
		    j.d, &j.actor, desk_id_parse(j.p.rest[1]));
	else
		err = change_person(&j, verb, j.p.rest[1]);
	return desk_job_end(&j, status, err);
}

/* ---- policy ------------------------------------------------------------- */

static enum cs_err
set_policy(struct desk_job *j, const char *path)
{
	struct cs_desk_policy now;
	struct cs_buf text = { 0 };
	enum cs_err err;

	if ((err = cs_file_read(&text, path, 256 * CS_KIB)))
		return desk_job_problem(
		    j, err, "%s: %s.", path, cs_err_text(err));
	if ((err = cs_desk_policy(&now, j->d)) == CS_OK) {
		err = make_wish(j,
		    &(struct cs_desk_wish){ .kind = DESK_PROPOSAL_POLICY,
			.toml = cs_buf_view(&text),
			.version = now.version });
		cs_desk_policy_clear(&now);
	}
	cs_buf_free(&text);
	return err;
}

int
run_policy(const struct cli_args *args)
{
	const char *path = cli_value(args, "set");
	struct cs_buf text = { 0 };
	struct desk_job j;
	int status = desk_job_begin(&j, args, 0, 0);
	enum cs_err err = CS_OK;

	if (status == CLI_OK && path != NULL)
		err = set_policy(&j, path);
	else if (status == CLI_OK &&
	    (err = cs_desk_policy_text(&text, j.d)) == CS_OK)
		status = desk_write_out(args, cs_buf_view(&text));
	cs_buf_free(&text);
	return desk_job_end(&j, status, err);
}

/* ---- audit -------------------------------------------------------------- */

struct walk {
	bool print;
	uint64_t n;
	char head[2 * CS_HASH_LEN + 1];
};

static void
audit_line(void *arg, const struct cs_desk_audit_line *line)
{
	struct walk *w = arg;

	w->n = line->seq;
	cs_hex(w->head, cs_view(line->hash, CS_HASH_LEN));
	if (!w->print || strcmp(line->what, "kept") == 0)
		return;
	cli_print_time(stdout, line->at_ms);
	printf("  %s: %s", line->actor, line->what);
	if (line->case_id != 0)
		printf(", case %llu", (unsigned long long)line->case_id);
	printf("\n");
}

/* Compare with what was deposited, as far as that can be asked. */
static enum cs_err
check_heads(struct desk_job *j)
{
	enum cs_err err = cs_desk_heads_check_file(j->d);

	if (err || (err = cs_desk_heads_check_hub(j->d)) == CS_OK ||
	    err == CS_ERR_CHAIN)
		return err;
	printf("The hub cannot be asked what it has seen of the log.\n");
	return CS_OK;
}

static enum cs_err
accept_copy(struct desk_job *j, const char *why)
{
	enum cs_err err = j->actor.id == 0
	    ? cs_desk_accept(j->d, why)
	    : desk_job_problem(j, CS_ERR_DENIED,
		  "This is for whoever has the desk's folder, without --as.");

	if (err == CS_OK)
		printf("The desk goes on with what is here, and its log says "
		       "so.\n");
	return err;
}

int
run_audit(const struct cli_args *args)
{
	struct walk w = { .print = true };
	struct desk_job j;
	int status = desk_job_begin(&j, args, 0, 2);
	enum cs_err err;

	if (status != CLI_OK)
		return desk_job_end(&j, status, CS_OK);
	if (j.p.n == 2 && strcmp(j.p.rest[0], "accept") == 0)
		return desk_job_end(&j, CLI_OK, accept_copy(&j, j.p.rest[1]));
	if (j.p.n != 0) {
		if (j.p.n == 2 ||
		    (strcmp(j.p.rest[0], "verify") != 0 &&
			strcmp(j.p.rest[0], "head") != 0))
			return desk_job_end(&j,
			    cli_fail(CLI_USAGE,
				"It is audit, audit verify, audit head or "
				"audit accept WHY."),
			    CS_OK);
		w.print = false;
	}
	err = cs_desk_audit_verify(j.d, audit_line, &w);
	if (err == CS_OK && !w.print)
		err = check_heads(&j);
	if (err == CS_ERR_CHAIN || err == CS_ERR_CORRUPT) {
		status = cli_fail(CLI_NOT_VERIFIED, "%s", cs_desk_problem(j.d));
		err = CS_OK;
	} else if (err == CS_OK && !w.print) {
		printf("%llu entries, nothing changed, left out or moved.\n"
		       "Head: %s\n",
		    (unsigned long long)w.n, w.head);
	}
	return desk_job_end(&j, status, err);
}

/* ---- what leaves -------------------------------------------------------- */

int
run_statements(const struct cli_args *args)
{
	json_t *out = json_object(), *items = json_array();
	struct desk_job j;
	int status = desk_job_begin(&j, args, 0, 0);
	enum cs_err err = CS_OK;

	json_put(out, "statements", items, &err);
	if (status == CLI_OK &&
	    (err = cs_desk_statements(items, j.d, &j.actor, 0)) == CS_OK)
		print_json(out);
	json_decref(out);
	return desk_job_end(&j, status, err);
}

int
run_statistics(const struct cli_args *args)
{
	json_t *out = json_object();
	struct desk_job j;
	int status = desk_job_begin(&j, args, 0, 0);
	enum cs_err err = CS_OK;

	if (status == CLI_OK &&
	    (err = cs_desk_statistics(out, j.d, 30)) == CS_OK)
		print_json(out);
	json_decref(out);
	return desk_job_end(&j, status, err);
}

int
run_custody(const struct cli_args *args)
{
	struct cs_buf record = { 0 };
	struct desk_job j;
	uint8_t id[CS_ID_LEN];
	int status = desk_job_begin(&j, args, 1, 1);
	enum cs_err err = CS_OK;

	if (status == CLI_OK && cli_value(args, "output") == NULL)
		status = cli_fail(CLI_USAGE, "Say where to: -o FILE.custody.");
	if (status == CLI_OK &&
	    (err = cs_desk_report_find(j.d, j.p.rest[0], id)) == CS_OK &&
	    (err = cs_desk_custody_write(&record, j.d, &j.actor, id)) == CS_OK)
		status = desk_write_out(args, cs_buf_view(&record));
	cs_buf_free(&record);
	return desk_job_end(&j, status, err);
}

int
run_print(const struct cli_args *args)
{
	struct cs_buf page = { 0 };
	struct desk_job j;
	int status = desk_job_begin(&j, args, 1, 1);
	enum cs_err err = CS_OK;

	if (status == CLI_OK &&
	    (err = cs_desk_case_print(&page, j.d, &j.actor,
		 desk_id_parse(j.p.rest[0]),
		 cli_flag(args, "photos") ? CS_DESK_PRINT_PHOTOS
					  : CS_DESK_PRINT_NO_PHOTOS)) == CS_OK)
		status = desk_write_out(args, cs_buf_view(&page));
	cs_buf_free(&page);
	return desk_job_end(&j, status, err);
}

/* ---- keeping ------------------------------------------------------------ */

int
run_retention(const struct cli_args *args)
{
	struct desk_job j;
	uint64_t n = 0;
	int status = desk_job_begin(&j, args, 0, 0);
	enum cs_err err = CS_OK;

	if (status == CLI_OK &&
	    (err = cs_desk_retention(j.d, cs_clock_ms(), &n)) == CS_OK)
		printf("%llu case%s destroyed.\n", (unsigned long long)n,
		    n == 1 ? " was" : "s were");
	return desk_job_end(&j, status, err);
}

/* Read the passphrase of a backup, which is not the desk's. */
static int
backup_passphrase(struct cs_buf *out, const struct cli_args *args)
{
	const char *path = cli_value(args, "backup-passphrase-file");
	enum cs_err err;

	if (path == NULL)
		return cli_fail(CLI_USAGE,
		    "A backup is sealed: --backup-passphrase-file FILE, and "
		    "keep that somewhere else.");
	if ((err = cs_file_read(out, path, 4096)))
		return report_error(err, "%s", path);
	while (out->len > 0 &&
	    (out->data[out->len - 1] == '\n' ||
		out->data[out->len - 1] == '\r'))
		out->len--;
	return CLI_OK;
}

int
run_backup(const struct cli_args *args)
{
	const char *path = cli_value(args, "output");
	struct cs_buf passphrase = { .max = 4096 };
	struct desk_job j;
	int status = desk_job_begin(&j, args, 0, 0);
	enum cs_err err = CS_OK;

	if (status == CLI_OK && path == NULL)
		status = cli_fail(CLI_USAGE, "Say where to: -o FILE.");
	if (status == CLI_OK)
		status = backup_passphrase(&passphrase, args);
	if (status == CLI_OK &&
	    (err = cs_desk_backup(
		 j.d, &j.actor, path, cs_buf_view(&passphrase))) == CS_OK)
		printf("Written. To get it back:\n"
		       "  countersign-desk restore %s NEWDIR "
		       "--backup-passphrase-file FILE\n",
		    path);
	cs_buf_free(&passphrase);
	return desk_job_end(&j, status, err);
}

int
run_restore(const struct cli_args *args)
{
	const char *path = cli_arg(args, 0), *dir = cli_arg(args, 1);
	struct cs_buf passphrase = { .max = 4096 };
	int status = backup_passphrase(&passphrase, args);
	enum cs_err err;

	if (status == CLI_OK) {
		err = cs_desk_restore(path, dir, cs_buf_view(&passphrase));
		if (err == CS_ERR_EXISTS)
			status = cli_fail(
			    CLI_NOT_DONE, "There is something in %s.", dir);
		else if (err == CS_ERR_PASSPHRASE)
			status =
			    cli_fail(CLI_STATE, "That is not its passphrase.");
		else if (err == CS_ERR_FORMAT)
			status = cli_fail(CLI_STATE,
			    "%s is no backup, or is damaged; nothing was "
			    "restored.",
			    path);
		else if (err)
			status = report_error(err, "%s", path);
		else
			printf(
			    "The desk is back in %s. Only one of it may "
			    "run.\n"
			    "It is older than what its hub has seen: say why "
			    "it is to go on, for the log:\n"
			    "  countersign-desk audit accept WHY --desk %s\n",
			    dir, dir);
	}
	cs_buf_free(&passphrase);
	return status;
}
