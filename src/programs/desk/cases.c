/* SPDX-License-Identifier: MIT */
/* countersign-desk: cases as they are, by command line. */
#include "programs/desk/main.h"

#include <stdio.h>

#include "base/text.h"
#include "base/units.h"
#include "cli/print.h"
#include "content/mimi.h"
#include "desk/cases/case.h"
#include "desk/cases/entry.h"
#include "desk/cases/queue.h"
#include "desk/core/policy.h"
#include "desk/core/record.h"
#include "desk/decisions/appeal.h"
#include "desk/decisions/decision.h"
#include "desk/photos/media.h"
#include "desk/reports/filing.h"
#include "desk/reports/report.h"
#include "desk/show/case.h"
#include "desk/show/item.h"
#include "desk/show/queue.h"
#include "franking/filing.h"
#include "programs/desk/place.h"

#define ACCOUNTS_SHOWN 5

static void
case_line(const struct desk_case *c)
{
	printf("%6llu  %u  %-22s %-8s ", (unsigned long long)c->id, c->severity,
	    c->reason, cs_desk_case_state_name(c->state));
	cli_print_time(stdout, c->opened_ms);
	printf("  %llu report%s, %llu message%s",
	    (unsigned long long)c->reports, c->reports == 1 ? "" : "s",
	    (unsigned long long)c->items, c->items == 1 ? "" : "s");
	for (size_t i = 0; i < c->accounts.n && i < ACCOUNTS_SHOWN; i++)
		printf(
		    "%s%s", i == 0 ? " of " : ", ", c->accounts.at[i].handle);
	if (c->notices != 0)
		printf(", %llu notice%s", (unsigned long long)c->notices,
		    c->notices == 1 ? "" : "s");
	if (c->answer_ms != 0) {
		printf("  answer by ");
		cli_print_time(stdout, c->answer_ms);
	}
	if (c->risk)
		printf("  PERSON AT RISK");
	if (desk_case_is_overdue(c))
		printf("  OVERDUE");
	if (c->assignee != 0)
		printf("  (%s)", c->assignee_name);
	printf("\n");
}

static enum cs_err
show_row(void *arg, const struct desk_case *c)
{
	(void)arg;
	case_line(c);
	return CS_OK;
}

static enum cs_err
show_queue(struct desk_job *j, const struct cs_desk_query *q)
{
	char next[CS_DESK_CURSOR_SIZE];
	enum cs_err err = desk_queue_page(next, j->d, q, show_row, NULL);

	if (err == CS_OK && next[0] != '\0')
		printf("More: --after %s\n", next);
	return err;
}

static enum cs_err
print_queue(struct desk_job *j, const struct cs_desk_query *q)
{
	json_t *out = json_object(), *o;
	size_t i;
	enum cs_err err = cs_desk_cases(out, j->d, &j->actor, q);

	json_array_foreach (json_object_get(out, "items"), i, o)
		desk_print_line(o);
	json_decref(out);
	return err;
}

int
run_cases(const struct cli_args *args)
{
	struct cs_desk_query q = { .state = -1, .assignee = -1, .limit = 200 };
	struct desk_job j;
	const char *state;
	int status = desk_job_begin(&j, args, 0, 0);
	enum cs_err err = CS_OK;

	if (status != CLI_OK)
		return desk_job_end(&j, status, err);
	state = desk_option(&j, "state");
	q.reason = desk_option(&j, "reason");
	q.words = desk_option(&j, "search");
	q.cursor = desk_option(&j, "after");
	if (*state != '\0' && (q.state = cs_desk_case_state_find(state)) < 0)
		status = cli_fail(
		    CLI_USAGE, "A state is open, waiting, decided or closed.");
	else
		err = cli_flag(args, "json") ? print_queue(&j, &q)
					     : show_queue(&j, &q);
	return desk_job_end(&j, status, err);
}

/* ---- one case ----------------------------------------------------------- */

static void
indented(const char *text)
{
	cli_print_text(stdout, "    ", cs_view_str(desk_string(text)), 4);
	printf("\n");
}

static enum cs_err
show_decision(void *arg, const struct desk_decision *dec)
{
	(void)arg;
	printf("  decision %llu: %s (%s) by %s, %s",
	    (unsigned long long)dec->id, cs_desk_action_name(dec->action),
	    dec->reason, dec->by, desk_decision_state_name(dec->state));
	if (dec->targets != 0)
		printf(", applied %llu of %llu",
		    (unsigned long long)dec->applied,
		    (unsigned long long)dec->targets);
	printf("\n");
	return CS_OK;
}

static enum cs_err
show_appeal(void *arg, const struct desk_appeal *a)
{
	char hex[2 * CS_ID_LEN + 1];

	(void)arg;
	cs_hex(hex, CS_VIEW_OF(a->id));
	printf("  %s %.16s, %s: ", desk_appeal_kind_name(a->kind), hex,
	    desk_appeal_state_name(a->state));
	indented(a->text);
	return CS_OK;
}

static enum cs_err
show_note(void *arg, struct desk_entry *e)
{
	(void)arg;
	printf("  %s by %s: ", desk_entry_kind_name(e->kind), e->by);
	indented(e->text);
	return CS_OK;
}

