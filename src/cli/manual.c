/* SPDX-License-Identifier: MIT */
#include "cli/manual.h"

#include <stdio.h>
#include <string.h>

#define WIDTH 78

/* Print text wrapped to the width of a terminal; a newline begins a paragraph.
 */
static void
wrapped(const char *text, int indent)
{
	int column = 0;

	while (*text != '\0') {
		size_t n = strcspn(text, " \n");

		if (column != 0 && column + 1 + (int)n > WIDTH - indent) {
			putchar('\n');
			column = 0;
		}
		if (column == 0)
			printf("%*s", indent, "");
		else
			putchar(' ');
		column += (column != 0) + (int)n;
		printf("%.*s", (int)n, text);
		text += n;
		if (*text == '\n') {
			putchar('\n');
			column = 0;
		}
		if (*text != '\0')
			text++;
	}
	putchar('\n');
}

static void
option_line(const struct cli_option *o)
{
	char left[64], letter[8] = "    ";

	if (o->letter != 0)
		snprintf(letter, sizeof letter, "-%c, ", o->letter);
	snprintf(left, sizeof left, "%s--%s%s%s", letter, o->name,
	    o->arg != NULL ? " " : "", o->arg != NULL ? o->arg : "");
	printf("  %-28s %s\n", left, o->help);
}

const struct cli_option cli_standard_options[] = {
	{ "help", 'h', NULL, "show this" },
	{ "version", 0, NULL, "show the version" },
	{ "completion", 0, "SHELL", "print completion for bash, zsh or fish",
	    "bash zsh fish" },
	{ "man", 0, NULL, "print the man page, in roff" },
	{ 0 },
};

static void
option_lines(const struct cli_option *options)
{
	for (; options != NULL && options->name != NULL; options++)
		option_line(options);
}

static void
help_command(const struct cli_program *p, const struct cli_command *c)
{
	printf("Usage: %s%s%s %s\n\n", p->name, *c->name != '\0' ? " " : "",
	    c->name, c->synopsis);
	wrapped(c->summary, 0);
	if (c->details != NULL) {
		putchar('\n');
		wrapped(c->details, 0);
	}
	printf("\nOptions:\n");
	option_lines(c->options);
	option_lines(p->options);
	option_lines(cli_standard_options);
}

void
cli_help(const struct cli_program *p, const struct cli_command *c)
{
	if (c != NULL) {
		help_command(p, c);
		return;
	}
	printf("%s: %s\n\n", p->name, p->summary);
	if (p->details != NULL) {
		wrapped(p->details, 0);
		putchar('\n');
	}
	printf("Usage: %s COMMAND ...\n\nCommands:\n", p->name);
	for (c = p->commands; c->name != NULL; c++) {
		char left[160];

		snprintf(left, sizeof left, "%s %s", c->name, c->synopsis);
		if (strlen(left) > 34)
			printf("  %s\n  %-34s %s\n", left, "", c->summary);
		else
			printf("  %-34s %s\n", left, c->summary);
	}
	printf("\nOptions:\n");
	option_lines(p->options);
	option_lines(cli_standard_options);
	printf("\n\"%s COMMAND --help\" says more about one.\n", p->name);
}

/* ---- man page ----------------------------------------------------------- */

/* roff takes a dot in front for a request and a backslash for an escape. */
static void
roff(const char *text)
{
	bool start = true;

	for (; *text != '\0'; text++) {
		if (start && (*text == '.' || *text == '\''))
			fputs("\\&", stdout);
		if (*text == '\\')
			fputs("\\e", stdout);
		else if (*text == '-')
			fputs("\\-", stdout);
		else if (*text == '\n')
			fputs("\n.PP", stdout), putchar('\n');
		else
			putchar(*text);
		start = *text == '\n';
	}
	putchar('\n');
}

static void
roff_options(const struct cli_option *options)
{
	for (; options != NULL && options->name != NULL; options++) {
		printf(".TP\n.B \\-\\-%s", options->name);
		if (options->arg != NULL)
			printf(" \\fI%s\\fR", options->arg);
		putchar('\n');
		roff(options->help);
	}
}

void
cli_man(const struct cli_program *p)
{
	const struct cli_command *c;
	const struct cli_exit_text *e;

	printf(".\\\" SPDX-License-Identifier: MIT\n");
	printf(".TH %s 1 \"\" \"Countersign " CS_VERSION "\"\n", p->name);
	printf(".SH NAME\n%s \\- %s\n.SH SYNOPSIS\n", p->name, p->summary);
	for (c = p->commands; c->name != NULL; c++) {
		printf(".B %s %s\n", p->name, c->name);
		roff(c->synopsis);
		printf(".br\n");
	}
	if (p->details != NULL) {
		printf(".SH DESCRIPTION\n");
		roff(p->details);
	}
	printf(".SH COMMANDS\n");
	for (c = p->commands; c->name != NULL; c++) {
		printf(".SS ");
		roff(*c->name != '\0' ? c->name : p->name);
		roff(c->summary);
		if (c->details != NULL) {
			printf(".PP\n");
			roff(c->details);
		}
		roff_options(c->options);
	}
	printf(".SH OPTIONS\n");
	roff_options(p->options);
	roff_options(cli_standard_options);
	printf(".SH EXIT STATUS\n");
	for (e = p->exits; e->text != NULL; e++) {
		printf(".TP\n.B %d\n", e->status);
		roff(e->text);
	}
	if (p->see_also != NULL) {
		printf(".SH SEE ALSO\n");
		roff(p->see_also);
	}
}
