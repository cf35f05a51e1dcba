/* SPDX-License-Identifier: MIT */
#include "cli/complete.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "cli/manual.h"

/* What was read of a command line. */
struct line {
	const struct cli_program *program;
	const struct cli_command *command; /* NULL: not read yet */
	const struct cli_option *open;     /* the option whose value is next */
	const char *first;                 /* the first word of a command, read
					    * alone; or NULL */
	int n_args;
	bool options_over; /* "--" was read */
};

static bool
begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

static void
candidate(const char *name, size_t len, const char *meaning)
{
	printf("%.*s\t%s\n", (int)len, name, meaning);
}

/* ---- reading the words before the cursor -------------------------------- */

static const struct cli_option *
find_option(const struct cli_option *o, const char *word)
{
	for (; o != NULL && o->name != NULL; o++) {
		if (word[1] == '-' && strcmp(o->name, word + 2) == 0)
			return o;
		if (word[1] != '-' && o->letter == word[1] && word[2] == '\0')
			return o;
	}
	return NULL;
}

static void
read_option(struct line *l, const char *word)
{
	const struct cli_option *o =
	    find_option(l->command != NULL ? l->command->options : NULL, word);

	if (o == NULL)
		o = find_option(l->program->options, word);
	if (o == NULL)
		o = find_option(cli_standard_options, word);
	if (o != NULL && o->arg != NULL)
		l->open = o;
}

/* "group new" is one command of two words. */
static void
read_command(struct line *l, const char *word)
{
	char both[80];

	snprintf(both, sizeof both, "%s%s%s", l->first != NULL ? l->first : "",
	    l->first != NULL ? " " : "", word);
	for (const struct cli_command *c = l->program->commands;
	     c->name != NULL; c++) {
		if (strcmp(c->name, both) == 0) {
			l->command = c;
			return;
		}
	}
	l->first = word;
}

static void
read_word(struct line *l, const char *word)
{
	if (l->open != NULL)
		l->open = NULL;
	else if (!l->options_over && strcmp(word, "--") == 0)
		l->options_over = true;
	else if (!l->options_over && word[0] == '-' && word[1] != '\0')
		read_option(l, word);
	else if (l->command == NULL)
		read_command(l, word);
	else
		l->n_args++;
}

/* ---- candidates --------------------------------------------------------- */

static void
options(const struct cli_option *o, const char *word)
{
	char name[64];

	for (; o != NULL && o->name != NULL; o++) {
		snprintf(name, sizeof name, "--%s", o->name);
		if (begins(name, word))
			candidate(name, strlen(name), o->help);
	}
}

/* First words of commands, each once; or second words behind a first. */
static void
commands(const struct line *l, const char *word)
{
	const struct cli_command *all = l->program->commands;
	size_t skip = l->first != NULL ? strlen(l->first) + 1 : 0;

	for (const struct cli_command *c = all; c->name != NULL; c++) {
		const char *name = c->name;
		size_t len;
		bool twice = false;

		if (skip != 0) {
			if (!begins(name, l->first) || name[skip - 1] != ' ')
				continue;
			name += skip;
		}
		len = strcspn(name, " ");
		for (const struct cli_command *b = all; b < c && skip == 0; b++)
			twice = twice ||
			    (strncmp(b->name, name, len) == 0 &&
				b->name[len] == ' ');
		if (!twice && begins(name, word))
			candidate(name, len,
			    name[len] == '\0' ? c->summary
					      : "several commands");
	}
}

/* Print the words of ${list}, which ${by} separates. */
static void
choices(const char *list, size_t len, char by, const char *word)
{
	while (len > 0) {
		const char *end = memchr(list, by, len);
		size_t n = end != NULL ? (size_t)(end - list) : len;

		if (n > 0 && strncmp(list, word, strlen(word)) == 0 &&
		    strlen(word) <= n)
			candidate(list, n, "");
		n += end != NULL;
		list += n;
		len -= n;
	}
}

/* Is what stands for an argument, such as FILE or DESK-DIR, a path? */
static bool
is_path(const char *arg, size_t len)
{
	static const char *const paths[] = { "FILE", "DIR", "FOLDER", "BUNDLE",
		"PATH" };

	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
		if (memmem(arg, len, paths[i], strlen(paths[i])) != NULL)
			return true;
	return false;
}

