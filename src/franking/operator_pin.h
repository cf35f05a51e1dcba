/* SPDX-License-Identifier: MIT */
/*
 * What the members of a group agree on about its
 * operator (FRANKING, "Keys"; GroupContext component 0xC500).
 */
#pragma once

#include "base/bytes.h"

#define CS_COMPONENT_OPERATOR_PIN 0xC500

struct cs_franking_operator_pin {
	uint8_t operator_id[8];
	uint8_t root_public[32];
	struct cs_view log_origin;
	struct cs_view desk_hpke; /* empty: no desk had joined */
	uint32_t report_window_s;
	uint8_t flags;
};

/* Append the data of an app_data_dictionary extension that holds the pin. */
CS_CHECKED enum cs_err cs_franking_operator_pin_write(
    struct cs_buf *out, const struct cs_franking_operator_pin *pin);

/* Find and parse the pin in the data of such an extension.  CS_ERR_NOT_FOUND:
 * there is none; CS_ERR_FORMAT: not sorted, twice, or malformed. */
CS_CHECKED enum cs_err cs_franking_operator_pin_find(
    struct cs_franking_operator_pin *out, struct cs_view dictionary);
