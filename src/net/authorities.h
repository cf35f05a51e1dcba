/* SPDX-License-Identifier: MIT */
/* Who certifies servers, of a program that asks them and no more. */
#pragma once

#include "base/bytes.h"

/* Those that the system believes. */
#define CS_NET_AUTHORITIES "/etc/ssl/certs/ca-certificates.crt"
#define CS_NET_AUTHORITIES_MAX ((size_t)4 << 20) /* bytes of PEM */

/* A context as of cs_tls_public_new() (crypto/tls_public.h) with the
 * authorities in the file ${path}; NULL: CS_NET_AUTHORITIES.  As cs_file_read()
 * and cs_tls_public_new(). */
CS_CHECKED enum cs_err cs_net_authorities(void **ssl_ctx, const char *path);
