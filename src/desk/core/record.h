/* SPDX-License-Identifier: MIT */
/*
 * Structs as text, and back: what the desk keeps of a case, a decision, a
 * person.  One table of fields describes each struct; the text is a JSON object
 * with one member for each field, and nobody else looks at it.
 *
 * Reading is strict: a member that is missing, unknown, of another type, out of
 * bounds, or a word that is none of the enum's makes the whole CS_ERR_CORRUPT.
 * Only a field that came later may be missing, and is zero then.
 */
#pragma once

#include "base/bytes.h"

enum desk_field_type {
	DESK_FIELD_NUMBER, /* uint16_t, uint32_t or uint64_t */
	DESK_FIELD_FLAG,   /* bool */
	DESK_FIELD_WORD,   /* an enum, by the name of its value */
	DESK_FIELD_TEXT,   /* char[n], UTF-8 and a zero */
	DESK_FIELD_STRING, /* char *, UTF-8 on the heap; NULL is "" */
	DESK_FIELD_BYTES,  /* uint8_t[n] */
	DESK_FIELD_BUF,    /* struct cs_buf */
	DESK_FIELD_ARRAY,  /* struct { element *at; size_t n; } */
};

struct desk_record;

struct desk_field {
	const char *name;
	enum desk_field_type type;
	size_t offset, size;
	/* Of a number; bytes of a string or buffer; elements of an array. */
	uint64_t min, max;
	const char *const *words;     /* of an enum, 0 to max; NULL: no value */
	const struct desk_record *of; /* elements of an array */
	bool later; /* rows of older programs do not have it */
};

struct desk_record {
	const char *table; /* to whose rows it is sealed; NULL: an element */
	size_t size;
	const struct desk_field *fields;
	size_t n;
};

/* A field ${f} of struct ${s}, kept under its own name. */
#define DESK_FIELD(s, f, kind, ...)                                            \
	{                                                                      \
		.name = #f, .type = (kind), .offset = offsetof(struct s, f),   \
		.size = sizeof(((struct s *)0)->f), __VA_ARGS__                \
	}
#define DESK_NUMBER(s, f, low, high)                                           \
	DESK_FIELD(s, f, DESK_FIELD_NUMBER, .min = (low), .max = (high))
/* A time, an id or a count. */
#define DESK_TIME(s, f) DESK_NUMBER(s, f, 0, INT64_MAX)
#define DESK_FLAG(s, f) DESK_FIELD(s, f, DESK_FIELD_FLAG, .max = 1)
#define DESK_WORD(s, f, names)                                                 \
	DESK_FIELD(s, f, DESK_FIELD_WORD, .words = (names),                    \
	    .max = sizeof(names) / sizeof *(names)-1)
#define DESK_TEXT(s, f) DESK_FIELD(s, f, DESK_FIELD_TEXT, .max = 0)
#define DESK_STRING(s, f, high)                                                \
	DESK_FIELD(s, f, DESK_FIELD_STRING, .max = (high))
#define DESK_BYTES(s, f) DESK_FIELD(s, f, DESK_FIELD_BYTES, .max = 0)
#define DESK_BUF(s, f, high) DESK_FIELD(s, f, DESK_FIELD_BUF, .max = (high))
#define DESK_ARRAY(s, f, record, high)                                         \
	DESK_FIELD(s, f, DESK_FIELD_ARRAY, .of = (record), .max = (high))
/* The same fields, where they came later. */
#define DESK_TIME_LATER(s, f)                                                  \
	DESK_FIELD(s, f, DESK_FIELD_NUMBER, .max = INT64_MAX, .later = true)
#define DESK_FLAG_LATER(s, f)                                                  \
	DESK_FIELD(s, f, DESK_FIELD_FLAG, .max = 1, .later = true)
#define DESK_ARRAY_LATER(s, f, record, high)                                   \
	DESK_FIELD(s, f, DESK_FIELD_ARRAY, .of = (record), .max = (high),      \
	    .later = true)
#define DESK_RECORD(s, where, list)                                            \
	{                                                                      \
		.table = (where), .size = sizeof(struct s), .fields = (list),  \
		.n = sizeof(list) / sizeof *(list)                             \
	}

/* Append ${row} as text; equal rows give equal bytes.  CS_ERR_LIMIT if a
 * field is out of bounds, CS_ERR_FORMAT if it is no UTF-8, CS_ERR_MISUSE if
 * it is no value of its enum. */
CS_CHECKED enum cs_err desk_record_write(
    struct cs_buf *out, const struct desk_record *r, const void *row);
/* Fill ${row}, which is all zero.  The caller clears it, also after an
 * error. */
CS_CHECKED enum cs_err desk_record_read(
    void *row, const struct desk_record *r, struct cs_view text);
/* Free what the fields of ${row} own, and wipe them.  Other members stay. */
void desk_record_clear(void *row, const struct desk_record *r);
/* Copy the fields of ${from} to ${to}, which is all zero. */
CS_CHECKED enum cs_err desk_record_copy(
    void *to, const struct desk_record *r, const void *from);

/* Make ${*s} a copy of ${text}, and free what it held. */
CS_CHECKED enum cs_err desk_string_set(char **s, struct cs_view text);
/* "" for NULL. */
const char *desk_string(const char *s);
/* Add a last element, all zero, to ${array}, a struct { element *at; size_t
 * n; } whose elements have ${size} bytes; NULL if there is no memory. */
void *desk_array_add(void *array, size_t size);
/* Free the memory of ${array}, whose elements own none; it is empty then. */
void desk_array_clear(void *array, size_t size);
