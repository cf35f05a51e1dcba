/* SPDX-License-Identifier: MIT */
/* Certificates of the keys that stamp, past ones included. */
#pragma once

#include "hub/core/hub.h"

/* Keep the certificate of the key that stamps now, for those who ask later. */
CS_CHECKED enum cs_err hub_stamp_key_remember(struct cs_hub *hub);

hub_handler hub_stamp_cert;
