/* SPDX-License-Identifier: MIT */
/* What looks like what: the table behind cs_name_skeleton(), made when the
 * project is built. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct cs_confusable {
	uint32_t from; /* a character that is in NFD */
	uint32_t look; /* where in cs_confusable_looks its look begins */
};
/* Sorted by ${from}. */
extern const struct cs_confusable cs_confusables[];
extern const size_t cs_confusables_n;
/* Each in UTF-8 and NFD, with a zero behind it. */
extern const char cs_confusable_looks[];
