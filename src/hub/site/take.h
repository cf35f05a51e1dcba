/* SPDX-License-Identifier: MIT */
/* What somebody filled in, taken into a filing.  Bytes of files stay where they
 * are; texts are copied, so that a form may go. */
#pragma once

#include "hub/site/filing.h"

/* Without blanks around it, and with LF at the ends of lines. */
CS_CHECKED enum cs_err site_take_text(
    struct cs_view *out, struct site_filing *f, struct cs_view text);
/* Lines, each a link, a name, or a photo's hash; what it is, is seen by what it
 * looks like to a hub of that name.  CS_ERR_LIMIT */
CS_CHECKED enum cs_err site_take_places(
    struct site_filing *f, struct cs_view lines, const char *hub);
CS_CHECKED enum cs_err site_take_place(
    struct site_filing *f, uint8_t kind, struct cs_view value);
/* 64 digits of hex.  CS_ERR_FORMAT, CS_ERR_LIMIT */
CS_CHECKED enum cs_err site_take_hash(
    struct site_filing *f, struct cs_view hex, struct cs_view label);
/* A field for a file that was left empty has a name and nothing else. */
CS_CHECKED enum cs_err site_take_file(
    struct site_filing *f, struct cs_view name, struct cs_view bytes);
