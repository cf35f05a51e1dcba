/* SPDX-License-Identifier: MIT */
#include "programs/verify/log.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "cli/file_hash.h"
#include "cli/print.h"
#include "cli/wait.h"
#include "crypto/init.h"
#include "net/authorities.h"
#include "programs/verify/log_names.h"
#include "programs/verify/log_notices.h"
#include "programs/verify/log_source.h"
#include "programs/verify/log_state.h"
#include "programs/verify/log_times.h"
#include "store/clock.h"
#include "store/file.h"
#include "tlog/edge.h"
#include "tlog/policy.h"

enum { WHOLE = 0, NOT_WHOLE = 1, NO_LOG = 2 };

#define KEY_FILE_MAX 4096
#define REPORT_MAX ((size_t)16 << 20)
#define NO_NUMBER UINT64_MAX
#define WAITS "reading the log"

static const char *const kind_names[LOG_KINDS] = {
	[CS_TLOG_STAMPS] = "stamps",
	[CS_TLOG_CERTIFICATE] = "certificate",
	[CS_TLOG_ACTION] = "action",
	[CS_TLOG_RELEASE] = "release",
	[CS_TLOG_DESK_HEAD] = "desk-head",
	[CS_TLOG_RESTORED] = "restored",
	[CS_TLOG_NOTICE] = "notice",
	[CS_TLOG_ANSWER] = "answer",
	[CS_TLOG_OVERDUE] = "overdue",
	[CS_TLOG_NAMES] = "names",
	[CS_TLOG_NAME] = "name",
	[0] = "other",
};

struct audit {
	struct cs_note_key key;
	struct cs_tlog_policy *policy; /* NULL: nobody has to have cosigned */
	struct log_source source;
	const char *state_path; /* or NULL */
	struct log_state state; /* of the audit before */
	struct cs_buf note;
	struct cs_tlog_checkpoint c; /* views into the note */
	struct cs_tlog_checkpoint before;
	struct cs_tlog_edge edge;
	struct log_names
	    names; /* nothing, where the log's beginning is not read */
	struct log_notices notices; /* the same */
	struct log_notices_sum sum;
	const char *release; /* a file; or NULL */
	uint8_t release_entry[CS_TLOG_COMMIT_LEN];
	uint64_t released; /* the number of that; NO_NUMBER: there is none */
	const char *times_dir; /* or NULL */
	struct cs_buf times_authorities;
	struct log_times times;
	uint64_t counts[LOG_KINDS];
	bool contradicts; /* what it was before */
	bool quorum;
	uint64_t wrong_name;   /* the number of that entry; NO_NUMBER: none */
	uint64_t wrong_notice; /* the same */
	uint64_t by_s, as_of_s;
	char said[512]; /* what is wrong */
};

/* ---- what is wrong ------------------------------------------------------ */

__attribute__((format(printf, 3, 4))) static int
say(struct audit *a, int status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(a->said, sizeof a->said, format, args);
	va_end(args);
	return status;
}

static int
say_err(struct audit *a, enum cs_err err)
{
	switch (err) {
	case CS_ERR_NOMEM:
		return say(a, CLI_SOFTWARE, "Out of memory.");
	case CS_ERR_NOT_FOUND:
		return say(
		    a, NOT_WHOLE, "The file %s is missing.", a->source.missing);
	case CS_ERR_CLOSED:
	case CS_ERR_TIMEOUT:
	case CS_ERR_IO:
		return say(a, NOT_WHOLE, "The file %s cannot be read (%s).",
		    a->source.missing, cs_err_text(err));
	default:
		return say(
		    a, NOT_WHOLE, "The file %s is damaged.", a->source.missing);
	}
}

/* ---- what is given ------------------------------------------------------ */

