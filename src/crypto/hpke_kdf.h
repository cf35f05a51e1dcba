/* SPDX-License-Identifier: MIT */
/* RFC 9180, section 4; inside this layer only. */
#pragma once

#include "crypto/hash.h"

#define CS_HPKE_SUITE_ID_MAX 10

/* HPKE runs HKDF twice over, in the KEM and after it, each under a name. */
struct cs_hpke_kdf {
	enum cs_hash hash;
	uint8_t suite_id[CS_HPKE_SUITE_ID_MAX];
	size_t suite_id_len;
};

/* LabeledExtract without salt is one with an empty ${salt}. */
CS_CHECKED enum cs_err cs_hpke_extract(uint8_t *out,
    const struct cs_hpke_kdf *kdf, struct cs_view salt, const char *label,
    struct cs_view ikm);

/* What is expanded: an info in two parts, under a label. */
struct cs_hpke_label {
	const char *label;
	struct cs_view info, more;
};
/* LabeledExpand to ${n} bytes. */
CS_CHECKED enum cs_err cs_hpke_expand(uint8_t *out, size_t n,
    const struct cs_hpke_kdf *kdf, struct cs_view prk,
    const struct cs_hpke_label *label);
