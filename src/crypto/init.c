/* SPDX-License-Identifier: MIT */
#include "crypto/init.h"

#include <sodium.h>

#include "crypto/aead.h"
#include "crypto/curve.h"
#include "crypto/hpke.h"

enum cs_err
cs_crypto_init(void)
{
	enum cs_err err;

	if (sodium_init() < 0)
		return CS_ERR_CRYPTO;
	if ((err = cs_aead_init()) || (err = cs_curve_init()))
		return err;
	return cs_hpke_init();
}