/* The key itself, or a file with it. */
static enum cs_err
read_key(struct cs_note_key *out, const char *text)
{
	struct cs_buf file = { 0 };
	struct cs_view v = cs_view_str(text);
	enum cs_err err = CS_OK;

	if (strchr(text, '+') == NULL) {
		err = cs_file_read(&file, text, KEY_FILE_MAX);
		v = cs_buf_view(&file);
		while (v.len != 0 &&
		    (v.data[v.len - 1] == '\n' || v.data[v.len - 1] == '\r'))
			v.len--;
	}
	if (err == CS_OK)
		err = cs_note_key_read(out, v);
	cs_buf_free(&file);
	return err;
}

static int
read_policy(struct audit *a, const char *path)
{
	struct cs_buf text = { 0 };
	unsigned line = 0;
	enum cs_err err;

	if (path == NULL)
		return CLI_OK;
	a->policy = cs_calloc(1, sizeof *a->policy);
	if (a->policy == NULL)
		return cli_fail(CLI_SOFTWARE, "Out of memory.");
	err = cs_file_read(&text, path, CS_TLOG_POLICY_MAX);
	if (err == CS_OK)
		err =
		    cs_tlog_policy_parse(a->policy, &line, cs_buf_view(&text));
	cs_buf_free(&text);
	if (err && line != 0)
		return cli_fail(CLI_USAGE, "%s, line %u: %s.", path, line,
		    cs_err_text(err));
	return err ? cli_fail(CLI_USAGE, "%s is no policy (%s).", path,
			 cs_err_text(err))
		   : CLI_OK;
}

/* What the audit before has left, if it is of this log. */
static int
read_state(struct audit *a)
{
	enum cs_err err;

	if (a->state_path == NULL)
		return CLI_OK;
	err = log_state_read(&a->state, a->state_path);
	if (err == CS_ERR_NOT_FOUND)
		return CLI_OK;
	if (err == CS_OK)
		err = cs_tlog_checkpoint_open(&a->before,
		    cs_buf_view(&a->state.note), &a->key,
		    cs_view_str(a->key.name));
	if (err)
		return cli_fail(CLI_USAGE,
		    "%s is no state of an audit of this log (%s).",
		    a->state_path, cs_err_text(err));
	return CLI_OK;
}

/* What the hub says of its notices. */
static int
read_report(struct audit *a, const char *path)
{
	struct cs_buf text = { .max = REPORT_MAX };
	enum cs_err err;

	if (path == NULL)
		return CLI_OK;
	if (a->state_path != NULL)
		return cli_fail(CLI_USAGE,
		    "--report takes an audit from the log's beginning: without "
		    "--from.");
	err = cs_file_read(&text, path, REPORT_MAX);
	if (err == CS_OK)
		err = log_notices_report(&a->notices, cs_buf_view(&text));
	cs_buf_free(&text);
	return err ? cli_fail(CLI_USAGE,
			 "%s is no report of a hub's, as its page "
			 "notices/report.json gives it (%s).",
			 path, cs_err_text(err))
		   : CLI_OK;
}

/* What is to be in it. */
static int
read_release(struct audit *a, const char *path)
{
	uint8_t hash[CS_SHA256_LEN];
	enum cs_err err;

	a->release = path;
	if (path == NULL)
		return CLI_OK;
	if (a->state_path != NULL)
		return cli_fail(CLI_USAGE,
		    "--release takes an audit from the log's beginning: "
		    "without --from.");
	if ((err = cli_file_hash(hash, path)) == CS_OK)
		err = cs_tlog_commit(
		    a->release_entry, CS_TLOG_RELEASE, NULL, CS_VIEW_OF(hash));
	return err ? cli_fail(CLI_USAGE, "%s cannot be read (%s).", path,
			 cs_err_text(err))
		   : CLI_OK;
}

