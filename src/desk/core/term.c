/* SPDX-License-Identifier: MIT */
#include "desk/core/term.h"

#include <string.h>

#include "base/units.h"
#include "base/wipe.h"
#include "crypto/hash.h"
#include "crypto/suite.h"
#include "desk/core/desk.h"

enum cs_err
desk_term(
    uint8_t out[static DESK_TERM_LEN], struct cs_desk *d, struct cs_view word)
{
	static const char label[] = "countersign/desk/terms/v1";
	uint8_t key[CS_KEY_LEN], hash[CS_HASH_LEN];
	enum cs_err err;

	err = cs_hkdf_expand(key, sizeof key, CS_SHA256, CS_VIEW_OF(d->key.b),
	    cs_view_str(label));
	if (err == CS_OK)
		err = cs_hmac_parts(hash, CS_SHA256, CS_VIEW_OF(key), &word, 1);
	memcpy(out, hash, DESK_TERM_LEN);
	cs_wipe(key, sizeof key);
	return err;
}
