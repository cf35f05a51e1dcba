/* SPDX-License-Identifier: MIT */
/* Custody records: who at the desk had a report in hand. */
#include <stdio.h>
#include <string.h>

#include "cli/evidence.h"
#include "cli/print.h"

static void
show_entry(const struct cs_custody_entry *e)
{
	printf("    ");
	verify_print_time(e->at_ms);
	printf("  ");
	cli_print_text(stdout, e->actor, 4);
	printf(": ");
	cli_print_text(stdout, e->what, 4);
	printf("\n");
}

static void
show_json(const char *path, const struct cs_custody *c, const char *bundle)
{
	printf("{\"file\":");
	cli_print_json(stdout, cs_view_str(path));
	printf(",\"custody\":true,\"report\":\"");
	verify_print_hex(CS_VIEW_OF(c->report));
	printf("\",\"bundle_sha256\":\"");
	verify_print_hex(CS_VIEW_OF(c->bundle_sha256));
	printf("\",\"bundle\":");
	cli_print_json(stdout, cs_view_str(bundle != NULL ? bundle : ""));
	printf(",\"certificate\":\"%s\",\"signature\":\"%s\",\"entries\":[",
	    cs_err_name(c->cert_err), cs_err_name(c->signature_err));
	for (size_t i = 0; i < c->n; i++) {
		printf("%s{\"at_ms\":%llu,\"actor\":", i != 0 ? "," : "",
		    (unsigned long long)c->entries[i].at_ms);
		cli_print_json(stdout, c->entries[i].actor);
		printf(",\"what\":");
		cli_print_json(stdout, c->entries[i].what);
		printf(",\"hash\":\"");
		verify_print_hex(CS_VIEW_OF(c->entries[i].hash));
		printf("\"}");
	}
	printf("],\"head\":\"");
	verify_print_hex(CS_VIEW_OF(c->head));
	printf("\"}");
}

static void
show(const char *path, const struct cs_custody *c, const char *bundle)
{
	printf("%s: custody record of report ", path);
	verify_print_hex(CS_VIEW_OF(c->report));
	if (bundle != NULL)
		printf("\n  it belongs to %s\n", bundle);
	else
		printf("\n  its bundle has the SHA-256 ");
	if (bundle == NULL) {
		verify_print_hex(CS_VIEW_OF(c->bundle_sha256));
		printf(" and was not given before it\n");
	}
	printf("  %s the operator's root certified the desk's key\n",
	    c->cert_err == CS_OK ? "\xe2\x9c\x93 ok  " : "\xe2\x9c\x97 FAIL");
	printf("  %s the desk signed these %zu entries, in this order\n",
	    c->signature_err == CS_OK ? "\xe2\x9c\x93 ok  "
				      : "\xe2\x9c\x97 FAIL",
	    c->n);
	for (size_t i = 0; i < c->n; i++)
		show_entry(&c->entries[i]);
	printf("  head: ");
	verify_print_hex(CS_VIEW_OF(c->head));
	printf("\n  It proves what the desk wrote down and that nothing of it "
	       "was changed since; not that nothing was left out.\n\n");
}

bool
verify_custody(
    const char *path, const struct cs_custody *c, const char *bundle, bool json)
{
	if (json)
		show_json(path, c, bundle);
	else
		show(path, c, bundle);
	return c->cert_err == CS_OK && c->signature_err == CS_OK;
}