/* Whose word on time counts. */
static int
read_times(struct audit *a, const struct cli_args *args)
{
	const char *path = cli_value(args, "times-authorities");
	enum cs_err err;

	a->times_dir = cli_value(args, "times");
	if (a->times_dir == NULL && path == NULL)
		return CLI_OK;
	if (a->times_dir == NULL || path == NULL)
		return cli_fail(
		    CLI_USAGE, "--times and --times-authorities go together.");
	err = cs_file_read(&a->times_authorities, path, CS_NET_AUTHORITIES_MAX);
	return err ? cli_fail(CLI_USAGE, "%s cannot be read (%s).", path,
			 cs_err_text(err))
		   : CLI_OK;
}

static int
read_all(struct audit *a, const struct cli_args *args)
{
	const char *key = cli_value(args, "key");
	int status;
	enum cs_err err;

	if (key == NULL)
		return cli_fail(CLI_USAGE,
		    "Say whose log it is: --key KEY, as \"countersignctl log "
		    "key\" prints it.");
	if ((err = read_key(&a->key, key)))
		return cli_fail(CLI_USAGE, "That is no key of a log (%s).",
		    cs_err_text(err));
	if ((status = read_policy(a, cli_value(args, "witnesses"))) != CLI_OK)
		return status;
	a->state_path = cli_value(args, "from");
	if ((status = read_state(a)) != CLI_OK ||
	    (status = read_report(a, cli_value(args, "report"))) != CLI_OK ||
	    (status = read_release(a, cli_value(args, "release"))) != CLI_OK ||
	    (status = read_times(a, args)) != CLI_OK)
		return status;
	err = log_source_open(
	    &a->source, cli_value(args, "log"), cli_value(args, "authorities"));
	if (err == CS_ERR_NOT_FOUND)
		return cli_fail(CLI_USAGE,
		    "There are no certificates of authorities: give them with "
		    "--authorities.");
	if (err)
		return cli_fail(CLI_USAGE,
		    "--log takes https://NAME/PATH, http://127.0.0.1/PATH or a "
		    "folder.");
	return CLI_OK;
}

/* ---- the checkpoint ----------------------------------------------------- */

static int
check_witnesses(struct audit *a)
{
	struct cs_tlog_witnessed w;
	enum cs_err err;

	if (a->policy == NULL)
		return WHOLE;
	err = cs_tlog_policy_verify(&w, a->policy, cs_buf_view(&a->note),
	    &a->key, cs_clock_ms() / CS_SECOND_MS);
	if (err == CS_ERR_NOMEM)
		return say_err(a, err);
	if (err == CS_ERR_DENIED)
		return say(a, NOT_WHOLE,
		    "Too few witnesses have cosigned the checkpoint for the "
		    "policy's quorum: nobody vouches that others see the same "
		    "log.");
	if (err)
		return say(a, NOT_WHOLE,
		    "A line of the checkpoint is wrong (%s).",
		    cs_err_text(err));
	a->quorum = true;
	a->by_s = w.by_s;
	a->as_of_s = w.as_of_s;
	return WHOLE;
}

static int
read_checkpoint(struct audit *a)
{
	enum cs_err err = log_source_read(
	    &a->source, &a->note, "checkpoint", CS_TLOG_NOTE_MAX);

	if (err == CS_OK)
		err = cs_tlog_checkpoint_open(&a->c, cs_buf_view(&a->note),
		    &a->key, cs_view_str(a->key.name));
	if (err == CS_ERR_NOMEM)
		return say_err(a, err);
	if (err)
		return say(a, NO_LOG, "There is no log of that key (%s).",
		    cs_err_text(err));
	return WHOLE;
}

/* ---- the tree ----------------------------------------------------------- */

/* What an entry is counted as. */
static size_t
counted_as(struct cs_view entry)
{
	uint8_t kind = cs_tlog_entry_kind(entry);

	return kind < LOG_KINDS ? kind : 0;
}

static bool
checks_names(const struct audit *a)
{
	return a->before.size == 0;
}

static enum cs_err
add_name(struct audit *a, uint64_t number, struct cs_view entry)
{
	enum cs_err err;

	if (!checks_names(a))
		return CS_OK;
	err = log_names_add(&a->names, number, entry);
	if (err && err != CS_ERR_NOMEM)
		a->wrong_name = number;
	return err;
}

