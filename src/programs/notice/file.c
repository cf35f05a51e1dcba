/* SPDX-License-Identifier: MIT */
#include "programs/notice/file.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "cli/print.h"
#include "cli/report_error.h"
#include "cli/wait.h"
#include "crypto/hash.h"
#include "programs/notice/far.h"
#include "programs/notice/json.h"
#include "programs/notice/send.h"
#include "programs/notice/table.h"
#include "store/file.h"

#define TABLE_MAX ((size_t)64 << 20)
#define HEX_LEN 64

/* What is being filled in. */
struct work {
	struct cs_filing_body *body;
	struct notice_files files;
	struct cs_buf text, hashes;
	const char *hub; /* its name */
};

static int
work_begin(struct work *w, const struct notice_place *p)
{
	memset(w, 0, sizeof *w);
	w->hub = p->name;
	w->text.max = CS_FILING_TEXT_MAX + 1;
	w->hashes.max = CS_BUF_MAX;
	w->body = cs_calloc(1, sizeof *w->body);
	return w->body != NULL ? CLI_OK
			       : cli_fail(CLI_SOFTWARE, "Out of memory.");
}

static void
work_end(struct work *w)
{
	notice_files_clear(&w->files);
	cs_buf_free(&w->text);
	cs_buf_free(&w->hashes);
	if (w->body != NULL)
		cs_free(w->body, sizeof *w->body);
}

/* ---- what is filled in --------------------------------------------------- */

/* A link, a name, or a photo's hash. */
static int
add_place(struct work *w, struct cs_view v)
{
	struct cs_filing_hash hash = { 0 };
	struct cs_filing_place *p = &w->body->places[w->body->n_places];
	uint8_t kind = cs_filing_place_guess(v, w->hub);
	char hex[HEX_LEN + 1] = "";

	if (kind == 0) {
		memcpy(hex, v.data, HEX_LEN);
		return cs_unhex(hash.pdq, sizeof hash.pdq, hex) == CS_OK &&
			cs_filing_hash_add(&w->hashes, &hash) == CS_OK
		    ? CLI_OK
		    : CLI_SOFTWARE;
	}
	if (w->body->n_places == CS_FILING_PLACES)
		return cli_fail(
		    CLI_USAGE, "At most %d places.", CS_FILING_PLACES);
	p->kind = kind;
	p->value = v;
	w->body->n_places++;
	return CLI_OK;
}

/* What is a file here goes along; anything else is a place. */
static int
add_argument(struct work *w, const char *arg)
{
	struct stat st;

	return stat(arg, &st) == 0 && S_ISREG(st.st_mode)
	    ? notice_attach(&w->files, arg)
	    : add_place(w, cs_view_str(arg));
}

/* --text, or --text-file, of which "-" is standard input. */
static int
take_text(struct work *w, const struct cli_args *args)
{
	const char *text = cli_value(args, "text");
	const char *file = cli_value(args, "text-file");
	enum cs_err err;

	if ((text != NULL) == (file != NULL))
		return cli_fail(CLI_USAGE,
		    "Say what happened: --text TEXT, or --text-file FILE.");
	if (text != NULL)
		err = cs_buf_add(&w->text, cs_view_str(text));
	else if (strcmp(file, "-") == 0)
		err =
		    cs_file_read_fd(&w->text, STDIN_FILENO, CS_FILING_TEXT_MAX);
	else
		err = cs_file_read(&w->text, file, CS_FILING_TEXT_MAX);
	if (err)
		return report_error(err, "The text");
	while (w->text.len != 0 && w->text.data[w->text.len - 1] == '\n')
		w->text.len--;
	w->body->text = cs_buf_view(&w->text);
	return CLI_OK;
}

static struct cs_view
option(const struct cli_args *args, const char *name)
{
	const char *value = cli_value(args, name);

	return value != NULL ? cs_view_str(value) : cs_view(NULL, 0);
}

