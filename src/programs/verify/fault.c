/* SPDX-License-Identifier: MIT */
#include "programs/verify/fault.h"

#include <inttypes.h>
#include <stdio.h>

#include "cli/evidence_text.h"
#include "cli/print.h"

static void
json_checkpoint(struct cs_json_writer *j, const char *name,
    const struct cs_tlog_checkpoint *c)
{
	cs_json_object(j, name);
	cs_json_text(j, "name", c->origin);
	cs_json_number(j, "size", c->size);
	cs_json_hex(j, "root", CS_VIEW_OF(c->root.bytes));
	cs_json_close(j);
}

void
verify_fault_json(struct cs_json_writer *j, const char *path,
    const struct cs_tlog_fault *f, const struct cs_tlog_fault_shown *shown,
    enum cs_err err)
{
	cs_json_object(j, NULL);
	cs_json_string(j, "file", path);
	cs_json_bool(j, "log_fault", true);
	cs_json_string(
	    j, "kind", f->kind == CS_TLOG_FAULT_FORK ? "fork" : "entry");
	cs_json_string(j, "result", cs_err_name(err));
	if (err == CS_OK) {
		json_checkpoint(j, "first", &shown->a);
		if (f->kind == CS_TLOG_FAULT_FORK) {
			json_checkpoint(j, "second", &shown->b);
		} else {
			cs_json_number(j, "entry", f->promise.entry);
			cs_json_number(j, "batch", f->promise.number);
			cs_json_bool(j, "outright", shown->outright);
		}
	}
	cs_json_close(j);
}

static void
show_checkpoint(const char *name, const struct cs_tlog_checkpoint *c)
{
	printf("  %s%" PRIu64 " entries, root ", name, c->size);
	cli_evidence_hex(CS_VIEW_OF(c->root.bytes));
	putchar('\n');
}

static void
show_fork(const struct cs_tlog_fault_shown *shown)
{
	printf("  \xe2\x9c\x93 ok   the log's key, which the operator's root "
	       "certified, signed two states of one\n"
	       "         log that cannot both be true: the later does not "
	       "begin with the earlier.\n");
	cli_print_text(stdout, "  log: ", shown->a.origin, 7);
	putchar('\n');
	show_checkpoint("one: ", &shown->a);
	show_checkpoint("other: ", &shown->b);
}

static void
show_entry(
    const struct cs_tlog_fault *f, const struct cs_tlog_fault_shown *shown)
{
	printf("  \xe2\x9c\x93 ok   the operator's key stamped a batch of "
	       "messages and promised entry %" PRIu64 " for it\n"
	       "  \xe2\x9c\x93 ok   the operator's log has that entry, and "
	       "signed it\n",
	    f->promise.entry);
	show_checkpoint("by its checkpoint of ", &shown->a);
	if (shown->outright)
		printf("  \xe2\x9c\x93 ok   it is none of stamps: nothing can "
		       "connect the two\n");
	else
		printf(
		    "  \xe2\x9c\x93 ok   what the hub gave out to connect "
		    "the two does not. Nobody has signed that\n"
		    "         part: ask the operator for what does. If there "
		    "is nothing, it broke its promise.\n");
}

void
verify_fault_show(const char *path, const struct cs_tlog_fault *f,
    const struct cs_tlog_fault_shown *shown, enum cs_err err)
{
	cli_print_name(stdout, path);
	printf(": what a member's program says the operator was caught at\n");
	if (err)
		printf("  \xe2\x9c\x97 NOT  it shows that: %s\n",
		    cs_err_text(err));
	else if (f->kind == CS_TLOG_FAULT_FORK)
		show_fork(shown);
	else
		show_entry(f, shown);
	putchar('\n');
}
