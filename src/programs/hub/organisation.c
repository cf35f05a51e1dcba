/* SPDX-License-Identifier: MIT */
#include "programs/hub/organisation.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/print.h"
#include "cli/report_error.h"
#include "crypto/sign.h"
#include "hub/organisation_admin.h"
#include "programs/hub/hub_dir.h"

/* As countersign-notice prints it. */
static int
take_key(uint8_t out[static CS_KEY_LEN], const char *text)
{
	return cs_unbase64url(out, CS_KEY_LEN, text, strlen(text)) == CS_OK &&
		cs_sign_public_valid(cs_view(out, CS_KEY_LEN))
	    ? CLI_OK
	    : cli_fail(CLI_USAGE,
		  "KEY is what \"countersign-notice key\" prints: 43 "
		  "characters.");
}

static int
take_text(char *out, size_t size, const char *text, const char *what)
{
	return snprintf(out, size, "%s", text != NULL ? text : "") < (int)size
	    ? CLI_OK
	    : cli_fail(
		  CLI_USAGE, "The %s has more than %zu bytes.", what, size - 1);
}

int
run_organisation_add(const struct cli_args *args)
{
	struct hub_organisation o = {
		.trusted = cli_flag(args, "trusted"),
	};
	const char *dir = hub_dir(args);
	int status;
	enum cs_err err;

	if (dir == NULL)
		return CLI_USAGE;
	if ((status = take_key(o.key, cli_arg(args, 0))) != CLI_OK ||
	    (status = take_text(o.name, sizeof o.name, cli_value(args, "name"),
		 "name")) != CLI_OK ||
	    (status = take_text(o.scope, sizeof o.scope,
		 cli_value(args, "scope"), "scope")) != CLI_OK)
		return status;
	err = cs_hub_organisation_set(dir, &o);
	if (err == CS_ERR_FORMAT)
		return cli_fail(CLI_USAGE,
		    "Say what it is called: --name NAME, on one line.");
	if (err)
		return no_hub(err, dir);
	printf("Notices by this key are taken from %s%s.\n", o.name,
	    o.trusted ? ", a trusted flagger" : "");
	return CLI_OK;
}

int
run_organisation_end(const struct cli_args *args)
{
	const char *dir = hub_dir(args);
	uint8_t key[CS_KEY_LEN];
	int status;
	enum cs_err err;

	if (dir == NULL)
		return CLI_USAGE;
	if ((status = take_key(key, cli_arg(args, 0))) != CLI_OK)
		return status;
	err = cs_hub_organisation_end(dir, key);
	if (err == CS_ERR_NOT_FOUND)
		return cli_fail(CLI_NOT_DONE,
		    "No organisation with this key may file notices in %s.",
		    dir);
	if (err)
		return no_hub(err, dir);
	printf("Nothing more is taken by this key; what was filed is "
	       "answered.\n");
	return CLI_OK;
}

static void
show_text(void *arg, const struct cs_hub_organisation_row *row)
{
	char key[CS_BASE64URL_SIZE(CS_KEY_LEN)];

	(void)arg;
	cs_base64url(key, CS_VIEW_OF(row->is.key));
	cli_print_name(stdout, row->is.name);
	printf("%s%s\n  %s\n  %llu filed, %llu not answered in time\n",
	    row->is.trusted ? ", trusted flagger" : "",
	    row->ended_ms != 0 ? ", ended" : "", key,
	    (unsigned long long)row->filed, (unsigned long long)row->late);
	if (row->is.scope[0] != '\0') {
		printf("  for ");
		cli_print_name(stdout, row->is.scope);
		printf("\n");
	}
}

static void
show_json(void *arg, const struct cs_hub_organisation_row *row)
{
	struct cs_json_writer *j = arg;
	char key[CS_BASE64URL_SIZE(CS_KEY_LEN)];

	cs_base64url(key, CS_VIEW_OF(row->is.key));
	cs_json_object(j, NULL);
	cs_json_string(j, "key", key);
	cs_json_string(j, "name", row->is.name);
	cs_json_string(j, "scope", row->is.scope);
	cs_json_bool(j, "trusted", row->is.trusted);
	cs_json_bool(j, "ended", row->ended_ms != 0);
	cs_json_number(j, "filed", row->filed);
	cs_json_number(j, "late", row->late);
	cs_json_close(j);
}

int
run_organisation_list(const struct cli_args *args)
{
	const char *dir = hub_dir(args);
	struct cs_buf text = { 0 };
	struct cs_json_writer j = cs_json_writer(&text);
	enum cs_err err;

	if (dir == NULL)
		return CLI_USAGE;
	if (!cli_flag(args, "json")) {
		err = cs_hub_organisations(dir, NULL, show_text);
		return err ? no_hub(err, dir) : CLI_OK;
	}
	cs_json_array(&j, NULL);
	err = cs_hub_organisations(dir, &j, show_json);
	cs_json_close(&j);
	if (err) {
		cs_buf_free(&text);
		return no_hub(err, dir);
	}
	err = cli_json_print(&j);
	return err ? report_error(err, "The list") : CLI_OK;
}