static int
take_category(struct work *w, const char *name)
{
	w->body->category =
	    cs_filing_category_named(cs_view_str(name != NULL ? name : ""));
	if (w->body->category != 0)
		return CLI_OK;
	cli_fail(0,
	    "Say what it is about: --category, and one of these. It decides "
	    "how soon you have to be answered.");
	for (uint8_t i = 1; i < CS_FILING_CATEGORIES; i++) {
		const struct cs_filing_term *t = cs_filing_term(i);

		fprintf(
		    stderr, "  %-24s %4u h  %s\n", t->name, t->hours, t->title);
	}
	return CLI_USAGE;
}

/* ---- what is said -------------------------------------------------------- */

static int
show_kept(const json_t *kept, bool as_json)
{
	const char *what = notice_text(kept, "what");
	uint64_t deadline_ms = notice_number(kept, "deadline_ms");

	if (as_json)
		return notice_print(kept);
	printf("Filed as number %llu (%s).",
	    (unsigned long long)notice_number(kept, "number"), what);
	if (deadline_ms != 0) {
		printf(" It has to be answered by ");
		cli_print_time(stdout, deadline_ms);
		printf("; if not, everybody will see that.");
	}
	printf("\n");
	return CLI_OK;
}

static int
file_one(struct notice_place *p, struct work *w, const char *secret,
    const char *row, json_t **kept)
{
	const struct notice_draft draft = { w->body, secret, row };

	notice_attach_end(w->body, &w->files);
	w->body->hashes = cs_buf_view(&w->hashes);
	return notice_send(kept, p, &draft);
}

/* ---- one ----------------------------------------------------------------- */

static int
fill_in(struct work *w, const struct cli_args *args)
{
	int status;

	w->body->what = CS_FILING_NOTICE;
	w->body->law = option(args, "law");
	w->body->name = option(args, "name");
	w->body->contact = option(args, "contact");
	w->body->language = option(args, "language");
	if (!cli_flag(args, "good-faith"))
		return cli_fail(CLI_USAGE,
		    "Say with --good-faith that you believe in good faith "
		    "that what you write is true and complete.");
	w->body->flags = CS_FILING_GOOD_FAITH;
	if (cli_flag(args, "child"))
		w->body->flags |= CS_FILING_CHILD;
	if (cli_flag(args, "named"))
		w->body->flags |= CS_FILING_NAME_SHOWN;
	if ((status = take_category(w, cli_value(args, "category"))) !=
		CLI_OK ||
	    (status = take_text(w, args)) != CLI_OK)
		return status;
	for (int i = 0; status == CLI_OK && i < cli_count(args); i++)
		status = add_argument(w, cli_arg(args, i));
	return status;
}

int
notice_run_file(const struct cli_args *args)
{
	struct notice_place p;
	struct work w;
	json_t *kept = NULL;
	int status = notice_place_open(&p, args);

	if (status == CLI_OK && (status = work_begin(&w, &p)) == CLI_OK) {
		status = fill_in(&w, args);
		if (status == CLI_OK && cli_flag(args, "named") && !p.has_key)
			status = cli_fail(CLI_USAGE,
			    "--named is for organisations that have a key.");
		if (status == CLI_OK)
			status = file_one(&p, &w, NULL, NULL, &kept);
		work_end(&w);
	}
	if (status == CLI_OK)
		status = show_kept(kept, cli_flag(args, "json"));
	json_decref(kept);
	notice_place_close(&p);
	return status;
}

/* ---- about one ----------------------------------------------------------- */