static enum cs_err
show_question(void *arg, struct desk_entry *e)
{
	char hex[2 * CS_ID_LEN + 1];

	(void)arg;
	cs_hex(hex, CS_VIEW_OF(e->report));
	printf("  asked the reporter of %.16s: ", hex);
	indented(e->text);
	printf("    answer: ");
	indented(e->answer);
	return CS_OK;
}

static void
show_link(void *arg, const struct desk_link *link)
{
	(void)arg;
	if (link->result != CS_OK)
		printf("    not proved that %s: %s\n", link->text,
		    cs_err_text(link->result));
}

static enum cs_err
show_media(void *arg, const struct desk_media_row *m)
{
	const struct cs_mimi_content *content = arg;
	const struct cs_mimi_external *part;

	if (m->place >= content->n_external)
		return CS_OK;
	part = &content->external[m->place];
	/* A type is printable ASCII (content/mimi.h). */
	printf("    file %llu, %.*s, %llu bytes: %s\n",
	    (unsigned long long)m->id, (int)part->content_type.len,
	    (const char *)part->content_type.data,
	    (unsigned long long)part->plain_size,
	    desk_media_state_name(m->state));
	return CS_OK;
}

static enum cs_err
show_item(void *arg, const struct desk_item *i)
{
	const struct cs_stamp *stamp = &i->item->capsule.stamp;
	struct cs_view handle = desk_item_handle(i);
	struct cs_mimi_content content = i->item->proof.content;
	char report[2 * CS_ID_LEN + 1], group[CS_GROUP_REF_TEXT_SIZE];
	struct desk_job *j = arg;

	cs_hex(report, cs_view(i->report, CS_ID_LEN));
	cs_group_ref_text(group, stamp->group_ref);
	printf("\n  message %llu of %.*s, entry %llu of group %s, accepted ",
	    (unsigned long long)i->id, (int)handle.len,
	    (const char *)handle.data, (unsigned long long)stamp->group_seq,
	    group);
	cli_print_time(stdout, stamp->accepted_ms);
	if (i->filing != 0)
		printf("\n    came with notice %llu: %s\n",
		    (unsigned long long)i->filing,
		    desk_report_item_proved(i->evidence, i->item)
			? "proved"
			: "NOT PROVED");
	else
		printf("\n    reported by reporter %llu in %.16s: %s\n",
		    (unsigned long long)i->reporter, report,
		    desk_report_item_proved(i->evidence, i->item)
			? "proved"
			: "NOT PROVED");
	printf("    kind: %s%s%s\n", cs_mimi_kind_name(&i->item->proof.content),
	    *desk_item_later(i) != '\0' ? ", later by its author: " : "",
	    desk_item_later(i));
	cli_print_text(stdout, "    ", i->text, 4);
	printf("\n");
	desk_item_links(i, show_link, NULL);
	return desk_media_of_item(j->d, i->id, show_media, &content);
}

static enum cs_err
show_filing(void *arg, const struct desk_filing *f)
{
	const struct desk_filing_answer *last = desk_filing_answered(f);

	(void)arg;
	printf("  %s %llu, %s: countersign-desk notice %llu\n",
	    cs_filing_what_name((uint8_t)f->what), (unsigned long long)f->id,
	    last != NULL ? cs_filing_outcome_name((uint8_t)last->outcome)
		: f->state == DESK_FILING_OPEN ? "not answered"
					       : "read with its notice",
	    (unsigned long long)f->id);
	return CS_OK;
}

static enum cs_err
show_case(struct desk_job *j, uint64_t id)
{
	const struct desk_items_page all = { .actor = &j->actor };
	struct desk_case c;
	enum cs_err err = desk_case_load(&c, j->d, id);

	if (err == CS_OK) {
		case_line(&c);
		err = desk_filings_of_case(j->d, id, show_filing, NULL);
	}
	if (err == CS_OK) {
		err = desk_decisions(j->d, id, show_decision, NULL);
	}
	if (err == CS_OK &&
	    (err = desk_appeals_of_case(j->d, id, show_appeal, NULL)) ==
		CS_OK &&
	    (err = desk_entries(j->d, id, CS_DESK_ENTRY_NOTE,
		 CS_DESK_ENTRY_OPINION, show_note, NULL)) == CS_OK &&
	    (err = desk_entries(j->d, id, CS_DESK_ENTRY_QUESTION,
		 CS_DESK_ENTRY_QUESTION, show_question, NULL)) == CS_OK &&
	    (err = desk_items(j->d, &c, &all, show_item, j)) == CS_OK)
		printf("  as it is now: --seen %llu\n",
		    (unsigned long long)c.version);
	desk_case_clear(&c);
	return err;
}

static enum cs_err
print_case(struct desk_job *j, uint64_t id)
{
	json_t *out = json_object();
	enum cs_err err = cs_desk_case_show(out, j->d, &j->actor, id, 0);

	if (err == CS_OK)
		desk_print_line(out);
	json_decref(out);
	return err;
}

int
run_case(const struct cli_args *args)
{
	struct cs_desk_case_at c;
	struct desk_job j;
	int status = desk_job_begin(&j, args, 1, 1);
	enum cs_err err = CS_OK;

	if (status == CLI_OK &&
	    (err = cs_desk_case_find(&c, j.d, j.p.rest[0])) == CS_OK)
		err = cli_flag(args, "json") ? print_case(&j, c.id)
					     : show_case(&j, c.id);
	return desk_job_end(&j, status, err);
}
