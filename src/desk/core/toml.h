/* SPDX-License-Identifier: MIT */
/*
 * The part of TOML 1.0 that a policy is written in: comments, tables, arrays of
 * tables, bare and dotted keys, strings on one line, whole numbers, true and
 * false, arrays of these.  What is outside of it is refused with the line where
 * it stands, and so is a key that is set twice.
 */
#pragma once

#include <jansson.h>

#include "base/bytes.h"
#include "base/units.h"

#define CS_TOML_MAX (256 * CS_KIB)

/* After CS_ERR_FORMAT or CS_ERR_LIMIT, ${problem} says what is wrong in
 * which line. */
CS_CHECKED enum cs_err desk_toml_parse(
    json_t **out, struct cs_view text, char problem[static 160]);