static enum cs_err
add_notice(struct audit *a, uint64_t number, struct cs_view entry)
{
	enum cs_err err;

	if (!checks_names(a))
		return CS_OK;
	err = log_notices_add(&a->notices, number, entry);
	if (err && err != CS_ERR_NOMEM)
		a->wrong_notice = number;
	return err;
}

/* What was due has to be answered, or said not to be: by the time until which
 * witnesses have seen the log, or by this machine's clock. */
static int
check_notices(struct audit *a)
{
	uint64_t now_ms = a->quorum && a->as_of_s != 0
	    ? a->as_of_s * CS_SECOND_MS
	    : cs_clock_ms();
	char why[300];

	if (!checks_names(a))
		return WHOLE;
	log_notices_sum(&a->sum, &a->notices, now_ms);
	if (a->sum.hidden != 0)
		return say(a, NOT_WHOLE,
		    "Notice %llu was not answered in time, and the log does "
		    "not say so.",
		    (unsigned long long)a->sum.hidden);
	if (a->notices.has_report &&
	    !log_notices_agree(why, sizeof why, &a->notices, a->c.size))
		return say(a, NOT_WHOLE, "%s", why);
	return WHOLE;
}

static int
say_names(struct audit *a, enum cs_err err)
{
	unsigned long long n = a->wrong_name;

	switch (err) {
	case CS_ERR_EXISTS:
		return say(a, NOT_WHOLE,
		    "Entry %llu gives a name a second account.", n);
	case CS_ERR_MISMATCH:
		return say(a, NOT_WHOLE,
		    "Entry %llu is not the root of the names before it: some "
		    "were hidden, changed or added unseen.",
		    n);
	case CS_ERR_KEY:
		return say(a, NOT_WHOLE,
		    "Entry %llu has another key of names than the entries "
		    "before it.",
		    n);
	default:
		return say(a, NOT_WHOLE, "Entry %llu is of no hub (%s).", n,
		    cs_err_text(err));
	}
}

/* Tiles that the entries make have to be those that are there. */
static enum cs_err
compare_files(struct audit *a, struct cs_tlog_files *files)
{
	enum cs_err err = CS_OK;

	for (size_t i = 0; err == CS_OK && i < files->n; i++) {
		const struct cs_tlog_file *f = &files->list[i];
		struct cs_buf there = { 0 };

		/* Entries are what was read. */
		if (f->tile.entries)
			continue;
		err = log_source_fetch(&a->source, &there, &f->tile);
		if (err == CS_OK &&
		    !cs_view_equal(
			cs_buf_view(&there), cs_buf_view(&f->content))) {
			cs_tlog_tile_path(a->source.missing, &f->tile);
			err = CS_ERR_MISMATCH;
		}
		cs_buf_free(&there);
	}
	cs_tlog_files_clear(files);
	return err;
}

/* The entries of the bundle ${n} that are new. */
static enum cs_err
add_bundle(struct audit *a, uint64_t n)
{
	const struct cs_tlog_tile tile = { true, 0, n,
		cs_tlog_tile_width(0, n, a->c.size) };
	struct cs_tlog_files files = { 0 };
	struct cs_buf bundle = { 0 };
	struct cs_view left, entry;
	enum cs_err err = log_source_fetch(&a->source, &bundle, &tile);

	left = cs_buf_view(&bundle);
	for (uint64_t i = 0; err == CS_OK && i < tile.width; i++) {
		err = cs_tlog_bundle_next(&entry, &left);
		if (err || n * CS_TLOG_TILE_WIDTH + i < a->edge.size)
			continue;
		a->counts[counted_as(entry)]++;
		if (a->release != NULL && a->released == NO_NUMBER &&
		    cs_view_equal(entry, CS_VIEW_OF(a->release_entry)))
			a->released = a->edge.size;
		if ((err = add_name(a, a->edge.size, entry)) == CS_OK &&
		    (err = add_notice(a, a->edge.size, entry)) == CS_OK)
			err = cs_tlog_edge_add(&a->edge, &files, entry);
	}
	if (err == CS_OK)
		err = compare_files(a, &files);
	cs_tlog_files_clear(&files);
	cs_buf_free(&bundle);
	return err;
}

