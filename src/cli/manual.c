/* SPDX-License-Identifier: MIT */
#include "cli/manual.h"

#include <stdio.h>
#include <string.h>

#define WIDTH 78

/* Wrapped to the width of a terminal, a paragraph a newline. */
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

static const struct cli_option standard[] = {
	{ "help", 'h', NULL, "show this" },
	{ "version", 0, NULL, "show the version" },
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
	option_lines(standard);
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
	option_lines(standard);
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
	roff_options(standard);
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

/* ---- completion --------------------------------------------------------- */

/* In single quotes, for any of the shells. */
static void
quoted(const char *s)
{
	putchar('\'');
	for (; *s != '\0'; s++)
		if (*s == '\'')
			fputs("'\\''", stdout);
		else
			putchar(*s);
	putchar('\'');
}

static void
bash_options(const struct cli_option *options)
{
	for (; options != NULL && options->name != NULL; options++)
		printf(" --%s", options->name);
}

/* What follows an option that takes something: files, or one of a list. */
static void
bash_values(const struct cli_option *options)
{
	for (; options != NULL && options->name != NULL; options++)
		if (options->values != NULL)
			printf("  --%s) COMPREPLY=($(compgen -W \"%s\" -- "
			       "\"$cur\")); return ;;\n",
			    options->name, options->values);
		else if (options->arg != NULL)
			printf("  --%s) COMPREPLY=($(compgen -f -- "
			       "\"$cur\")); return ;;\n",
			    options->name);
}

static void
bash(const struct cli_program *p)
{
	const struct cli_command *c;

	printf("# bash completion for %s\n_%s() {\n"
	       "  local cur=${COMP_WORDS[COMP_CWORD]} line= words= i\n"
	       "  case \"${COMP_WORDS[COMP_CWORD-1]}\" in\n",
	    p->name, p->name);
	bash_values(p->options);
	for (c = p->commands; c->name != NULL; c++)
		bash_values(c->options);
	/* The command may come behind options that hold for all of them. */
	printf("  esac\n  for ((i = 1; i < COMP_CWORD; i++)); do\n"
	       "    case \"${COMP_WORDS[i]}\" in\n    ");
	for (const struct cli_option *o = p->options;
	     o != NULL && o->name != NULL; o++)
		if (o->arg != NULL)
			printf("--%s|", o->name);
	printf("--) i=$((i + 1)) ;;\n    -*) ;;\n"
	       "    *) line=\"$line${COMP_WORDS[i]} \" ;;\n    esac\n  done\n"
	       "  case \"$line\" in\n");
	for (c = p->commands; c->name != NULL; c++) {
		printf("  \"%s \"*) words=\"", c->name);
		bash_options(c->options);
		bash_options(p->options);
		printf(" --help\" ;;\n");
	}
	printf("  \"group \"*) words=\"new add remove leave list\" ;;\n"
	       "  \"device \"*) words=\"remove\" ;;\n"
	       "  *) words=\"");
	for (c = p->commands; c->name != NULL; c++)
		printf(" %.*s", (int)strcspn(c->name, " "), c->name);
	bash_options(p->options);
	printf(" --help --version\" ;;\n  esac\n"
	       "  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
	       "  [ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "
	       "\"$cur\"))\n}\ncomplete -F _%s %s\n",
	    p->name, p->name);
}

static void
zsh(const struct cli_program *p)
{
	const struct cli_command *c;
	char line[256];

	printf("#compdef %s\n_%s() {\n  local -a commands\n  commands=(\n",
	    p->name, p->name);
	for (c = p->commands; c->name != NULL; c++) {
		snprintf(line, sizeof line, "%s:%s", c->name, c->summary);
		printf("    ");
		quoted(line);
		putchar('\n');
	}
	printf("  )\n  if (( CURRENT == 2 )); then\n"
	       "    _describe command commands\n  else\n    _files\n  fi\n}\n"
	       "compdef _%s %s\n",
	    p->name, p->name);
}

static void
fish_option(const struct cli_program *p, const char *command,
    const char *condition, const struct cli_option *o)
{
	printf("complete -c %s -n '%s%s' -l %s%s -d ", p->name, condition,
	    command, o->name, o->arg != NULL ? " -r" : "");
	quoted(o->help);
	if (o->values != NULL)
		printf(" -xa '%s'", o->values);
	putchar('\n');
}

static void
fish(const struct cli_program *p)
{
	const struct cli_command *c;
	const struct cli_option *o;

	for (c = p->commands; c->name != NULL; c++) {
		printf("complete -c %s -n __fish_use_subcommand -a ", p->name);
		quoted(c->name);
		printf(" -d ");
		quoted(c->summary);
		putchar('\n');
		for (o = c->options; o != NULL && o->name != NULL; o++)
			fish_option(
			    p, c->name, "__fish_seen_subcommand_from ", o);
	}
	for (o = p->options; o != NULL && o->name != NULL; o++)
		fish_option(p, "", "true", o);
}

bool
cli_completion(const struct cli_program *p, const char *shell)
{
	if (strcmp(shell, "bash") == 0)
		bash(p);
	else if (strcmp(shell, "zsh") == 0)
		zsh(p);
	else if (strcmp(shell, "fish") == 0)
		fish(p);
	else
		return false;
	return true;
}
