/* SPDX-License-Identifier: MIT */
/*
 * A writer of JSON (RFC 8259) that remembers its first failure.
 *
 * Commas, quotes and escapes are the writer's work; the caller names members
 * and closes what it has opened.  What is written inside an array, or at the
 * top, has no name: NULL.  After a failure, calls do nothing.
 *
 *	struct cs_json_writer j = cs_json_writer(&text);
 *
 *	cs_json_object(&j, NULL);
 *	cs_json_text(&j, "name", name);
 *	cs_json_array(&j, "sizes");
 *	cs_json_number(&j, NULL, 12);
 *	cs_json_close(&j);
 *	cs_json_close(&j);
 *	err = cs_json_end(&j);
 */
#pragma once

#include "base/bytes.h"

#define CS_JSON_DEPTH_MAX 32

struct cs_json_writer {
	struct cs_buf *buf;
	enum cs_err err;
	unsigned depth;
	/* Of each open array or object, by depth: one bit. */
	uint32_t is_array, has_member;
};

/* Append to what ${buf} already holds. */
struct cs_json_writer cs_json_writer(struct cs_buf *buf);

/* Open an object or an array. */
void cs_json_object(struct cs_json_writer *j, const char *name);
void cs_json_array(struct cs_json_writer *j, const char *name);
/* Close what was opened last. */
void cs_json_close(struct cs_json_writer *j);

/* Write a string. A character is escaped if it moves a cursor, stays unseen or
 * turns the direction of writing around, so the text is safe on a terminal. A
 * byte that is not part of UTF-8 is written as the character of its number. */
void cs_json_text(
    struct cs_json_writer *j, const char *name, struct cs_view text);
void cs_json_string(struct cs_json_writer *j, const char *name, const char *s);
/* A string of lower-case hex. */
void cs_json_hex(struct cs_json_writer *j, const char *name, struct cs_view v);
void cs_json_number(struct cs_json_writer *j, const char *name, uint64_t x);
void cs_json_signed(struct cs_json_writer *j, const char *name, int64_t x);
/* A number with ${digits} digits behind the point, at most 9; null for what is
 * not finite. */
void cs_json_decimal(
    struct cs_json_writer *j, const char *name, double x, int digits);
void cs_json_bool(struct cs_json_writer *j, const char *name, bool x);
void cs_json_null(struct cs_json_writer *j, const char *name);
/* Write JSON as it is; the caller has checked it. */
void cs_json_raw(
    struct cs_json_writer *j, const char *name, struct cs_view json);

/* The first failure; CS_ERR_MISUSE if something is still open. */
CS_CHECKED enum cs_err cs_json_end(const struct cs_json_writer *j);