/* The log as it was has to be what it was. */
static int
check_before(struct audit *a)
{
	struct cs_tlog_hash root;
	enum cs_err err;

	if (a->state.note.len == 0)
		return WHOLE;
	a->contradicts = a->before.size > a->c.size;
	if (a->contradicts)
		return say(a, NOT_WHOLE,
		    "The log was rolled back: it has %llu entries, and had "
		    "%llu.",
		    (unsigned long long)a->c.size,
		    (unsigned long long)a->before.size);
	err = cs_tlog_edge_load(
	    &a->edge, a->before.size, log_source_fetch, &a->source);
	if (err == CS_OK)
		err = cs_tlog_edge_root(&root, &a->edge);
	if (err == CS_OK && !cs_tlog_hash_equal(&root, &a->before.root)) {
		a->contradicts = true;
		return say(a, NOT_WHOLE,
		    "The log is a fork: its first %llu entries are others than "
		    "they were. The checkpoints of both are signed by its key, "
		    "which proves it: keep them.",
		    (unsigned long long)a->before.size);
	}
	return err ? say_err(a, err) : WHOLE;
}

static int
check_root(struct audit *a)
{
	struct cs_tlog_files files = { 0 };
	struct cs_tlog_hash root;
	enum cs_err err = cs_tlog_edge_rest(&a->edge, &files);

	if (err == CS_OK)
		err = compare_files(a, &files);
	cs_tlog_files_clear(&files);
	if (err == CS_OK)
		err = cs_tlog_edge_root(&root, &a->edge);
	if (err)
		return say_err(a, err);
	return cs_tlog_hash_equal(&root, &a->c.root)
	    ? WHOLE
	    : say(a, NOT_WHOLE,
		  "The entries do not make the root that the checkpoint says.");
}

static int
check_tree(struct audit *a)
{
	uint64_t last =
	    (a->c.size + CS_TLOG_TILE_WIDTH - 1) / CS_TLOG_TILE_WIDTH;
	int status = check_before(a);
	enum cs_err err = CS_OK;

	if (status != WHOLE)
		return status;
	memcpy(a->counts, a->state.counts, sizeof a->counts);
	for (uint64_t n = a->edge.size / CS_TLOG_TILE_WIDTH;
	     err == CS_OK && n < last; n++) {
		cli_waits_count(WAITS, n, last);
		err = add_bundle(a, n);
	}
	cli_waits(NULL);
	if (err && a->wrong_name != NO_NUMBER)
		return say_names(a, err);
	if (err && a->wrong_notice != NO_NUMBER)
		return say(a, NOT_WHOLE, "Entry %llu %s.",
		    (unsigned long long)a->wrong_notice,
		    a->notices.why != NULL ? a->notices.why : "is of no hub");
	return err ? say_err(a, err) : check_root(a);
}

static int
check_release(struct audit *a)
{
	return a->release == NULL || a->released != NO_NUMBER
	    ? WHOLE
	    : say(a, NOT_WHOLE,
		  "The log says of no release that it is %.300s: that is "
		  "something else, or it was given to you alone.",
		  a->release);
}

/* What others have dated is what is there. */
static int
check_times(struct audit *a)
{
	enum cs_err err;

	if (a->times_dir == NULL)
		return WHOLE;
	err = log_times_check(&a->times, a->times_dir,
	    cs_buf_view(&a->times_authorities), &a->key, a->c.size,
	    log_source_fetch, &a->source);
	if (err == CS_ERR_MISMATCH && a->times.why != NULL)
		return say(a, NOT_WHOLE, "The token %s in %.200s %s.",
		    a->times.at, a->times_dir, a->times.why);
	if (err == CS_ERR_IO || err == CS_ERR_LIMIT)
		return say(a, NOT_WHOLE, "The tokens in %.200s: %s.",
		    a->times_dir, cs_err_text(err));
	if (err)
		return say_err(a, err);
	return a->times.n != 0
	    ? WHOLE
	    : say(a, NOT_WHOLE, "There is no token in %.200s.", a->times_dir);
}

