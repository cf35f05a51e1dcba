/* SPDX-License-Identifier: MIT */
#include "crypto/hpke_kdf.h"

#define VERSION "HPKE-v1"

enum cs_err
cs_hpke_extract(uint8_t *out, const struct cs_hpke_kdf *kdf,
    struct cs_view salt, const char *label, struct cs_view ikm)
{
	const struct cs_view parts[] = {
		cs_view_str(VERSION),
		cs_view(kdf->suite_id, kdf->suite_id_len),
		cs_view_str(label),
		ikm,
	};

	return cs_hmac_parts(out, kdf->hash, salt, parts, 4);
}

enum cs_err
cs_hpke_expand(uint8_t *out, size_t n, const struct cs_hpke_kdf *kdf,
    struct cs_view prk, const struct cs_hpke_label *label)
{
	const uint8_t length[] = { (uint8_t)(n >> 8), (uint8_t)n };
	const struct cs_view parts[] = {
		CS_VIEW_OF(length),
		cs_view_str(VERSION),
		cs_view(kdf->suite_id, kdf->suite_id_len),
		cs_view_str(label->label),
		label->info,
		label->more,
	};

	if (n > UINT16_MAX)
		return CS_ERR_MISUSE;
	return cs_hkdf_expand_parts(out, n, kdf->hash, prk, parts, 6);
}
