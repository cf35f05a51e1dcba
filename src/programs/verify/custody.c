/* SPDX-License-Identifier: MIT */
#include "programs/verify/custody.h"

#include <stdio.h>
#include <string.h>

#include "cli/evidence_text.h"
#include "cli/print.h"

static void
show_entry(const struct cs_custody_entry *e)
{
	printf("    ");
	cli_evidence_time(e->at_ms);
	printf("\n");
	cli_print_text(stdout, "      ", e->actor, 6);
	printf("\n");
	cli_print_text(stdout, "      ", e->what, 6);
	printf("\n");
}

void
verify_custody_json(struct cs_json_writer *j, const char *path,
    const struct cs_custody *c, const struct verify_custody_beside *beside)
{
	cs_json_object(j, NULL);
	cs_json_string(j, "file", path);
	cs_json_bool(j, "custody", true);
	cs_json_hex(j, "report", CS_VIEW_OF(c->report));
	cs_json_hex(j, "bundle_sha256", CS_VIEW_OF(c->bundle_sha256));
	cs_json_string(
	    j, "bundle", beside->bundle != NULL ? beside->bundle : "");
	cs_json_bool(
	    j, "of_another_bundle", beside->bundle == NULL && beside->others);
	cs_json_string(j, "certificate", cs_err_name(c->cert_err));
	cs_json_string(j, "signature", cs_err_name(c->signature_err));
	cs_json_array(j, "entries");
	for (size_t i = 0; i < c->n; i++) {
		cs_json_object(j, NULL);
		cs_json_number(j, "at_ms", c->entries[i].at_ms);
		cs_json_text(j, "actor", c->entries[i].actor);
		cs_json_text(j, "what", c->entries[i].what);
		cs_json_hex(j, "hash", CS_VIEW_OF(c->entries[i].hash));
		cs_json_close(j);
	}
	cs_json_close(j);
	cs_json_hex(j, "head", CS_VIEW_OF(c->head));
	cs_json_close(j);
}

void
verify_custody_show(const char *path, const struct cs_custody *c,
    const struct verify_custody_beside *beside)
{
	printf("%s: custody record of report ", path);
	cli_evidence_hex(CS_VIEW_OF(c->report));
	if (beside->bundle != NULL) {
		printf("\n  it belongs to %s\n", beside->bundle);
	} else {
		printf("\n  its bundle has the SHA-256 ");
		cli_evidence_hex(CS_VIEW_OF(c->bundle_sha256));
		printf(" and was not given\n");
	}
	if (beside->bundle == NULL && beside->others)
		printf("  \xe2\x9c\x97 NOT  it belongs to a bundle that stands "
		       "beside it here: it is of another one\n");
	printf("  %s the operator's root certified the desk's key\n",
	    c->cert_err == CS_OK ? "\xe2\x9c\x93 ok  " : "\xe2\x9c\x97 FAIL");
	printf("  %s the desk signed these %zu entries, in this order\n",
	    c->signature_err == CS_OK ? "\xe2\x9c\x93 ok  "
				      : "\xe2\x9c\x97 FAIL",
	    c->n);
	for (size_t i = 0; i < c->n; i++)
		show_entry(&c->entries[i]);
	printf("  head: ");
	cli_evidence_hex(CS_VIEW_OF(c->head));
	printf("\n  It proves what the desk wrote down and that nothing of it "
	       "was changed since; not that nothing was left out.\n\n");
}
