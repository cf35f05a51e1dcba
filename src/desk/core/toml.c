/* SPDX-License-Identifier: MIT */
#include "desk/core/toml.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define KEY_MAX 64
#define NEST_MAX 4

struct parser {
	const char *at, *end;
	unsigned line;
	json_t *root, *table; /* where keys are set */
	char *problem;
	enum cs_err err;
};

static void
fail(struct parser *p, const char *what)
{
	if (p->err)
		return;
	p->err = CS_ERR_FORMAT;
	snprintf(p->problem, 160, "line %u: %s", p->line, what);
}

static char
peek(const struct parser *p)
{
	return p->at < p->end ? *p->at : '\0';
}

static bool
take(struct parser *p, char c)
{
	if (p->at == p->end || *p->at != c)
		return false;
	p->at++;
	return true;
}

static void
blanks(struct parser *p)
{
	while (peek(p) == ' ' || peek(p) == '\t')
		p->at++;
}

static void
comment(struct parser *p)
{
	if (peek(p) == '#')
		while (p->at < p->end && *p->at != '\n')
			p->at++;
}

/* The rest of a line holds nothing but a comment. */
static void
line_end(struct parser *p)
{
	blanks(p);
	comment(p);
	take(p, '\r');
	if (p->at == p->end)
		return;
	if (!take(p, '\n'))
		fail(p, "something stands where the line should end");
	p->line++;
}

/* Inside an array, lines may end anywhere. */
static void
space(struct parser *p)
{
	for (;;) {
		blanks(p);
		comment(p);
		take(p, '\r');
		if (!take(p, '\n'))
			return;
		p->line++;
	}
}

/* ---- values ------------------------------------------------------------- */

static void
add(struct parser *p, struct cs_buf *out, const char *bytes, size_t n)
{
	if (p->err == CS_OK)
		p->err = cs_buf_add(out, cs_view(bytes, n));
}

static void
escape(struct parser *p, struct cs_buf *out)
{
	static const char from[] = "\"\\nt", to[] = "\"\\\n\t";
	const char *found = p->at < p->end ? strchr(from, *p->at) : NULL;

	if (found == NULL || *found == '\0') {
		fail(p, "an escape is one of \\\" \\\\ \\n \\t");
		return;
	}
	p->at++;
	add(p, out, &to[found - from], 1);
}

static json_t *
string(struct parser *p)
{
	char quote = *p->at++;
	struct cs_buf text = { 0 };
	json_t *out = NULL;

	while (p->err == CS_OK && !take(p, quote)) {
		if (p->at == p->end || *p->at == '\n') {
			fail(p, "a string does not end");
			break;
		}
		if (quote == '"' && take(p, '\\')) {
			escape(p, &text);
			continue;
		}
		add(p, &text, p->at, 1);
		p->at++;
	}
	if (p->err == CS_OK) {
		out = text.len != 0
		    ? json_stringn((const char *)text.data, text.len)
		    : json_string("");
		if (out == NULL)
			fail(p, "a string is not UTF-8");
	}
	cs_buf_free(&text);
	return out;
}

static json_t *
number(struct parser *p)
{
	json_int_t n = 0;
	unsigned digits = 0;

	while (peek(p) >= '0' && peek(p) <= '9' && digits < 15) {
		n = n * 10 + (*p->at++ - '0');
		digits++;
	}
	if (digits == 0) {
		fail(p,
		    "a value is a string, a whole number, true, false or "
		    "an array");
		return NULL;
	}
	return json_integer(n);
}

static bool
word(struct parser *p, const char *w)
{
	size_t n = strlen(w);

	if ((size_t)(p->end - p->at) < n || memcmp(p->at, w, n) != 0)
		return false;
	p->at += n;
	return true;
}

static json_t *value(struct parser *p, unsigned depth);

static json_t *
array(struct parser *p, unsigned depth)
{
	json_t *out = json_array();

	p->at++;
	for (space(p); p->err == CS_OK && !take(p, ']'); space(p)) {
		json_array_append_new(out, value(p, depth + 1));
		space(p);
		if (!take(p, ',') && peek(p) != ']')
			fail(p, "a comma or ] is missing in an array");
	}
	return out;
}

