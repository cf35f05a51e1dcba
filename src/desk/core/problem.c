/* SPDX-License-Identifier: MIT */
#include "desk/core/problem.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "desk/core/desk.h"

/* Append ${n} bytes of ${s}, as far as they find room. */
static void
append(char *text, size_t size, const char *s, size_t n)
{
	size_t have = strlen(text), room = size - 1 - have;

	memcpy(text + have, s, n < room ? n : room);
	text[have + (n < room ? n : room)] = '\0';
}

/* Write the parameter that ${*format}, after its "%", asks for. */
static void
take(char out[static DESK_PROBLEM_ARG_SIZE], const char **format, va_list *ap)
{
	const char *f = *format;
	int precision = DESK_PROBLEM_ARG_SIZE;

	if (*f == '.') {
		char *end;

		precision = (int)strtol(f + 1, &end, 10);
		f = end;
	}
	if (*f == 's')
		snprintf(out, DESK_PROBLEM_ARG_SIZE, "%.*s", precision,
		    va_arg(*ap, const char *));
	else if (*f == 'd')
		snprintf(out, DESK_PROBLEM_ARG_SIZE, "%d", va_arg(*ap, int));
	else if (*f == 'u')
		snprintf(
		    out, DESK_PROBLEM_ARG_SIZE, "%u", va_arg(*ap, unsigned));
	else if (*f == 'z')
		snprintf(
		    out, DESK_PROBLEM_ARG_SIZE, "%zu", va_arg(*ap, size_t));
	else
		snprintf(out, DESK_PROBLEM_ARG_SIZE, "%llu",
		    va_arg(*ap, unsigned long long));
	f += *f == 'l' ? 3 : *f == 'z' ? 2 : 1;
	*format = f;
}

void
desk_problem_say(
    struct cs_desk *d, const char *code, const char *format, va_list ap)
{
	struct desk_problem *p = &d->problem;
	va_list rest;

	desk_problem_forget(d);
	p->code = code;
	va_copy(rest, ap);
	while (*format != '\0') {
		size_t n = strcspn(format, "%");

		append(p->text, sizeof p->text, format, n);
		format += n;
		if (*format == '\0' || p->n_args == DESK_PROBLEM_ARGS_MAX)
			break;
		format++;
		take(p->args[p->n_args], &format, &rest);
		append(p->text, sizeof p->text, p->args[p->n_args],
		    strlen(p->args[p->n_args]));
		p->n_args++;
	}
	va_end(rest);
}

enum cs_err
desk_problem(struct cs_desk *d, enum cs_err err, const char *code,
    const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	desk_problem_say(d, code, format, ap);
	va_end(ap);
	return err;
}

void
desk_problem_forget(struct cs_desk *d)
{
	d->problem = (struct desk_problem){ 0 };
}

const char *
cs_desk_problem(const struct cs_desk *d)
{
	return d->problem.text;
}