static int
file_about(const struct cli_args *args, uint8_t what)
{
	struct notice_place p;
	struct work w;
	json_t *notice = NULL, *kept = NULL;
	int status = notice_place_open(&p, args);
	enum cs_err err;

	if (status != CLI_OK) {
		notice_place_close(&p);
		return status;
	}
	if ((err = notice_place_read(&notice, &p, "notices", cli_arg(args, 0))))
		status = err == CS_ERR_NOT_FOUND
		    ? cli_fail(CLI_NOT_DONE,
			  "No notice %s was filed from here.", cli_arg(args, 0))
		    : report_error(err, "notices/%s.json", cli_arg(args, 0));
	if (status == CLI_OK && (status = work_begin(&w, &p)) == CLI_OK) {
		w.body->what = what;
		w.body->about = notice_number(notice, "number");
		w.body->category = cs_filing_category_named(
		    cs_view_str(notice_text(notice, "category")));
		status = take_text(&w, args);
		for (int i = 1; status == CLI_OK && i < cli_count(args); i++)
			status = add_argument(&w, cli_arg(args, i));
		if (status == CLI_OK)
			status = file_one(
			    &p, &w, notice_text(notice, "secret"), NULL, &kept);
		work_end(&w);
	}
	if (status == CLI_OK)
		status = show_kept(kept, cli_flag(args, "json"));
	json_decref(kept);
	json_decref(notice);
	notice_place_close(&p);
	return status;
}

int
notice_run_more(const struct cli_args *args)
{
	return file_about(args, CS_FILING_MORE);
}

int
notice_run_appeal(const struct cli_args *args)
{
	return file_about(args, CS_FILING_APPEAL);
}

int
notice_run_resend(const struct cli_args *args)
{
	struct notice_place p;
	size_t n = 0;
	int status = notice_place_open(&p, args);

	if (status == CLI_OK)
		status = notice_send_pending(&n, &p);
	if (status == CLI_OK)
		printf("Sent: %zu.\n", n);
	notice_place_close(&p);
	return status;
}

/* ---- a table ------------------------------------------------------------- */

/* What a row is known by, so that it is filed once. */
static enum cs_err
row_id(char out[static 2 * CS_HASH_LEN + 1], const struct notice_table *t)
{
	uint8_t hash[CS_HASH_LEN];
	enum cs_err err = cs_sha256(hash, cs_buf_view(&t->bytes));

	cs_hex(out, CS_VIEW_OF(hash));
	return err;
}

/* All rows that were filed, by what they are known by. */
static json_t *
rows_filed(struct notice_place *p)
{
	json_t *rows = json_object(), *names = NULL, *name, *o;
	size_t i;

	if (notice_place_list(&names, p, "notices") == CS_OK)
		json_array_foreach (names, i, name)
			if (notice_place_read(&o, p, "notices",
				json_string_value(name)) == CS_OK) {
				const char *row = notice_text(o, "row");

				if (row[0] != '\0')
					json_object_set(rows, row,
					    json_object_get(o, "number"));
				json_decref(o);
			}
	json_decref(names);
	return rows;
}

/* Parts of a field, each in its line or behind a blank. */
static int
add_places(struct work *w, struct cs_view v)
{
	int status = CLI_OK;

	while (status == CLI_OK && v.len != 0) {
		size_t n = 0;

		while (n < v.len && memchr(" \t\r\n", v.data[n], 4) == NULL)
			n++;
		if (n != 0)
			status = add_place(w, cs_view(v.data, n));
		if (n < v.len)
			n++;
		v = cs_view(v.data + n, v.len - n);
	}
	return status;
}

static bool
says_yes(struct cs_view v)
{
	return v.len != 0 && !cs_view_equal(v, cs_view_str("0")) &&
	    !cs_view_equal(v, cs_view_str("no")) &&
	    !cs_view_equal(v, cs_view_str("false"));
}

static int
fill_in_row(
    struct work *w, const struct notice_table *t, const struct cli_args *args)
{
	struct cs_filing_body *b = w->body;

	b->what = CS_FILING_NOTICE;
	b->flags = CS_FILING_GOOD_FAITH;
	if (cli_flag(args, "named"))
		b->flags |= CS_FILING_NAME_SHOWN;
	if (says_yes(notice_table_field(t, "child")))
		b->flags |= CS_FILING_CHILD;
	b->category =
	    cs_filing_category_named(notice_table_field(t, "category"));
	b->text = notice_table_field(t, "text");
	b->law = notice_table_field(t, "law");
	b->name = notice_table_field(t, "name");
	b->contact = notice_table_field(t, "contact");
	b->language = notice_table_field(t, "language");
	if (b->category == 0)
		return cli_fail(CLI_NOT_DONE,
		    "Line %u: there is no such category.", t->row);
	return add_places(w, notice_table_field(t, "places"));
}

