/* SPDX-License-Identifier: MIT */
/* Certificates and tickets of TLS, and signatures, which another process
 * makes. */
#pragma once

#include "hub/network/network_internal.h"

/* Take up what has come from that process.  CS_ERR_CLOSED: it is gone, and
 * handshakes fail until there is another; CS_ERR_LIMIT: certificates were
 * changed so often that this process has to begin anew. */
CS_CHECKED enum cs_err network_tls_serve(struct network *n);
/* Keep certificates, of programs or of pages, until then. */
CS_CHECKED enum cs_err network_tls_keep(
    struct network *n, const struct cs_channel_message *m);
/* Has something come that network_tls_serve() has not taken up? */
bool network_tls_fresh(const struct network *n);
void network_tls_free(struct network *n);