static int
keep_state(struct audit *a)
{
	struct log_state s = { .note = a->note };

	if (a->state_path == NULL)
		return WHOLE;
	memcpy(s.counts, a->counts, sizeof s.counts);
	return log_state_write(&s, a->state_path) == CS_OK
	    ? WHOLE
	    : say(a, CLI_CANNOT_WRITE, "%.300s cannot be written.",
		  a->state_path);
}

static int
audit(struct audit *a)
{
	int status;

	if ((status = read_checkpoint(a)) != WHOLE ||
	    (status = check_tree(a)) != WHOLE ||
	    (status = check_witnesses(a)) != WHOLE ||
	    (status = check_notices(a)) != WHOLE ||
	    (status = check_release(a)) != WHOLE ||
	    (status = check_times(a)) != WHOLE)
		return status;
	return keep_state(a);
}

/* ---- what is shown ------------------------------------------------------ */

static int
show_json(const struct audit *a, int status)
{
	struct cs_buf text = { 0 };
	struct cs_json_writer j = cs_json_writer(&text);
	char root[CS_BASE64_SIZE(CS_HASH_LEN)];

	cs_json_object(&j, NULL);
	cs_json_string(&j, "log", a->key.name);
	cs_json_bool(&j, "whole", status == WHOLE);
	if (status != WHOLE)
		cs_json_string(&j, "why", a->said);
	if (status != NO_LOG) {
		cs_base64(root, CS_VIEW_OF(a->c.root.bytes));
		cs_json_number(&j, "size", a->c.size);
		cs_json_string(&j, "root", root);
		cs_json_number(&j, "from", a->before.size);
		if (a->policy != NULL)
			cs_json_bool(&j, "quorum", a->quorum);
		if (a->quorum && a->as_of_s != 0) {
			cs_json_number(&j, "by_s", a->by_s);
			cs_json_number(&j, "as_of_s", a->as_of_s);
		}
		cs_json_object(&j, "entries");
		for (size_t i = 0; i < LOG_KINDS; i++)
			cs_json_number(&j, kind_names[i], a->counts[i]);
		cs_json_close(&j);
		cs_json_bool(
		    &j, "names_checked", status == WHOLE && checks_names(a));
		if (checks_names(a)) {
			cs_json_object(&j, "notices");
			cs_json_number(&j, "filed", a->sum.filed);
			cs_json_number(&j, "answered", a->sum.answered);
			cs_json_number(&j, "late", a->sum.late);
			cs_json_number(&j, "overdue", a->sum.overdue);
			cs_json_bool(&j, "report_agrees",
			    status == WHOLE && a->notices.has_report);
			cs_json_close(&j);
		}
		if (a->release != NULL && a->released != NO_NUMBER)
			cs_json_number(&j, "released", a->released);
		if (status == WHOLE && a->times.n != 0) {
			cs_json_object(&j, "times");
			cs_json_number(&j, "tokens", a->times.n);
			cs_json_number(&j, "first_size", a->times.first_size);
			cs_json_number(&j, "first_s", a->times.first.time_s);
			cs_json_number(&j, "last_size", a->times.last_size);
			cs_json_number(&j, "last_s", a->times.last.time_s);
			cs_json_string(&j, "by", a->times.last.by);
			cs_json_close(&j);
		}
		cs_json_text(&j, "checkpoint", cs_buf_view(&a->note));
		if (a->state.note.len != 0)
			cs_json_text(&j, "checkpoint_before",
			    cs_buf_view(&a->state.note));
	}
	cs_json_close(&j);
	return cli_json_print(&j) == CS_OK
	    ? status
	    : cli_fail(CLI_CANNOT_WRITE, "The result cannot be written.");
}

