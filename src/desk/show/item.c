/* SPDX-License-Identifier: MIT */
#include "desk/show/item.h"

#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "content/evidence.h"
#include "content/proof.h"
#include "desk/cases/case.h"
#include "desk/core/desk.h"
#include "desk/reports/reading.h"
#include "desk/reports/report.h"
#include "store/db.h"
#include "store/vault.h"

struct cs_view
desk_item_handle(const struct desk_item *i)
{
	return i->item->proof.links[CS_LINK_CERT] == CS_OK
	    ? i->item->proof.sender.account.handle
	    : cs_view("", 0);
}

void
desk_item_links(const struct desk_item *i,
    void (*each)(void *arg, const struct desk_link *link), void *arg)
{
	const struct cs_evidence *e = i->evidence;
	const struct desk_link of_report[] = {
		{ "reporter",
		    e->mode == CS_CSEV_NAMED
			? "the report is as its reporter signed it, the note "
			  "included"
			: "the report is as it was made, the note included",
		    e->reporter_err },
		{ "operator", "it names the operator of this hub",
		    e->root_err },
		{ "keys", "it names no key that nothing uses", e->keys_err },
	};

	for (int l = 0; l < CS_LINKS; l++)
		each(arg,
		    &(struct desk_link){ cs_link_name((enum cs_link)l),
			cs_link_text((enum cs_link)l),
			i->item->proof.links[l] });
	each(arg,
	    &(struct desk_link){ "order",
		"the messages stand in the order shown", i->item->chain });
	for (size_t k = 0; k < i->item->n_media; k++)
		each(arg,
		    &(struct desk_link){ "file",
			i->item->media[k].has_bytes
			    ? "the file is the one that was sent"
			    : "the file is named by its hashes; it is not in "
			      "the report",
			i->item->media[k].err });
	for (size_t k = 0; k < sizeof of_report / sizeof *of_report; k++)
		each(arg, &of_report[k]);
}

/* The reporter's number in the case. */
static uint64_t
reporter_number(const struct desk_case *c, const struct cs_desk_report *r)
{
	for (size_t i = 0; i < c->reporters.n; i++)
		if (memcmp(c->reporters.at[i].account, r->reporter_id,
			CS_ID_LEN) == 0)
			return i + 1;
	return 0;
}

/* What members are not shown is read here as it was written, if it is text. */
static struct cs_view
unknown_text(const struct cs_mimi_content *content)
{
	struct cs_view type = content->other_type;

	return type.len > 5 && memcmp(type.data, "text/", 5) == 0 &&
		cs_utf8_valid(content->other)
	    ? content->other
	    : cs_view("", 0);
}

const char *
desk_item_later(const struct desk_item *i)
{
	const struct cs_evidence_item *by = cs_evidence_changed_by(
	    i->evidence, (size_t)(i->item - i->evidence->items));

	return by == NULL                                ? ""
	    : by->proof.content.kind == CS_MIMI_DELETION ? "deleted"
							 : "edited";
}

/* Set the text of ${i}: the working copy in ${sealed}, opened into ${copy},
 * or else the original. */
static enum cs_err
read_text(struct desk_item *i, struct cs_buf *copy, struct cs_desk *d,
    struct cs_view sealed)
{
	const struct cs_mimi_content *content = &i->item->proof.content;
	uint8_t name[8];
	enum cs_err err;

	i->redacted = sealed.len != 0;
	i->text = content->has_text            ? content->text
	    : content->kind == CS_MIMI_UNKNOWN ? unknown_text(content)
					       : cs_view("", 0);
	if (!i->redacted)
		return CS_OK;
	cs_vault_row(name, i->id);
	err = cs_vault_open(
	    copy, &d->key, "item.redacted", CS_VIEW_OF(name), sealed);
	i->text = cs_buf_view(copy);
	return err;
}

/* Load the report of the row into ${r}.  Items of one report follow each
 * other, so its bundle is opened once. */
static enum cs_err
open_report(struct cs_desk_report_opened *r, struct cs_desk *d,
    const uint8_t id[static CS_ID_LEN])
{
	if (r->evidence != NULL && memcmp(id, r->report.id, CS_ID_LEN) == 0)
		return CS_OK;
	cs_desk_report_clear(r);
	return cs_desk_report_load(r, d, id);
}

/* What is not written down is not shown. */
static enum cs_err
note_read(struct cs_desk *d, const struct desk_case *c,
    const struct desk_items_page *page)
{
	struct desk_reading reading = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT id,report,place FROM item"
	    " WHERE case_id=? AND id>? ORDER BY id LIMIT ?",
	    cs_int(c->id), cs_int(page->after), cs_int(CS_DESK_ITEMS_PAGE));
	while (err == CS_OK && cs_rows_next(&rows)) {
		uint8_t report[CS_ID_LEN];

		cs_col_copy(&rows, 1, report, sizeof report);
		err = desk_reading_add(&reading, cs_col_int(&rows, 0), report,
		    cs_col_int(&rows, 2));
	}
	if ((err = cs_rows_end(&rows, err)) == CS_OK)
		err = desk_reading_write(&reading, d, page->actor, c->id);
	desk_reading_clear(&reading);
	return err;
}

enum cs_err
desk_items(struct cs_desk *d, const struct desk_case *c,
    const struct desk_items_page *page,
    enum cs_err (*each)(void *arg, const struct desk_item *i), void *arg)
{
	struct cs_desk_report_opened r = { 0 };
	struct cs_buf copy = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	if ((err = note_read(d, c, page)))
		return err;
	err = cs_db_query(&rows, d->db,
	    "SELECT id,report,place,redacted,joined FROM item"
	    " WHERE case_id=? AND id>? ORDER BY id LIMIT ?",
	    cs_int(c->id), cs_int(page->after), cs_int(CS_DESK_ITEMS_PAGE));
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct desk_item i = { .id = cs_col_int(&rows, 0),
			.since_version = cs_col_int(&rows, 4) };
		uint64_t place = cs_col_int(&rows, 2);
		uint8_t report[CS_ID_LEN];

		cs_col_copy(&rows, 1, report, sizeof report);
		if ((err = open_report(&r, d, report)) || r.evidence == NULL ||
		    place >= r.evidence->n_items)
			continue; /* it was destroyed */
		i.evidence = r.evidence;
		i.item = &r.evidence->items[place];
		i.report = r.report.id;
		i.filing = r.report.filing;
		i.reporter = i.filing != 0 ? 0 : reporter_number(c, &r.report);
		if ((err = read_text(&i, &copy, d, cs_col_blob(&rows, 3))) ==
		    CS_OK)
			err = each(arg, &i);
	}
	cs_desk_report_clear(&r);
	cs_buf_free(&copy);
	return cs_rows_end(&rows, err);
}
