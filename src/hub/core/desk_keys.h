/* SPDX-License-Identifier: MIT */
/* The certificates of the desk's two keys, as they are in a file: one <V> after
 * the other. */
#pragma once

#include "franking/cert.h"
#include "hub/core/hub.h"

/* Views point into the file. */
struct hub_desk_certs {
	struct cs_view seal_bytes, sign_bytes;
	struct cs_role_key_cert seal, sign;
};

/* CS_ERR_EXPIRED: everything verifies, but not for this time. */
CS_CHECKED enum cs_err hub_desk_certs_parse(struct hub_desk_certs *out,
    struct cs_view file, struct cs_view root, uint64_t now_s);

/* From now on ${file} says who the desk is.  One that does not verify leaves it
 * as it was. */
CS_CHECKED enum cs_err hub_desk_certs_use(
    struct cs_hub *hub, struct cs_view file);