static int
show_text(const struct audit *a, int status)
{
	if (status != WHOLE) {
		cli_fail(0, "%s", a->said);
		if (a->contradicts)
			fprintf(stderr, "Both are signed:\n\n%.*s\n%.*s",
			    (int)a->state.note.len,
			    (const char *)a->state.note.data, (int)a->note.len,
			    (const char *)a->note.data);
		return status;
	}
	printf("The log %s is whole: %llu entries, each of which its root "
	       "holds.\n",
	    a->key.name, (unsigned long long)a->c.size);
	if (a->before.size != 0)
		printf("It continues what it was: %llu entries are new.\n",
		    (unsigned long long)(a->c.size - a->before.size));
	for (size_t i = 0; i < LOG_KINDS; i++)
		if (a->counts[i] != 0)
			printf("  %-12s %llu\n", kind_names[i],
			    (unsigned long long)a->counts[i]);
	if (a->counts[CS_TLOG_NAMES] != 0 && !checks_names(a))
		printf(
		    "Whether it hides names only an audit from its beginning "
		    "says: without --from.\n");
	else if (a->counts[CS_TLOG_NAMES] != 0)
		printf("Each name has one account, and no root hides one.\n");
	if (checks_names(a) && a->sum.filed != 0)
		printf("Notices with a deadline: %llu, answered %llu, late "
		       "%llu, overdue now %llu. None is hidden.\n",
		    (unsigned long long)a->sum.filed,
		    (unsigned long long)a->sum.answered,
		    (unsigned long long)a->sum.late,
		    (unsigned long long)a->sum.overdue);
	if (a->notices.has_report)
		printf("The report says what the log says.\n");
	if (a->release != NULL)
		printf("%s was released: entry %llu.\n", a->release,
		    (unsigned long long)a->released);
	if (a->times.n != 0) {
		printf("It had %llu of its entries at ",
		    (unsigned long long)a->times.last_size);
		cli_print_time(stdout, a->times.last.time_s * CS_SECOND_MS);
		printf(" at the latest, says %s; tokens: %zu.\n",
		    a->times.last.by, a->times.n);
	}
	if (a->counts[CS_TLOG_RESTORED] != 0)
		printf("Its operator has put back an older database: names "
		       "that came later may have been given again.\n");
	if (a->quorum && a->as_of_s != 0) {
		printf("A quorum of witnesses had seen nothing else at ");
		cli_print_time(stdout, a->as_of_s * CS_SECOND_MS);
		printf(".\n");
	} else if (a->policy == NULL) {
		printf("Whether others see the same log only witnesses can "
		       "say: --witnesses.\n");
	}
	return status;
}

int
verify_log(const struct cli_args *args)
{
	struct audit *a = cs_calloc(1, sizeof *a);
	int status;

	if (a == NULL || cs_crypto_init() != CS_OK) {
		cs_free_plain(a);
		return cli_fail(CLI_SOFTWARE, "Out of memory.");
	}
	signal(SIGPIPE, SIG_IGN);
	a->wrong_name = a->wrong_notice = a->released = NO_NUMBER;
	if (log_names_open(&a->names) != CS_OK)
		status = cli_fail(CLI_SOFTWARE, "Out of memory.");
	else
		status = read_all(a, args);
	if (status == CLI_OK) {
		status = audit(a);
		status = cli_flag(args, "json") ? show_json(a, status)
						: show_text(a, status);
	}
	log_source_close(&a->source);
	log_names_close(&a->names);
	log_notices_clear(&a->notices);
	cs_tlog_edge_clear(&a->edge);
	cs_buf_free(&a->note);
	cs_buf_free(&a->state.note);
	cs_buf_free(&a->times_authorities);
	cs_free_plain(a->policy);
	cs_free_plain(a);
	return status;
}