static void
value(const struct cli_option *o, const char *word)
{
	if (o->values != NULL)
		choices(o->values, strlen(o->values), ' ', word);
	else if (is_path(o->arg, strlen(o->arg)))
		puts(CLI_COMPLETE_FILES);
}

/* Argument number ${l->n_args}, by what stands for it in the synopsis: words
 * in small letters are meant as they are, "bash|zsh|fish" are three. */
static void
argument(const struct line *l, const char *word)
{
	const char *s = l->command->synopsis;
	size_t len;

	for (int i = 0; i < l->n_args; i++) {
		s += strcspn(s, " ");
		s += strspn(s, " ");
	}
	len = strcspn(s, " ");
	if (len == 0 || s[0] == '[' || s[0] == '-' || s[0] == '(')
		return;
	if (islower((unsigned char)s[0]))
		choices(s, len, '|', word);
	else if (is_path(s, len))
		puts(CLI_COMPLETE_FILES);
}

void
cli_complete(const struct cli_program *p, int n, char *const *words)
{
	struct line l = { .program = p };
	const char *word = n > 0 ? words[n - 1] : "";

	if (p->commands[0].name[0] == '\0')
		l.command = &p->commands[0];
	for (int i = 0; i + 1 < n; i++)
		read_word(&l, words[i]);
	if (l.open != NULL) {
		value(l.open, word);
	} else if (word[0] == '-' && !l.options_over) {
		options(l.command != NULL ? l.command->options : NULL, word);
		options(p->options, word);
		options(cli_standard_options, word);
	} else if (l.command == NULL) {
		commands(&l, word);
	} else {
		argument(&l, word);
	}
}

/* ---- what a shell loads ------------------------------------------------- */

static const char bash[] =
    "# bash completion for %1$s\n"
    "_%2$s() {\n"
    "  local IFS=$'\\n' cur=${COMP_WORDS[COMP_CWORD]} found\n"
    "  found=$(\"${COMP_WORDS[0]}\" __complete"
    " \"${COMP_WORDS[@]:1:COMP_CWORD}\" 2>/dev/null)\n"
    "  case $found in\n"
    "  " CLI_COMPLETE_FILES ") COMPREPLY=($(compgen -f -- \"$cur\")) ;;\n"
    "  *) COMPREPLY=($(cut -f 1 <<<\"$found\")) ;;\n"
    "  esac\n"
    "}\n"
    "complete -o filenames -F _%2$s %1$s\n";

static const char zsh[] = "#compdef %1$s\n"
			  "_%2$s() {\n"
			  "  local -a found\n"
			  "  found=(\"${(@f)$(\"${words[1]}\" __complete"
			  " \"${(@)words[2,CURRENT]}\" 2>/dev/null)}\")\n"
			  "  case $found[1] in\n"
			  "  " CLI_COMPLETE_FILES ") _files ;;\n"
			  "  ?*) found=(\"${(@)found//:/\\\\:}\")\n"
			  "    found=(\"${(@)found/$'\\t'/:}\")\n"
			  "    _describe %1$s found ;;\n"
			  "  esac\n"
			  "}\n"
			  "compdef _%2$s %1$s\n";

static const char fish[] =
    "# fish completion for %1$s\n"
    "function __%2$s_complete\n"
    "  set -l words (commandline -opc) (commandline -ct)\n"
    "  set -l found ($words[1] __complete $words[2..-1] 2>/dev/null)\n"
    "  if test \"$found\" = " CLI_COMPLETE_FILES "\n"
    "    __fish_complete_path (commandline -ct)\n"
    "  else\n"
    "    printf '%%s\\n' $found\n"
    "  end\n"
    "end\n"
    "complete -c %1$s -f -a '(__%2$s_complete)'\n";

bool
cli_completion(const struct cli_program *p, const char *shell)
{
	static const struct {
		const char *shell, *script;
	} scripts[] = { { "bash", bash }, { "zsh", zsh }, { "fish", fish } };
	char function[64];

	/* A program's name may have characters that a function's may not. */
	snprintf(function, sizeof function, "%s", p->name);
	for (char *c = function; *c != '\0'; c++)
		if (!isalnum((unsigned char)*c))
			*c = '_';
	for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
		if (strcmp(scripts[i].shell, shell) != 0)
			continue;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		printf(scripts[i].script, p->name, function);
#pragma GCC diagnostic pop
		return true;
	}
	return false;
}
