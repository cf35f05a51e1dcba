/* SPDX-License-Identifier: MIT */
/* Preparation inside this layer only. */
#pragma once

#include "base/err.h"

/* Fetch OpenSSL's algorithms once: looking them up costs more than a use. */
CS_CHECKED enum cs_err cs_backend_aead_init(void);
CS_CHECKED enum cs_err cs_backend_curve_init(void);
/* What every use of a suite's HPKE begins with. */
CS_CHECKED enum cs_err cs_backend_hpke_init(void);
