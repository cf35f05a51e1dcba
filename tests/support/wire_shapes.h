/* SPDX-License-Identifier: MIT */
/* Every shape of src/wire, for tests of all. */
#pragma once

#include "wire/messages.h"

#define WIRE_SHAPE(s)                                                          \
	{                                                                      \
#s, &s##_shape                                                 \
	}

/* wire/messages_test.c checks that none is missing. */
static const struct {
	const char *name;
	const struct cs_wire_shape *shape;
} wire_shapes[] = {
	WIRE_SHAPE(cs_wire_empty),
	WIRE_SHAPE(cs_wire_hello),
	WIRE_SHAPE(cs_wire_error),
	WIRE_SHAPE(cs_wire_disabled),
	WIRE_SHAPE(cs_wire_removed),
	WIRE_SHAPE(cs_wire_retry),
	WIRE_SHAPE(cs_wire_push),
	WIRE_SHAPE(cs_wire_join),
	WIRE_SHAPE(cs_wire_account),
	WIRE_SHAPE(cs_wire_recover),
	WIRE_SHAPE(cs_wire_recovered),
	WIRE_SHAPE(cs_wire_recovery_renew),
	WIRE_SHAPE(cs_wire_login),
	WIRE_SHAPE(cs_wire_login_answer),
	WIRE_SHAPE(cs_wire_bytes),
	WIRE_SHAPE(cs_wire_key_packages_put),
	WIRE_SHAPE(cs_wire_key_packages_get),
	WIRE_SHAPE(cs_wire_key_packages_answer),
	WIRE_SHAPE(cs_wire_contact_set),
	WIRE_SHAPE(cs_wire_contact_note),
	WIRE_SHAPE(cs_wire_contacts_answer),
	WIRE_SHAPE(cs_wire_settings),
	WIRE_SHAPE(cs_wire_group_new),
	WIRE_SHAPE(cs_wire_submit),
	WIRE_SHAPE(cs_wire_submit_answer),
	WIRE_SHAPE(cs_wire_group_info_get),
	WIRE_SHAPE(cs_wire_group_info),
	WIRE_SHAPE(cs_wire_group_state),
	WIRE_SHAPE(cs_wire_sync_answer),
	WIRE_SHAPE(cs_wire_place),
	WIRE_SHAPE(cs_wire_places_answer),
	WIRE_SHAPE(cs_wire_fetch),
	WIRE_SHAPE(cs_wire_entry),
	WIRE_SHAPE(cs_wire_fetch_answer),
	WIRE_SHAPE(cs_wire_ack),
	WIRE_SHAPE(cs_wire_welcome),
	WIRE_SHAPE(cs_wire_welcomes_answer),
	WIRE_SHAPE(cs_wire_welcome_ack),
	WIRE_SHAPE(cs_wire_stamp_cert_get),
	WIRE_SHAPE(cs_wire_stamp_cert),
	WIRE_SHAPE(cs_wire_link),
	WIRE_SHAPE(cs_wire_link_ask),
	WIRE_SHAPE(cs_wire_link_answer),
	WIRE_SHAPE(cs_wire_device_add),
	WIRE_SHAPE(cs_wire_revocation),
	WIRE_SHAPE(cs_wire_device_remove),
	WIRE_SHAPE(cs_wire_revocations),
	WIRE_SHAPE(cs_wire_revocations_answer),
	WIRE_SHAPE(cs_wire_group_note),
	WIRE_SHAPE(cs_wire_groups_answer),
	WIRE_SHAPE(cs_wire_device),
	WIRE_SHAPE(cs_wire_devices_answer),
	WIRE_SHAPE(cs_wire_blob_put),
	WIRE_SHAPE(cs_wire_blob_answer),
	WIRE_SHAPE(cs_wire_blob_get),
	WIRE_SHAPE(cs_wire_report),
	WIRE_SHAPE(cs_wire_desk_pins),
	WIRE_SHAPE(cs_wire_report_status),
	WIRE_SHAPE(cs_wire_report_states_answer),
	WIRE_SHAPE(cs_wire_desk_report),
	WIRE_SHAPE(cs_wire_desk_reports_answer),
	WIRE_SHAPE(cs_wire_desk_action),
	WIRE_SHAPE(cs_wire_action_result),
	WIRE_SHAPE(cs_wire_action),
	WIRE_SHAPE(cs_wire_statement),
	WIRE_SHAPE(cs_wire_notice),
	WIRE_SHAPE(cs_wire_notices_answer),
	WIRE_SHAPE(cs_wire_letter),
	WIRE_SHAPE(cs_wire_account_export),
	WIRE_SHAPE(cs_wire_desk_letter),
	WIRE_SHAPE(cs_wire_desk_letters_answer),
	WIRE_SHAPE(cs_wire_removals),
	WIRE_SHAPE(cs_wire_removals_answer),
	WIRE_SHAPE(cs_wire_desk_letter_set),
	WIRE_SHAPE(cs_wire_desk_head),
	WIRE_SHAPE(cs_wire_group_link),
	WIRE_SHAPE(cs_wire_group_ask),
	WIRE_SHAPE(cs_wire_group_asks_get),
	WIRE_SHAPE(cs_wire_asking),
	WIRE_SHAPE(cs_wire_group_asks_answer),
	WIRE_SHAPE(cs_wire_group_ask_drop),
	WIRE_SHAPE(cs_wire_own_ask),
	WIRE_SHAPE(cs_wire_own_asks_answer),
	WIRE_SHAPE(cs_wire_desk_trouble),
	WIRE_SHAPE(cs_wire_desk_troubles_answer),
	WIRE_SHAPE(cs_wire_push_set),
	WIRE_SHAPE(cs_wire_push_set_answer),
};
#define N_WIRE_SHAPES (sizeof wire_shapes / sizeof wire_shapes[0])

/* Room for the struct of any shape. */
#define WIRE_STRUCT_MAX 1024
