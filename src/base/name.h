/* SPDX-License-Identifier: MIT */
/*
 * Names that people type, read and mistake for one another: of people, groups
 * and whoever runs the hub.
 *
 * Two spellings are one name if they are equal after case folding and in NFC
 * (Unicode Standard Annex 15).  Two names look alike if their skeletons are
 * equal (Unicode Technical Standard 39, section 4).
 */
#pragma once

#include "base/bytes.h"

#define CS_NAME_MAX ((size_t)255) /* bytes of a name */

/* Replace ${out} by the form of ${name} that is compared: folded, in NFC,
 * without hidden characters, blanks as one space each.  CS_ERR_FORMAT: not
 * UTF-8. */
CS_CHECKED enum cs_err cs_name_fold(struct cs_buf *out, struct cs_view name);

/* Are both spellings of one name?  What is no UTF-8 is no name. */
CS_CHECKED enum cs_err cs_name_same(
    bool *out, struct cs_view a, struct cs_view b);

/* Replace ${out} by what ${name} looks like: names with the same skeleton are
 * mistaken for one another.  CS_ERR_FORMAT: not UTF-8. */
CS_CHECKED enum cs_err cs_name_skeleton(
    struct cs_buf *out, struct cs_view name);

/* Are ${a} and ${b} the same, or so alike that people mistake one for the
 * other? */
CS_CHECKED enum cs_err cs_name_alike(
    bool *out, struct cs_view a, struct cs_view b);

/* May nobody be called ${name}, because people would take them for whoever
 * runs the hub ${hub}, for the program itself, or for nobody in particular?
 * That is so if it looks like such a word, or has one in it that stands
 * between separators and means the operator. */
CS_CHECKED enum cs_err cs_name_reserved(
    bool *out, struct cs_view name, struct cs_view hub);

/* Are ${a} and ${b} one slip of the finger apart: one character more, less,
 * other, or two in each other's place? */
CS_CHECKED enum cs_err cs_name_near(
    bool *out, struct cs_view a, struct cs_view b);

/*
 * Write ${name} as one line of at most ${size} - 1 bytes and a zero: without
 * what moves a cursor, stays unseen or turns writing around, blanks as one
 * space each and none at the ends, cut between characters.  Empty if nothing
 * is left, or if it is no UTF-8.
 */
void cs_name_clean(char *out, size_t size, struct cs_view name);

/* Is ${x} a blank, or a character that looks like one? */
bool cs_name_is_blank(uint32_t x);
