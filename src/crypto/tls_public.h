/* SPDX-License-Identifier: MIT */
/* TLS with a server that authorities certify, and not the operator: a push
 * service. */
#pragma once

#include "base/bytes.h"

struct cs_tls;

/* A client SSL_CTX that believes the authorities in ${pem}.  CS_ERR_FORMAT:
 * there is none in it; CS_ERR_CRYPTO, CS_ERR_NOMEM.  Free with
 * cs_tls_public_free(). */
CS_CHECKED enum cs_err cs_tls_public_new(void **ssl_ctx, struct cs_view pem);
void cs_tls_public_free(void *ssl_ctx);

/* A session on ${fd}, which stays the caller's, with a server that has to be
 * ${host}: a name, in time, by one of the authorities; or the handshake fails.
 * What is done with it is in crypto/tls_server.h. */
CS_CHECKED enum cs_err cs_tls_public_connect(
    struct cs_tls **out, void *ssl_ctx, int fd, const char *host);
