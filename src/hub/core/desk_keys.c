/* SPDX-License-Identifier: MIT */
#include "hub/core/desk_keys.h"

#include <string.h>

#include "base/reader.h"
#include "hub/core/tlog.h"

enum cs_err
hub_desk_certs_parse(struct hub_desk_certs *out, struct cs_view file,
    struct cs_view root, uint64_t now_s)
{
	struct cs_reader r = cs_reader(file);
	enum cs_err err, expired;

	out->seal_bytes = cs_read_vec(&r);
	out->sign_bytes = cs_read_vec(&r);
	if ((err = cs_reader_end(&r)))
		return err;
	expired = cs_role_key_cert_verify(
	    &out->seal, out->seal_bytes, root, CS_ROLE_DESK_HPKE, now_s);
	if (expired && expired != CS_ERR_EXPIRED)
		return expired;
	err = cs_role_key_cert_verify(
	    &out->sign, out->sign_bytes, root, CS_ROLE_DESK_SIGNING, now_s);
	return err ? err : expired;
}

enum cs_err
hub_desk_certs_use(struct cs_hub *hub, struct cs_view file)
{
	struct hub_desk_certs certs;
	enum cs_err err;

	if ((err = hub_desk_certs_parse(&certs, file,
		 CS_VIEW_OF(hub->root_public), hub->now_ms / CS_SECOND_MS)) ||
	    (err = cs_buf_set(&hub->desk_seal_cert, certs.seal_bytes)) ||
	    (err = cs_buf_set(&hub->desk_sign_cert, certs.sign_bytes)) ||
	    (err = hub_tlog_add_once(
		 hub, CS_TLOG_CERTIFICATE, certs.seal_bytes)) ||
	    (err = hub_tlog_add_once(
		 hub, CS_TLOG_CERTIFICATE, certs.sign_bytes)))
		return err;
	memcpy(hub->desk_sign_public, certs.sign.public, CS_KEY_LEN);
	hub->have_desk = true;
	return CS_OK;
}
