/* SPDX-License-Identifier: MIT */
#include "hub/core/refusal.h"

#include "hub/core/hub.h"

enum cs_err
hub_refuse(struct hub_request *rq, uint16_t code)
{
	rq->refusal = code;
	return CS_ERR_REFUSED;
}

uint16_t
hub_refusal_of(const struct hub_request *rq, enum cs_err err)
{
	if (err == CS_ERR_REFUSED)
		return rq->refusal;
	switch (cs_err_class(err)) {
	case CS_ERR_CLASS_OK:
		return 0;
	case CS_ERR_CLASS_THEIRS:
		return err == CS_ERR_LIMIT ? CS_WIRE_E_TOO_LARGE
					   : CS_WIRE_E_MALFORMED;
	default:
		return CS_WIRE_E_UNAVAILABLE;
	}
}
