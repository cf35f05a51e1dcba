/* SPDX-License-Identifier: MIT */
#include "cli/evidence_log.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/units.h"
#include "cli/evidence_text.h"
#include "cli/print.h"

static enum cs_err
ask(struct cs_tlog_witnessed *out, const struct cs_evidence_log *log,
    const struct cli_witnesses *w)
{
	return cs_tlog_policy_verify(
	    out, w->policy, log->note, &log->key, w->now_s);
}

static void
show_witnesses(const struct cs_evidence_log *log, const struct cli_witnesses *w)
{
	struct cs_tlog_witnessed seen = { 0 };
	enum cs_err err = ask(&seen, log, w);

	if (err == CS_OK)
		printf("  \xe2\x9c\x93 ok   enough witnesses cosigned that "
		       "checkpoint\n");
	else
		printf("  \xe2\x9c\x97 NOT  enough witnesses cosigned that "
		       "checkpoint: %s\n",
		    cs_err_text(err));
	if (err && err != CS_ERR_DENIED)
		return;
	for (size_t i = 0; i < w->policy->n_witnesses; i++) {
		if (seen.times[i] == 0)
			continue;
		printf("         %s, at ", w->policy->witnesses[i].name);
		cli_evidence_time(seen.times[i] * CS_SECOND_MS);
		putchar('\n');
	}
	if (err == CS_OK && seen.by_s != UINT64_MAX && seen.by_s != 0) {
		printf("         So it was accepted before ");
		cli_evidence_time(seen.by_s * CS_SECOND_MS);
		printf(", whatever the operator says.\n");
	}
}

void
cli_evidence_log_show(const struct cs_evidence_log *log, uint64_t entry,
    const struct cli_witnesses *witnesses)
{
	if (log->err == CS_ERR_NOT_FOUND) {
		printf("         It is not shown where the operator's log has "
		       "it.\n");
		return;
	}
	if (log->err) {
		printf("  \xe2\x9c\x97 NOT  the operator's log has it: %s\n",
		    cs_err_text(log->err));
		return;
	}
	printf("  \xe2\x9c\x93 ok   the operator's log ");
	cli_print_name(stdout, log->key.name);
	printf(" has it: entry %" PRIu64 ", by its checkpoint of %" PRIu64
	       " entries\n",
	    entry, log->at.size);
	if (witnesses != NULL)
		show_witnesses(log, witnesses);
}

static void
json_witnesses(struct cs_json_writer *j, const struct cs_evidence_log *log,
    const struct cli_witnesses *w)
{
	struct cs_tlog_witnessed seen = { 0 };
	enum cs_err err = ask(&seen, log, w);

	cs_json_object(j, "witnessed");
	cs_json_string(j, "result", cs_err_name(err));
	if (err == CS_OK && seen.by_s != UINT64_MAX) {
		cs_json_number(j, "by_s", seen.by_s);
		cs_json_number(j, "as_of_s", seen.as_of_s);
	}
	cs_json_array(j, "witnesses");
	for (size_t i = 0; (err == CS_OK || err == CS_ERR_DENIED) &&
	     i < w->policy->n_witnesses;
	     i++) {
		if (seen.times[i] == 0)
			continue;
		cs_json_object(j, NULL);
		cs_json_string(j, "name", w->policy->witnesses[i].name);
		cs_json_number(j, "time_s", seen.times[i]);
		cs_json_close(j);
	}
	cs_json_close(j);
	cs_json_close(j);
}

void
cli_evidence_log_json(struct cs_json_writer *j,
    const struct cs_evidence_log *log, uint64_t entry,
    const struct cli_witnesses *witnesses)
{
	bool there = log->err != CS_ERR_NOT_FOUND;

	cs_json_object(j, "log");
	cs_json_string(j, "result", there ? cs_err_name(log->err) : "none");
	if (log->err == CS_OK) {
		cs_json_string(j, "name", log->key.name);
		cs_json_number(j, "entry", entry);
		cs_json_number(j, "size", log->at.size);
		cs_json_hex(j, "root", CS_VIEW_OF(log->at.root.bytes));
		if (witnesses != NULL)
			json_witnesses(j, log, witnesses);
	}
	cs_json_close(j);
}

bool
cli_evidence_witnessed(
    const struct cs_evidence *e, const struct cli_witnesses *witnesses)
{
	struct cs_tlog_witnessed seen;

	for (size_t i = 0; i < e->n_items; i++)
		if (e->items[i].log.err == CS_OK &&
		    ask(&seen, &e->items[i].log, witnesses) != CS_OK)
			return false;
	return true;
}
