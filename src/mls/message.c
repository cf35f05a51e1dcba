/* SPDX-License-Identifier: MIT */
#include "mls/framing.h"
#include "mls/group_info.h"
#include "mls/private_message.h"
#include "mls/welcome.h"

/* The parts that are read to the end but not shown. */
static void
skip(struct cs_reader *r, enum cs_mls_wire wire)
{
	struct cs_mls_welcome welcome;
	struct cs_mls_group_info info;
	struct cs_mls_key_package kp;

	if (wire == CS_MLS_WIRE_WELCOME)
		cs_mls_welcome_read(r, &welcome);
	else if (wire == CS_MLS_WIRE_GROUP_INFO)
		cs_mls_group_info_read(r, &info);
	else if (wire == CS_MLS_WIRE_KEY_PACKAGE)
		cs_mls_key_package_read(r, &kp);
}

enum cs_err
cs_mls_message_peek(struct cs_mls_message_info *out, struct cs_view message)
{
	struct cs_reader r = cs_reader(message);
	struct cs_mls_public_message public;
	struct cs_mls_private_message private;

	*out = (struct cs_mls_message_info){ 0 };
	out->wire = cs_mls_message_read(&r);
	if (out->wire == CS_MLS_WIRE_PUBLIC) {
		cs_mls_public_message_read(&r, &public);
		out->group_id = public.content.framed.group_id;
		out->epoch = public.content.framed.epoch;
		out->content = public.content.framed.type;
		out->authenticated_data =
		    public.content.framed.authenticated_data;
	} else if (out->wire == CS_MLS_WIRE_PRIVATE) {
		cs_mls_private_message_read(&r, &private);
		out->group_id = private.group_id;
		out->epoch = private.epoch;
		out->content = private.type;
		out->authenticated_data = private.authenticated_data;
	} else {
		skip(&r, out->wire);
	}
	return cs_reader_end(&r);
}