struct table_run {
	struct notice_place p;
	const struct cli_args *args;
	json_t *filed; /* rows */
	size_t sent, known, wrong;
	int stopped; /* a status that ends it; or CLI_OK */
};

static void
file_row(struct table_run *r, const struct notice_table *t)
{
	char id[2 * CS_HASH_LEN + 1];
	struct work w;
	json_t *kept = NULL;
	int status;

	if (row_id(id, t) != CS_OK || work_begin(&w, &r->p) != CLI_OK) {
		r->stopped = CLI_SOFTWARE;
		return;
	}
	if (json_object_get(r->filed, id) != NULL) {
		r->known++;
		work_end(&w);
		return;
	}
	status = fill_in_row(&w, t, r->args);
	if (status == CLI_OK)
		status = file_one(&r->p, &w, NULL, id, &kept);
	work_end(&w);
	if (status == CLI_OK) {
		r->sent++;
		json_object_set_new(r->filed, id, json_true());
		show_kept(kept, cli_flag(r->args, "json"));
	} else if (status == CLI_USAGE || status == CLI_NOT_DONE) {
		r->wrong++;
		cli_fail(0, "Line %u was not filed.", t->row);
	} else {
		r->stopped = status;
	}
	json_decref(kept);
}

static int
file_table(struct table_run *r, struct cs_view text)
{
	struct notice_table t;
	enum cs_err err = notice_table_open(&t, text);
	uint64_t total = text.len;

	if (err == CS_OK &&
	    (notice_table_field(&t, "category").data == NULL ||
		notice_table_field(&t, "text").data == NULL))
		err = CS_ERR_FORMAT;
	if (err) {
		notice_table_close(&t);
		return cli_fail(CLI_USAGE,
		    "The first line has to name columns: category, text, and "
		    "as you need them places, law, child, name, contact, "
		    "language.");
	}
	while (r->stopped == CLI_OK &&
	    (err = notice_table_next(&t)) != CS_ERR_NOT_FOUND) {
		cli_waits_count("filing", total - t.left.len, total);
		if (err == CS_OK) {
			file_row(r, &t);
			continue;
		}
		r->wrong++;
		cli_fail(0,
		    "Line %u does not have as many fields as the first one, "
		    "and was not filed.",
		    t.row);
	}
	cli_waits(NULL);
	notice_table_close(&t);
	return r->stopped;
}

int
notice_run_table(const struct cli_args *args)
{
	struct table_run r = { .args = args };
	struct cs_buf text = { .max = TABLE_MAX };
	size_t pending = 0;
	int status = notice_place_open(&r.p, args);
	enum cs_err err;

	if (status == CLI_OK && !cli_flag(args, "good-faith"))
		status = cli_fail(CLI_USAGE,
		    "Say with --good-faith that you believe in good faith "
		    "that what stands there is true and complete.");
	if (status == CLI_OK &&
	    (err = cs_file_read(&text, cli_arg(args, 0), TABLE_MAX)))
		status = report_error(err, "%s", cli_arg(args, 0));
	/* What an earlier run has not heard of comes first. */
	if (status == CLI_OK)
		status = notice_send_pending(&pending, &r.p);
	if (status == CLI_OK) {
		r.filed = rows_filed(&r.p);
		status = file_table(&r, cs_buf_view(&text));
		json_decref(r.filed);
		fprintf(stderr,
		    "Filed: %zu. Filed before: %zu. Not filed: %zu.%s\n",
		    r.sent + pending, r.known, r.wrong,
		    r.stopped != CLI_OK ? " Say the same again to go on." : "");
	}
	if (status == CLI_OK && r.wrong != 0)
		status = CLI_NOT_DONE;
	cs_buf_free(&text);
	notice_place_close(&r.p);
	return status;
}
