/* SPDX-License-Identifier: MIT */
/* Pre-shared keys (RFC 9420, section 8.4). */
#pragma once

#include "countersign/mls.h"
#include "mls/codec.h"
#include "mls/key_schedule.h"

/* PreSharedKeyID. */
void cs_mls_psk_id_read(struct cs_reader *r, struct cs_mls_psk_id *out);
void cs_mls_psk_id_write(struct cs_writer *w, const struct cs_mls_psk_id *id);

/* The psk_secret of so many keys, mixed in one after the other. */
struct cs_mls_psk_mixer {
	const struct cs_suite *suite;
	struct cs_mls_psk_secret secret;
	uint16_t done, count;
};
struct cs_mls_psk_mixer cs_mls_psk_mixer(
    const struct cs_suite *suite, size_t count);
CS_CHECKED enum cs_err cs_mls_psk_mix(struct cs_mls_psk_mixer *m,
    const struct cs_mls_psk_id *id, struct cs_view psk);
