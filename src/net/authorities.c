/* SPDX-License-Identifier: MIT */
#include "net/authorities.h"

#include "crypto/tls_public.h"
#include "store/file.h"

enum cs_err
cs_net_authorities(void **ssl_ctx, const char *path)
{
	struct cs_buf pem = { .max = CS_NET_AUTHORITIES_MAX };
	enum cs_err err = cs_file_read(&pem,
	    path != NULL ? path : CS_NET_AUTHORITIES, CS_NET_AUTHORITIES_MAX);

	if (err == CS_OK)
		err = cs_tls_public_new(ssl_ctx, cs_buf_view(&pem));
	cs_buf_free(&pem);
	return err;
}