static json_t *
value(struct parser *p, unsigned depth)
{
	if (depth > NEST_MAX) {
		fail(p, "arrays are nested too deeply");
		return NULL;
	}
	switch (peek(p)) {
	case '"':
	case '\'':
		return string(p);
	case '[':
		return array(p, depth);
	default:
		if (word(p, "true"))
			return json_true();
		if (word(p, "false"))
			return json_false();
		return number(p);
	}
}

/* ---- keys and tables ---------------------------------------------------- */

static bool
is_key(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static void
key(struct parser *p, char out[static KEY_MAX])
{
	size_t n = 0;

	blanks(p);
	while (is_key(peek(p)) && n < KEY_MAX - 1)
		out[n++] = *p->at++;
	out[n] = '\0';
	if (n == 0 || is_key(peek(p)))
		fail(p, "a key is missing, or is too long");
	blanks(p);
}

/* Find or make the table ${name} in ${in}; of an array of tables, the last. */
static json_t *
enter(struct parser *p, json_t *in, const char *name)
{
	json_t *found = json_object_get(in, name);

	if (found == NULL) {
		found = json_object();
		if (json_object_set_new(in, name, found) != 0)
			p->err = CS_ERR_NOMEM;
		return found;
	}
	if (json_is_array(found) && json_array_size(found) != 0)
		found = json_array_get(found, json_array_size(found) - 1);
	if (!json_is_object(found)) {
		fail(p, "a key that has a value is used as a table");
		return in;
	}
	return found;
}

static void
header(struct parser *p)
{
	bool many;
	json_t *in = p->root, *list;
	char name[KEY_MAX];

	p->at++;
	many = take(p, '[');
	for (key(p, name); p->err == CS_OK && take(p, '.'); key(p, name))
		in = enter(p, in, name);
	if (p->err || !take(p, ']') || (many && !take(p, ']'))) {
		fail(p, "the ] of a table is missing");
		return;
	}
	if (!many) {
		if (json_object_get(in, name) != NULL)
			fail(p, "a table stands there twice");
		p->table = enter(p, in, name);
	} else {
		if ((list = json_object_get(in, name)) == NULL) {
			list = json_array();
			json_object_set_new(in, name, list);
		}
		if (!json_is_array(list)) {
			fail(p, "a table is no array of tables");
			return;
		}
		p->table = json_object();
		if (json_array_append_new(list, p->table) != 0)
			p->err = CS_ERR_NOMEM;
	}
	line_end(p);
}

static void
setting(struct parser *p)
{
	json_t *in = p->table, *v;
	char name[KEY_MAX];

	for (key(p, name); p->err == CS_OK && take(p, '.'); key(p, name))
		in = enter(p, in, name);
	if (p->err == CS_OK && !take(p, '='))
		fail(p, "a key has no =");
	blanks(p);
	if (p->err)
		return;
	if (json_object_get(in, name) != NULL) {
		fail(p, "a key is set twice");
		return;
	}
	v = value(p, 0);
	if (p->err)
		json_decref(v);
	else if (json_object_set_new(in, name, v) != 0)
		p->err = CS_ERR_NOMEM;
	line_end(p);
}

enum cs_err
desk_toml_parse(json_t **out, struct cs_view text, char problem[static 160])
{
	struct parser p = {
		.at = (const char *)text.data, .line = 1, .problem = problem
	};

	*out = NULL;
	problem[0] = '\0';
	if (text.len > CS_TOML_MAX || !cs_utf8_valid(text)) {
		snprintf(problem, 160, "it is too long, or not UTF-8");
		return text.len > CS_TOML_MAX ? CS_ERR_LIMIT : CS_ERR_FORMAT;
	}
	p.end = p.at + text.len;
	p.root = p.table = json_object();
	if (p.root == NULL)
		return CS_ERR_NOMEM;
	while (p.err == CS_OK && p.at < p.end) {
		blanks(&p);
		switch (peek(&p)) {
		case '\0':
		case '\r':
		case '\n':
		case '#':
			line_end(&p);
			break;
		case '[':
			header(&p);
			break;
		default:
			setting(&p);
		}
	}
	if (p.err)
		json_decref(p.root);
	else
		*out = p.root;
	return p.err;
}
