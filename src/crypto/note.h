/* SPDX-License-Identifier: MIT */
/*
 * Signed notes (C2SP signed-note): a text that ends with a newline, an empty
 * line, and a line for each signature,
 *
 *	— NAME BASE64(id4 | signature)
 *
 * where id4 tells which key of that name it is.  Signatures here are Ed25519,
 * which is type 1 there.
 */
#pragma once

#include "crypto/sign.h"

/* What a signature's line begins with: an em dash and a blank. */
#define CS_NOTE_DASH "\xe2\x80\x94 "
#define CS_NOTE_NAME_MAX 64
#define CS_NOTE_ID_LEN 4
/* NAME+HEX(id4)+BASE64(1 | key32), and a zero. */
#define CS_NOTE_KEY_SIZE (CS_NOTE_NAME_MAX + 1 + 8 + 1 + 44 + 1)
/* A signature's line with its newline, and a zero. */
#define CS_NOTE_LINE_SIZE (4 + CS_NOTE_NAME_MAX + 1 + 92 + 1 + 1)
/* More lines than this are none of ours. */
#define CS_NOTE_LINES_MAX 16

/* Whose signature it is. */
struct cs_note_key {
	char name[CS_NOTE_NAME_MAX + 1];
	uint8_t id[CS_NOTE_ID_LEN];
	uint8_t public[CS_SIGN_PUBLIC_LEN];
};

/* The key ${public} of ${name}.  CS_ERR_FORMAT: the name is empty, too long, or
 * has a space, a plus or what is not ASCII. */
CS_CHECKED enum cs_err cs_note_key(struct cs_note_key *out, const char *name,
    const uint8_t public[static CS_SIGN_PUBLIC_LEN]);

/* The key as text, and back.  CS_ERR_FORMAT: it is no key, or not with the id
 * that it says; CS_ERR_UNSUPPORTED: it is of another type. */
void cs_note_key_text(
    char out[static CS_NOTE_KEY_SIZE], const struct cs_note_key *key);
CS_CHECKED enum cs_err cs_note_key_read(
    struct cs_note_key *out, struct cs_view text);

/*
 * The same of keys whose signatures are of another type, which are made and
 * verified by other code: an id tells the type, too.  CS_ERR_UNSUPPORTED: the
 * text is of a key of another type than ${type}.
 */
enum cs_note_type {
	CS_NOTE_ED25519 = 1,
	CS_NOTE_COSIGNATURE = 4, /* Ed25519, with a time */
};
CS_CHECKED enum cs_err cs_note_key_typed(struct cs_note_key *out,
    enum cs_note_type type, const char *name,
    const uint8_t public[static CS_SIGN_PUBLIC_LEN]);
void cs_note_key_typed_text(char out[static CS_NOTE_KEY_SIZE],
    enum cs_note_type type, const struct cs_note_key *key);
CS_CHECKED enum cs_err cs_note_key_typed_read(
    struct cs_note_key *out, enum cs_note_type type, struct cs_view text);

/* The line that signs ${text}, which ends with a newline, as ${key}, whose
 * private half is ${with}. */
CS_CHECKED enum cs_err cs_note_sign(char out[static CS_NOTE_LINE_SIZE],
    const struct cs_note_key *key, const struct cs_sign_key *with,
    struct cs_view text);

/*
 * The text of ${note}, a view into it, if ${key} signed it.  Signatures of
 * others are passed over, as C2SP has it.  CS_ERR_FORMAT: it is no note;
 * CS_ERR_NOT_FOUND: ${key} has no line in it; CS_ERR_SIGNATURE: the signature
 * is wrong.
 */
CS_CHECKED enum cs_err cs_note_verify(
    struct cs_view *text, struct cs_view note, const struct cs_note_key *key);

/* Split ${note} into its text and the lines below, which may be none; what they
 * sign is not looked at.  CS_ERR_FORMAT: it is no note. */
CS_CHECKED enum cs_err cs_note_split(
    struct cs_view *text, struct cs_view *lines, struct cs_view note);

/* Take the first line off ${lines} and put what it signs with into ${out}: if
 * it is one of ${key}, its id and as much more as makes ${n} bytes.
 * CS_ERR_FORMAT: it is no line of a note; CS_ERR_NOT_FOUND: of others. */
CS_CHECKED enum cs_err cs_note_line_next(uint8_t *out, size_t n,
    struct cs_view *lines, const struct cs_note_key *key);
