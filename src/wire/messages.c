/* SPDX-License-Identifier: MIT */
#include "wire/messages.h"

#include "base/text.h"
#include "crypto/hash.h"
#include "wire/shape.h"

static const struct cs_wire_field cs_wire_hello_fields[] = {
	FIELD(CS_WIRE_U16, cs_wire_hello, version, 0),
	FIELD(CS_WIRE_VEC, cs_wire_hello, hub_name, CS_WIRE_NAME_MAX),
	FIELD(CS_WIRE_FIXED, cs_wire_hello, challenge, 0),
	FIELD(CS_WIRE_U64, cs_wire_hello, now_ms, 0),
	FIELD(CS_WIRE_VEC, cs_wire_hello, stamp_cert, CS_WIRE_CERT_MAX),
	FIELD(CS_WIRE_VEC, cs_wire_hello, external_cert, CS_WIRE_CERT_MAX),
	FIELD(CS_WIRE_VEC, cs_wire_hello, desk_seal_cert, CS_WIRE_CERT_MAX),
	FIELD(CS_WIRE_VEC, cs_wire_hello, desk_sign_cert, CS_WIRE_CERT_MAX),
	FIELD(CS_WIRE_VEC, cs_wire_hello, tlog_cert, CS_WIRE_CERT_MAX),
};
SHAPE(cs_wire_hello);

static const struct cs_wire_field cs_wire_error_fields[] = {
	FIELD(CS_WIRE_U16, cs_wire_error, code, 0),
	FIELD(CS_WIRE_VEC, cs_wire_error, sentence, CS_WIRE_SENTENCE_MAX),
	FIELD(CS_WIRE_VEC, cs_wire_error, data, CS_WIRE_MESSAGE_MAX + 1024),
};
SHAPE(cs_wire_error);

static const struct cs_wire_field cs_wire_disabled_fields[] = {
	FIELD(CS_WIRE_U16, cs_wire_disabled, reason, 0),
	FIELD(CS_WIRE_U64, cs_wire_disabled, at_ms, 0),
	FIELD(CS_WIRE_VEC, cs_wire_disabled, statement, CS_WIRE_STATEMENT_MAX),
};
SHAPE(cs_wire_disabled);

static const struct cs_wire_field cs_wire_removed_fields[] = {
	FIELD(CS_WIRE_U64, cs_wire_removed, at_ms, 0),
};
SHAPE(cs_wire_removed);

static const struct cs_wire_field cs_wire_retry_fields[] = {
	FIELD(CS_WIRE_U32, cs_wire_retry, seconds, 0),
};
SHAPE(cs_wire_retry);

static const struct cs_wire_field cs_wire_push_fields[] = {
	FIELD(CS_WIRE_U8, cs_wire_push, kind, 0),
	FIELD(CS_WIRE_VEC, cs_wire_push, group_id, CS_WIRE_GROUP_ID_MAX),
	FIELD(CS_WIRE_U64, cs_wire_push, head, 0),
};
SHAPE(cs_wire_push);

static const struct cs_wire_field cs_wire_join_fields[] = {
	FIELD(CS_WIRE_VEC, cs_wire_join, invite, 64),
	FIELD(CS_WIRE_FIXED, cs_wire_join, account_key, 0),
	FIELD(CS_WIRE_VEC, cs_wire_join, device_cert, CS_WIRE_CERT_MAX),
};
SHAPE(cs_wire_join);

static const struct cs_wire_field cs_wire_account_fields[] = {
	FIELD(CS_WIRE_VEC, cs_wire_account, registrar_cert, CS_WIRE_CERT_MAX),
	FIELD(CS_WIRE_VEC, cs_wire_account, account_cert, CS_WIRE_CERT_MAX),
};
SHAPE(cs_wire_account);

static const struct cs_wire_field cs_wire_recover_fields[] = {
	FIELD(CS_WIRE_FIXED, cs_wire_recover, account_key, 0),
	FIELD(CS_WIRE_FIXED, cs_wire_recover, signature, 0),
};
SHAPE(cs_wire_recover);

static const struct cs_wire_field cs_wire_recovered_fields[] = {
	FIELD(CS_WIRE_VEC, cs_wire_recovered, registrar_cert, CS_WIRE_CERT_MAX),
	FIELD(CS_WIRE_VEC, cs_wire_recovered, account_cert, CS_WIRE_CERT_MAX),
	FIELD(
	    CS_WIRE_VEC, cs_wire_recovered, devices, CS_WIRE_DEVICES_CHAIN_MAX),
	FIELD(CS_WIRE_VEC, cs_wire_recovered, notes, CS_WIRE_NOTE_MAX),
};
SHAPE(cs_wire_recovered);

static const struct cs_wire_field cs_wire_recovery_renew_fields[] = {
	FIELD(CS_WIRE_VEC, cs_wire_recovery_renew, revocation,
	    CS_WIRE_REVOCATION_MAX),
	FIELD(CS_WIRE_VEC, cs_wire_recovery_renew, notes, CS_WIRE_NOTE_MAX),
};
SHAPE(cs_wire_recovery_renew);

static const struct cs_wire_field cs_wire_login_fields[] = {
	FIELD(CS_WIRE_U8, cs_wire_login, role, 0),
	FIELD(CS_WIRE_FIXED, cs_wire_login, device, 0),
	FIELD(CS_WIRE_FIXED, cs_wire_login, signature, 0),
};
SHAPE(cs_wire_login);

static const struct cs_wire_field cs_wire_login_answer_fields[] = {
	FIELD(CS_WIRE_U32, cs_wire_login_answer, key_packages, 0),
	FIELD(CS_WIRE_U8, cs_wire_login_answer, last_resort, 0),
	FIELD(CS_WIRE_U8, cs_wire_login_answer, unknown_senders, 0),
	FIELD(CS_WIRE_U8, cs_wire_login_answer, devices, 0),
	FIELD(CS_WIRE_U64, cs_wire_login_answer, revocations, 0),
	FIELD(CS_WIRE_U64, cs_wire_login_answer, read, 0),
	FIELD(CS_WIRE_U64, cs_wire_login_answer, boot, 0),
};
SHAPE(cs_wire_login_answer);

static const struct cs_wire_field cs_wire_bytes_fields[] = {
	FIELD(CS_WIRE_VEC, cs_wire_bytes, v, CS_WIRE_KEY_PACKAGE_MAX),
};
SHAPE(cs_wire_bytes);

static const struct cs_wire_field cs_wire_key_packages_put_fields[] = {
	LIST(cs_wire_key_packages_put, key_packages, CS_WIRE_KEY_PACKAGES_MAX,
	    cs_wire_bytes),
	FIELD(CS_WIRE_VEC, cs_wire_key_packages_put, last_resort,
	    CS_WIRE_KEY_PACKAGE_MAX),
};
SHAPE(cs_wire_key_packages_put);

static const struct cs_wire_field cs_wire_key_packages_get_fields[] = {
	FIELD(
	    CS_WIRE_VEC, cs_wire_key_packages_get, handle, CS_WIRE_HANDLE_MAX),
	FIELD(CS_WIRE_FIXED, cs_wire_key_packages_get, device, 0),
};
SHAPE(cs_wire_key_packages_get);

static const struct cs_wire_field cs_wire_key_packages_answer_fields[] = {
	FIELD(CS_WIRE_FIXED, cs_wire_key_packages_answer, account, 0),
	FIELD(CS_WIRE_FIXED, cs_wire_key_packages_answer, account_key, 0),
	LIST(cs_wire_key_packages_answer, key_packages,
	    CS_WIRE_KEY_PACKAGES_MAX, cs_wire_bytes),
};
SHAPE(cs_wire_key_packages_answer);

static const struct cs_wire_field cs_wire_contact_set_fields[] = {
	FIELD(CS_WIRE_FIXED, cs_wire_contact_set, account, 0),
	FIELD(CS_WIRE_U8, cs_wire_contact_set, state, 0),
	FIELD(CS_WIRE_VEC, cs_wire_contact_set, note, CS_WIRE_NOTE_MAX),
	FIELD(CS_WIRE_VEC, cs_wire_contact_set, handle, CS_WIRE_HANDLE_MAX),
};
SHAPE(cs_wire_contact_set);

static const struct cs_wire_field cs_wire_contact_note_fields[] = {
	FIELD(CS_WIRE_FIXED, cs_wire_contact_note, account, 0),
	FIELD(CS_WIRE_VEC, cs_wire_contact_note, note, CS_WIRE_NOTE_MAX),
};
SHAPE(cs_wire_contact_note);

static const struct cs_wire_field cs_wire_contacts_answer_fields[] = {
	LIST(cs_wire_contacts_answer, contacts, CS_WIRE_CONTACTS_MAX,
	    cs_wire_contact_note),
};
SHAPE(cs_wire_contacts_answer);

static const struct cs_wire_field cs_wire_settings_fields[] = {
	FIELD(CS_WIRE_U8, cs_wire_settings, unknown_senders, 0),
};
SHAPE(cs_wire_settings);

static const struct cs_wire_field cs_wire_group_new_fields[] = {
	FIELD(CS_WIRE_VEC, cs_wire_group_new, group_info, CS_WIRE_MESSAGE_MAX),
};
SHAPE(cs_wire_group_new);

static const struct cs_wire_field cs_wire_submit_fields[] = {
	FIELD(CS_WIRE_VEC, cs_wire_submit, group_id, CS_WIRE_GROUP_ID_MAX),
	FIELD(CS_WIRE_VEC, cs_wire_submit, message, CS_WIRE_MESSAGE_MAX),
	FIELD(CS_WIRE_VEC, cs_wire_submit, welcome, CS_WIRE_MESSAGE_MAX),
	FIELD(CS_WIRE_VEC, cs_wire_submit, group_info, CS_WIRE_GROUP_INFO_MAX),
	FIELD(CS_WIRE_VEC, cs_wire_submit, again, 8),
};
SHAPE(cs_wire_submit);

static const struct cs_wire_field cs_wire_submit_answer_fields[] = {
	FIELD(CS_WIRE_U64, cs_wire_submit_answer, group_seq, 0),
	FIELD(CS_WIRE_VEC, cs_wire_submit_answer, stamp, CS_WIRE_STAMP_MAX),
};
SHAPE(cs_wire_submit_answer);

static const struct cs_wire_field cs_wire_group_info_get_fields[] = {
	FIELD(CS_WIRE_VEC, cs_wire_group_info_get, group_id,
	    CS_WIRE_GROUP_ID_MAX),
};
SHAPE(cs_wire_group_info_get);

static const struct cs_wire_field cs_wire_group_info_fields[] = {
	FIELD(CS_WIRE_VEC, cs_wire_group_info, group_info,
	    CS_WIRE_GROUP_INFO_MAX),
	FIELD(CS_WIRE_VEC, cs_wire_group_info, tree, CS_WIRE_TREE_MAX),
};
SHAPE(cs_wire_group_info);

static const struct cs_wire_field cs_wire_group_state_fields[] = {
	FIELD(CS_WIRE_VEC, cs_wire_group_state, group_id, CS_WIRE_GROUP_ID_MAX),
	FIELD(CS_WIRE_U64, cs_wire_group_state, cursor, 0),
	FIELD(CS_WIRE_U64, cs_wire_group_state, head, 0),
};
SHAPE(cs_wire_group_state);

static const struct cs_wire_field cs_wire_sync_answer_fields[] = {
	LIST(cs_wire_sync_answer, groups, CS_WIRE_GROUPS_MAX,
	    cs_wire_group_state),
	FIELD(CS_WIRE_U32, cs_wire_sync_answer, welcomes, 0),
};
SHAPE(cs_wire_sync_answer);

static const struct cs_wire_field cs_wire_place_fields[] = {
	FIELD(CS_WIRE_VEC, cs_wire_place, group_id, CS_WIRE_GROUP_ID_MAX),
	FIELD(CS_WIRE_U64, cs_wire_place, cursor, 0),
	FIELD(CS_WIRE_U64, cs_wire_place, head, 0),
	FIELD(CS_WIRE_FIXED, cs_wire_place, chain, 0),
};
SHAPE(cs_wire_place);

static const struct cs_wire_field cs_wire_places_answer_fields[] = {
	LIST(cs_wire_places_answer, groups, CS_WIRE_GROUPS_MAX, cs_wire_place),
};
SHAPE(cs_wire_places_answer);

static const struct cs_wire_field cs_wire_fetch_fields[] = {
	FIELD(CS_WIRE_VEC, cs_wire_fetch, group_id, CS_WIRE_GROUP_ID_MAX),
	FIELD(CS_WIRE_U64, cs_wire_fetch, after, 0),
	FIELD(CS_WIRE_U16, cs_wire_fetch, max, 0),
	FIELD(CS_WIRE_U32, cs_wire_fetch, max_bytes, 0),
};
SHAPE(cs_wire_fetch);

static const struct cs_wire_field cs_wire_entry_fields[] = {
	FIELD(CS_WIRE_U64, cs_wire_entry, group_seq, 0),
	FIELD(CS_WIRE_FIXED, cs_wire_entry, account, 0),
	FIELD(CS_WIRE_FIXED, cs_wire_entry, device, 0),
	FIELD(CS_WIRE_U64, cs_wire_entry, epoch, 0),
	FIELD(CS_WIRE_VEC, cs_wire_entry, stamp, CS_WIRE_STAMP_MAX),
	FIELD(CS_WIRE_VEC, cs_wire_entry, message, CS_WIRE_MESSAGE_MAX),
};
SHAPE(cs_wire_entry);

static const struct cs_wire_field cs_wire_fetch_answer_fields[] = {
	LIST(cs_wire_fetch_answer, entries, CS_WIRE_FETCH_MAX, cs_wire_entry),
};
SHAPE(cs_wire_fetch_answer);

static const struct cs_wire_field cs_wire_ack_fields[] = {
	FIELD(CS_WIRE_VEC, cs_wire_ack, group_id, CS_WIRE_GROUP_ID_MAX),
	FIELD(CS_WIRE_U64, cs_wire_ack, group_seq, 0),
};
SHAPE(cs_wire_ack);

static const struct cs_wire_field cs_wire_welcome_fields[] = {
	FIELD(CS_WIRE_U64, cs_wire_welcome, id, 0),
	FIELD(CS_WIRE_VEC, cs_wire_welcome, group_id, CS_WIRE_GROUP_ID_MAX),
	FIELD(CS_WIRE_FIXED, cs_wire_welcome, account, 0),
	FIELD(CS_WIRE_U64, cs_wire_welcome, group_seq, 0),
	FIELD(CS_WIRE_FIXED, cs_wire_welcome, chain, 0),
	FIELD(CS_WIRE_VEC, cs_wire_welcome, welcome, CS_WIRE_MESSAGE_MAX),
};
SHAPE(cs_wire_welcome);

static const struct cs_wire_field cs_wire_welcomes_answer_fields[] = {
	LIST(cs_wire_welcomes_answer, welcomes, CS_WIRE_FETCH_MAX,
	    cs_wire_welcome),
};
SHAPE(cs_wire_welcomes_answer);

static const struct cs_wire_field cs_wire_welcome_ack_fields[] = {
	FIELD(CS_WIRE_U64, cs_wire_welcome_ack, id, 0),
};
SHAPE(cs_wire_welcome_ack);

static const struct cs_wire_field cs_wire_stamp_cert_get_fields[] = {
	FIELD(CS_WIRE_FIXED, cs_wire_stamp_cert_get, key_id, 0),
};
SHAPE(cs_wire_stamp_cert_get);

static const struct cs_wire_field cs_wire_stamp_cert_fields[] = {
	FIELD(CS_WIRE_VEC, cs_wire_stamp_cert, cert, CS_WIRE_CERT_MAX),
};
SHAPE(cs_wire_stamp_cert);

static const struct cs_wire_field cs_wire_tlog_turn_get_fields[] = {
	FIELD(CS_WIRE_U64, cs_wire_tlog_turn_get, entry, 0),
	FIELD(CS_WIRE_U32, cs_wire_tlog_turn_get, number, 0),
};
SHAPE(cs_wire_tlog_turn_get);

static const struct cs_wire_field cs_wire_tlog_turn_fields[] = {
	FIELD(CS_WIRE_VEC, cs_wire_tlog_turn, turn, CS_WIRE_TLOG_TURN_MAX),
};
SHAPE(cs_wire_tlog_turn);

static const struct cs_wire_field cs_wire_name_proof_get_fields[] = {
	FIELD(CS_WIRE_FIXED, cs_wire_name_proof_get, account, 0),
};
SHAPE(cs_wire_name_proof_get);

static const struct cs_wire_field cs_wire_name_proof_fields[] = {
	FIELD(CS_WIRE_FIXED, cs_wire_name_proof, label, 0),
	FIELD(CS_WIRE_FIXED, cs_wire_name_proof, proof, 0),
	FIELD(CS_WIRE_FIXED, cs_wire_name_proof, key, 0),
	FIELD(
	    CS_WIRE_VEC, cs_wire_name_proof, map_proof, CS_WIRE_MAP_PROOF_MAX),
	FIELD(CS_WIRE_FIXED, cs_wire_name_proof, root, 0),
	FIELD(CS_WIRE_U64, cs_wire_name_proof, names, 0),
	FIELD(CS_WIRE_U64, cs_wire_name_proof, entry, 0),
};
SHAPE(cs_wire_name_proof);

static const struct cs_wire_field cs_wire_link_fields[] = {
	FIELD(CS_WIRE_FIXED, cs_wire_link, rendezvous, 0),
};
SHAPE(cs_wire_link);

static const struct cs_wire_field cs_wire_link_ask_fields[] = {
	FIELD(CS_WIRE_FIXED, cs_wire_link_ask, rendezvous, 0),
	FIELD(CS_WIRE_VEC, cs_wire_link_ask, sealed, CS_WIRE_LINK_ASK_MAX),
};
SHAPE(cs_wire_link_ask);

static const struct cs_wire_field cs_wire_link_answer_fields[] = {
	FIELD(CS_WIRE_FIXED, cs_wire_link_answer, rendezvous, 0),
	FIELD(
	    CS_WIRE_VEC, cs_wire_link_answer, sealed, CS_WIRE_LINK_ANSWER_MAX),
};
SHAPE(cs_wire_link_answer);

static const struct cs_wire_field cs_wire_device_add_fields[] = {
	FIELD(CS_WIRE_VEC, cs_wire_device_add, devices,
	    CS_WIRE_DEVICES_CHAIN_MAX),
	FIELD(CS_WIRE_VEC, cs_wire_device_add, name, CS_WIRE_NOTE_MAX),
};
SHAPE(cs_wire_device_add);

static const struct cs_wire_field cs_wire_revocation_fields[] = {
	FIELD(CS_WIRE_VEC, cs_wire_revocation, revocation,
	    CS_WIRE_REVOCATION_MAX),
};
SHAPE(cs_wire_revocation);

static const struct cs_wire_field cs_wire_device_remove_fields[] = {
	LIST(cs_wire_device_remove, revocations, CS_WIRE_DEVICES_MAX,
	    cs_wire_revocation),
};
SHAPE(cs_wire_device_remove);

static const struct cs_wire_field cs_wire_revocations_fields[] = {
	FIELD(CS_WIRE_U64, cs_wire_revocations, after, 0),
};
SHAPE(cs_wire_revocations);

static const struct cs_wire_field cs_wire_revocations_answer_fields[] = {
	FIELD(CS_WIRE_U64, cs_wire_revocations_answer, last, 0),
	LIST(cs_wire_revocations_answer, revocations, CS_WIRE_REVOCATIONS_MAX,
	    cs_wire_revocation),
};
SHAPE(cs_wire_revocations_answer);

static const struct cs_wire_field cs_wire_group_note_fields[] = {
	FIELD(CS_WIRE_VEC, cs_wire_group_note, group_id, CS_WIRE_GROUP_ID_MAX),
	FIELD(CS_WIRE_VEC, cs_wire_group_note, note, CS_WIRE_GROUP_NOTE_MAX),
};
SHAPE(cs_wire_group_note);

static const struct cs_wire_field cs_wire_groups_answer_fields[] = {
	LIST(cs_wire_groups_answer, groups, CS_WIRE_GROUPS_MAX,
	    cs_wire_group_note),
};
SHAPE(cs_wire_groups_answer);

static const struct cs_wire_field cs_wire_device_fields[] = {
	FIELD(CS_WIRE_VEC, cs_wire_device, devices, CS_WIRE_DEVICES_CHAIN_MAX),
	FIELD(CS_WIRE_VEC, cs_wire_device, name, CS_WIRE_NOTE_MAX),
	FIELD(CS_WIRE_U64, cs_wire_device, created_ms, 0),
	FIELD(CS_WIRE_U64, cs_wire_device, seen_ms, 0),
};
SHAPE(cs_wire_device);

static const struct cs_wire_field cs_wire_devices_answer_fields[] = {
	LIST(cs_wire_devices_answer, devices, CS_WIRE_DEVICES_MAX,
	    cs_wire_device),
};
SHAPE(cs_wire_devices_answer);

static const struct cs_wire_field cs_wire_blob_put_fields[] = {
	FIELD(CS_WIRE_FIXED, cs_wire_blob_put, blob, 0),
	FIELD(CS_WIRE_U64, cs_wire_blob_put, size, 0),
	FIELD(CS_WIRE_FIXED, cs_wire_blob_put, sha256, 0),
	FIELD(CS_WIRE_U8, cs_wire_blob_put, own, 0),
};
SHAPE(cs_wire_blob_put);

static const struct cs_wire_field cs_wire_blob_answer_fields[] = {
	FIELD(CS_WIRE_FIXED, cs_wire_blob_answer, blob, 0),
	FIELD(CS_WIRE_U64, cs_wire_blob_answer, size, 0),
	FIELD(CS_WIRE_U64, cs_wire_blob_answer, stored, 0),
	FIELD(CS_WIRE_VEC, cs_wire_blob_answer, token, CS_WIRE_TOKEN_MAX),
};
SHAPE(cs_wire_blob_answer);

static const struct cs_wire_field cs_wire_blob_get_fields[] = {
	FIELD(CS_WIRE_FIXED, cs_wire_blob_get, blob, 0),
};
SHAPE(cs_wire_blob_get);

static const struct cs_wire_field cs_wire_report_fields[] = {
	FIELD(CS_WIRE_FIXED, cs_wire_report, report, 0),
	FIELD(CS_WIRE_U8, cs_wire_report, named, 0),
	LIST(cs_wire_report, blobs, CS_WIRE_REPORT_BLOBS_MAX, cs_wire_blob_get),
	FIELD(CS_WIRE_VEC, cs_wire_report, sealed, CS_WIRE_FRAME_MAX - 1024),
};
SHAPE(cs_wire_report);

static const struct cs_wire_field cs_wire_desk_pins_fields[] = {
	FIELD(CS_WIRE_FIXED, cs_wire_desk_pins, report, 0),
	LIST(cs_wire_desk_pins, blobs, CS_WIRE_REPORT_BLOBS_MAX,
	    cs_wire_blob_get),
};
SHAPE(cs_wire_desk_pins);

static const struct cs_wire_field cs_wire_report_status_fields[] = {
	FIELD(CS_WIRE_FIXED, cs_wire_report_status, report, 0),
	FIELD(CS_WIRE_U8, cs_wire_report_status, state, 0),
	FIELD(CS_WIRE_U64, cs_wire_report_status, updated_ms, 0),
	FIELD(CS_WIRE_VEC, cs_wire_report_status, answer,
	    CS_WIRE_REPORT_ANSWER_MAX),
	FIELD(CS_WIRE_VEC, cs_wire_report_status, question, CS_WIRE_REPLY_MAX),
	FIELD(CS_WIRE_U8, cs_wire_report_status, second_look, 0),
	FIELD(CS_WIRE_VEC, cs_wire_report_status, reply, CS_WIRE_REPLY_MAX),
};
SHAPE(cs_wire_report_status);

static const struct cs_wire_field cs_wire_report_states_answer_fields[] = {
	LIST(cs_wire_report_states_answer, reports, CS_WIRE_FETCH_MAX,
	    cs_wire_report_status),
};
SHAPE(cs_wire_report_states_answer);

static const struct cs_wire_field cs_wire_desk_report_fields[] = {
	FIELD(CS_WIRE_FIXED, cs_wire_desk_report, report, 0),
	FIELD(CS_WIRE_U8, cs_wire_desk_report, named, 0),
	FIELD(CS_WIRE_FIXED, cs_wire_desk_report, reporter, 0),
	FIELD(CS_WIRE_U64, cs_wire_desk_report, received_ms, 0),
	FIELD(
	    CS_WIRE_VEC, cs_wire_desk_report, sealed, CS_WIRE_FRAME_MAX - 1024),
};
SHAPE(cs_wire_desk_report);

static const struct cs_wire_field cs_wire_desk_reports_answer_fields[] = {
	LIST(cs_wire_desk_reports_answer, reports, CS_WIRE_FETCH_MAX,
	    cs_wire_desk_report),
};
SHAPE(cs_wire_desk_reports_answer);

static const struct cs_wire_field cs_wire_desk_action_fields[] = {
	FIELD(CS_WIRE_VEC, cs_wire_desk_action, action, CS_WIRE_ACTION_MAX),
	FIELD(CS_WIRE_FIXED, cs_wire_desk_action, signature, 0),
};
SHAPE(cs_wire_desk_action);

static const struct cs_wire_field cs_wire_action_result_fields[] = {
	FIELD(CS_WIRE_U64, cs_wire_action_result, applied_ms, 0),
	FIELD(CS_WIRE_U32, cs_wire_action_result, groups, 0),
};
SHAPE(cs_wire_action_result);

static const struct cs_wire_field cs_wire_action_fields[] = {
	FIELD(CS_WIRE_FIXED, cs_wire_action, id, 0),
	FIELD(CS_WIRE_U8, cs_wire_action, kind, 0),
	FIELD(CS_WIRE_FIXED, cs_wire_action, account, 0),
	FIELD(CS_WIRE_FIXED, cs_wire_action, target, 0),
	FIELD(CS_WIRE_U16, cs_wire_action, reason, 0),
	FIELD(CS_WIRE_U64, cs_wire_action, decided_ms, 0),
	FIELD(CS_WIRE_U64, cs_wire_action, until_ms, 0),
	FIELD(CS_WIRE_FIXED, cs_wire_action, reverses, 0),
	FIELD(CS_WIRE_VEC, cs_wire_action, statement, CS_WIRE_STATEMENT_MAX),
};
SHAPE(cs_wire_action);

static const struct cs_wire_field cs_wire_statement_fields[] = {
	FIELD(CS_WIRE_U8, cs_wire_statement, version, 0),
	FIELD(CS_WIRE_VEC, cs_wire_statement, language, 16),
	FIELD(CS_WIRE_VEC, cs_wire_statement, what, 512),
	FIELD(CS_WIRE_VEC, cs_wire_statement, facts, 5000),
	FIELD(CS_WIRE_U8, cs_wire_statement, automated_detection, 0),
	FIELD(CS_WIRE_U8, cs_wire_statement, automated_decision, 0),
	FIELD(CS_WIRE_U8, cs_wire_statement, ground_kind, 0),
	FIELD(CS_WIRE_VEC, cs_wire_statement, ground, 500),
	FIELD(CS_WIRE_VEC, cs_wire_statement, explanation, 2000),
	FIELD(CS_WIRE_VEC, cs_wire_statement, territory, 200),
	FIELD(CS_WIRE_VEC, cs_wire_statement, redress, 1000),
	FIELD(CS_WIRE_VEC, cs_wire_statement, reviewer, 64),
	FIELD(CS_WIRE_VEC, cs_wire_statement, case_number, 64),
};
SHAPE(cs_wire_statement);

static const struct cs_wire_field cs_wire_notice_fields[] = {
	FIELD(CS_WIRE_VEC, cs_wire_notice, action, CS_WIRE_ACTION_MAX),
	FIELD(CS_WIRE_FIXED, cs_wire_notice, signature, 0),
	FIELD(CS_WIRE_U64, cs_wire_notice, applied_ms, 0),
	FIELD(CS_WIRE_U64, cs_wire_notice, reversed_ms, 0),
	FIELD(CS_WIRE_U8, cs_wire_notice, appeal, 0),
	FIELD(CS_WIRE_U64, cs_wire_notice, appeal_ms, 0),
	FIELD(CS_WIRE_VEC, cs_wire_notice, answer, CS_WIRE_SENTENCE_MAX),
	FIELD(CS_WIRE_VEC, cs_wire_notice, reply, CS_WIRE_REPLY_MAX),
	FIELD(CS_WIRE_VEC, cs_wire_notice, log_salt, CS_WIRE_LOG_SALT_MAX),
	FIELD(CS_WIRE_U64, cs_wire_notice, log_entry, 0),
};
SHAPE(cs_wire_notice);

static const struct cs_wire_field cs_wire_notices_answer_fields[] = {
	LIST(cs_wire_notices_answer, notices, CS_WIRE_NOTICES_MAX,
	    cs_wire_notice),
};
SHAPE(cs_wire_notices_answer);

static const struct cs_wire_field cs_wire_letter_fields[] = {
	FIELD(CS_WIRE_FIXED, cs_wire_letter, id, 0),
	FIELD(CS_WIRE_U8, cs_wire_letter, kind, 0),
	FIELD(CS_WIRE_FIXED, cs_wire_letter, subject, 0),
	FIELD(CS_WIRE_VEC, cs_wire_letter, sealed, CS_WIRE_LETTER_MAX),
};
SHAPE(cs_wire_letter);

static const struct cs_wire_field cs_wire_account_export_fields[] = {
	FIELD(CS_WIRE_VEC, cs_wire_account_export, json, CS_WIRE_EXPORT_MAX),
};
SHAPE(cs_wire_account_export);

static const struct cs_wire_field cs_wire_desk_letter_fields[] = {
	FIELD(CS_WIRE_FIXED, cs_wire_desk_letter, id, 0),
	FIELD(CS_WIRE_U8, cs_wire_desk_letter, kind, 0),
	FIELD(CS_WIRE_FIXED, cs_wire_desk_letter, subject, 0),
	FIELD(CS_WIRE_U8, cs_wire_desk_letter, named, 0),
	FIELD(CS_WIRE_FIXED, cs_wire_desk_letter, account, 0),
	FIELD(CS_WIRE_U64, cs_wire_desk_letter, received_ms, 0),
	FIELD(CS_WIRE_VEC, cs_wire_desk_letter, sealed, CS_WIRE_LETTER_MAX),
};
SHAPE(cs_wire_desk_letter);

static const struct cs_wire_field cs_wire_desk_letters_answer_fields[] = {
	LIST(cs_wire_desk_letters_answer, letters, CS_WIRE_LETTERS_MAX,
	    cs_wire_desk_letter),
};
SHAPE(cs_wire_desk_letters_answer);

static const struct cs_wire_field cs_wire_removals_fields[] = {
	FIELD(CS_WIRE_FIXED, cs_wire_removals, account, 0),
	FIELD(CS_WIRE_U32, cs_wire_removals, groups, 0),
	FIELD(CS_WIRE_U32, cs_wire_removals, failed, 0),
	FIELD(CS_WIRE_U64, cs_wire_removals, since_ms, 0),
};
SHAPE(cs_wire_removals);

static const struct cs_wire_field cs_wire_removals_answer_fields[] = {
	LIST(cs_wire_removals_answer, removals, CS_WIRE_REMOVALS_MAX,
	    cs_wire_removals),
};
SHAPE(cs_wire_removals_answer);

static const struct cs_wire_field cs_wire_desk_letter_set_fields[] = {
	FIELD(CS_WIRE_FIXED, cs_wire_desk_letter_set, id, 0),
	FIELD(CS_WIRE_U8, cs_wire_desk_letter_set, state, 0),
	FIELD(
	    CS_WIRE_VEC, cs_wire_desk_letter_set, answer, CS_WIRE_SENTENCE_MAX),
	FIELD(CS_WIRE_VEC, cs_wire_desk_letter_set, reply, CS_WIRE_REPLY_MAX),
};
SHAPE(cs_wire_desk_letter_set);

static const struct cs_wire_field cs_wire_desk_head_fields[] = {
	FIELD(CS_WIRE_U32, cs_wire_desk_head, epoch, 0),
	FIELD(CS_WIRE_U64, cs_wire_desk_head, seq, 0),
	FIELD(CS_WIRE_FIXED, cs_wire_desk_head, head, 0),
	FIELD(CS_WIRE_U64, cs_wire_desk_head, at_ms, 0),
	FIELD(CS_WIRE_FIXED, cs_wire_desk_head, signature, 0),
};
SHAPE(cs_wire_desk_head);

static const struct cs_wire_field cs_wire_group_link_fields[] = {
	FIELD(CS_WIRE_VEC, cs_wire_group_link, group_id, CS_WIRE_GROUP_ID_MAX),
	FIELD(CS_WIRE_FIXED, cs_wire_group_link, rendezvous, 0),
	FIELD(CS_WIRE_U64, cs_wire_group_link, group_seq, 0),
};
SHAPE(cs_wire_group_link);

static const struct cs_wire_field cs_wire_group_ask_fields[] = {
	FIELD(CS_WIRE_FIXED, cs_wire_group_ask, rendezvous, 0),
	FIELD(CS_WIRE_VEC, cs_wire_group_ask, sealed, CS_WIRE_GROUP_ASK_MAX),
	FIELD(CS_WIRE_VEC, cs_wire_group_ask, note, CS_WIRE_NOTE_MAX),
};
SHAPE(cs_wire_group_ask);

static const struct cs_wire_field cs_wire_group_asks_get_fields[] = {
	FIELD(CS_WIRE_VEC, cs_wire_group_asks_get, group_id,
	    CS_WIRE_GROUP_ID_MAX),
};
SHAPE(cs_wire_group_asks_get);

static const struct cs_wire_field cs_wire_asking_fields[] = {
	FIELD(CS_WIRE_FIXED, cs_wire_asking, account, 0),
	FIELD(CS_WIRE_U64, cs_wire_asking, asked_ms, 0),
	FIELD(CS_WIRE_VEC, cs_wire_asking, sealed, CS_WIRE_GROUP_ASK_MAX),
};
SHAPE(cs_wire_asking);

static const struct cs_wire_field cs_wire_group_asks_answer_fields[] = {
	FIELD(CS_WIRE_FIXED, cs_wire_group_asks_answer, rendezvous, 0),
	LIST(cs_wire_group_asks_answer, asks, CS_WIRE_GROUP_ASKS_MAX,
	    cs_wire_asking),
};
SHAPE(cs_wire_group_asks_answer);

static const struct cs_wire_field cs_wire_group_ask_drop_fields[] = {
	FIELD(CS_WIRE_VEC, cs_wire_group_ask_drop, group_id,
	    CS_WIRE_GROUP_ID_MAX),
	FIELD(CS_WIRE_FIXED, cs_wire_group_ask_drop, account, 0),
};
SHAPE(cs_wire_group_ask_drop);

static const struct cs_wire_field cs_wire_own_ask_fields[] = {
	FIELD(CS_WIRE_U8, cs_wire_own_ask, state, 0),
	FIELD(CS_WIRE_U64, cs_wire_own_ask, asked_ms, 0),
	FIELD(CS_WIRE_U64, cs_wire_own_ask, until_ms, 0),
	FIELD(CS_WIRE_VEC, cs_wire_own_ask, note, CS_WIRE_NOTE_MAX),
};
SHAPE(cs_wire_own_ask);

static const struct cs_wire_field cs_wire_own_asks_answer_fields[] = {
	LIST(cs_wire_own_asks_answer, asks, CS_WIRE_OWN_ASKS_MAX,
	    cs_wire_own_ask),
};
SHAPE(cs_wire_own_asks_answer);

static const struct cs_wire_field cs_wire_desk_trouble_fields[] = {
	FIELD(CS_WIRE_VEC, cs_wire_desk_trouble, kind, 16),
	FIELD(CS_WIRE_U64, cs_wire_desk_trouble, left, 0),
};
SHAPE(cs_wire_desk_trouble);

static const struct cs_wire_field cs_wire_desk_troubles_answer_fields[] = {
	LIST(cs_wire_desk_troubles_answer, troubles, CS_WIRE_TROUBLES_MAX,
	    cs_wire_desk_trouble),
};
SHAPE(cs_wire_desk_troubles_answer);

static const struct cs_wire_field cs_wire_push_set_fields[] = {
	FIELD(CS_WIRE_VEC, cs_wire_push_set, endpoint, CS_WIRE_ENDPOINT_MAX),
	FIELD(CS_WIRE_FIXED, cs_wire_push_set, key, 0),
	FIELD(CS_WIRE_FIXED, cs_wire_push_set, auth, 0),
};
SHAPE(cs_wire_push_set);

static const struct cs_wire_field cs_wire_push_set_answer_fields[] = {
	FIELD(CS_WIRE_VEC, cs_wire_push_set_answer, key, CS_WIRE_PUSH_KEY_LEN),
};
SHAPE(cs_wire_push_set_answer);

const struct cs_wire_shape cs_wire_empty_shape = { NULL, 0,
	sizeof(struct cs_wire_empty) };

static const struct {
	uint16_t code;
	const char *name;
	const char *text;
} codes[] = {
	{ CS_WIRE_E_MALFORMED, "malformed",
	    "The hub could not read the request." },
	{ CS_WIRE_E_TOO_LARGE, "too-large",
	    "That is more than the hub takes." },
	{ CS_WIRE_E_UNKNOWN_REQUEST, "unknown-request",
	    "The hub does not know this request." },
	{ CS_WIRE_E_NOT_LOGGED_IN, "not-logged-in", "Log in first." },
	{ CS_WIRE_E_LOGIN, "login", "The hub does not accept this device." },
	{ CS_WIRE_E_DISABLED, "disabled", "This account is disabled." },
	{ CS_WIRE_E_STALE_EPOCH, "stale-epoch",
	    "Somebody else changed the group first." },
	{ CS_WIRE_E_INVALID_HANDSHAKE, "invalid-handshake",
	    "This change of the group is not valid." },
	{ CS_WIRE_E_NO_GROUP, "no-group",
	    "There is no such group that this device belongs to." },
	{ CS_WIRE_E_NO_MEMBER, "no-member",
	    "Nobody of that name takes messages from you." },
	{ CS_WIRE_E_INVITE_UNKNOWN, "invite-unknown",
	    "The hub does not know this invite." },
	{ CS_WIRE_E_INVITE_USED, "invite-used",
	    "This invite has been used up." },
	{ CS_WIRE_E_INVITE_EXPIRED, "invite-expired",
	    "This invite has expired." },
	{ CS_WIRE_E_HANDLE_TAKEN, "handle-taken",
	    "That name is taken, or looks like one that is." },
	{ CS_WIRE_E_HANDLE_INVALID, "handle-invalid",
	    "A name has 1 to 32 of the characters a-z 0-9 . _ - and starts "
	    "with a letter." },
	{ CS_WIRE_E_CERTIFICATE, "certificate",
	    "The certificate of the device is not valid." },
	{ CS_WIRE_E_LIMIT, "limit", "A limit is reached; try again later." },
	{ CS_WIRE_E_REPEATED, "repeated",
	    "The hub has had these bytes before, from somebody else." },
	{ CS_WIRE_E_WAITING, "waiting",
	    "They have not answered your first message yet." },
	{ CS_WIRE_E_UNAVAILABLE, "unavailable",
	    "The hub cannot store anything now; try again later." },
	{ CS_WIRE_E_NO_BLOB, "no-blob", "The hub does not have this file." },
	{ CS_WIRE_E_TAG, "tag",
	    "The message does not carry exactly one franking tag." },
	{ CS_WIRE_E_DENIED, "denied", "That is not allowed." },
	{ CS_WIRE_E_NO_KEY_PACKAGE, "no-key-package",
	    "Their devices have no key package left." },
	{ CS_WIRE_E_EXISTS, "exists", "There is one already." },
	{ CS_WIRE_E_ACTION, "action",
	    "The action is not valid or not signed by the desk." },
	{ CS_WIRE_E_VERSION, "version",
	    "Hub and program speak different versions." },
	{ CS_WIRE_E_REMOVED, "removed",
	    "This device was removed from the account." },
	{ CS_WIRE_E_LAST_DEVICE, "last-device",
	    "That is the last device of the account." },
	{ CS_WIRE_E_LINK, "link",
	    "The code is no longer valid: make a new one." },
	{ CS_WIRE_E_QUARANTINED, "quarantined",
	    "The report desk has locked this file." },
	{ CS_WIRE_E_DISSOLVED, "dissolved",
	    "The report desk has ended this conversation." },
	{ CS_WIRE_E_DESK_BUSY, "desk-busy",
	    "The report desk has not read your earlier reports yet; try again "
	    "once it has." },
	{ CS_WIRE_E_DESK_HEAD, "desk-head",
	    "The hub has seen a later state of this desk, or another one." },
	{ CS_WIRE_E_READERS, "readers",
	    "Only the owner and the admins of this group can write to it." },
	{ CS_WIRE_E_GROUP_LINK, "group-link",
	    "This link does not lead to a group, or not any more." },
	{ CS_WIRE_E_WORDS, "words",
	    "These recovery words were replaced by others." },
	{ CS_WIRE_E_PUSH, "push",
	    "The hub sends no notifications to this browser's service." },
	{ CS_WIRE_E_WORK, "work",
	    "Too much was filed from there without a key: try again later, or "
	    "file it with countersign-notice." },
	{ CS_WIRE_E_FILING, "filing",
	    "There is no such notice, or not with that secret." },
	{ CS_WIRE_E_FILING_OVER, "filing-over",
	    "That notice is answered, or cannot be answered so." },
	{ CS_WIRE_E_ORGANISATION, "organisation",
	    "The key of this organisation is not known here." },
	{ CS_WIRE_E_CHANNEL, "channel",
	    "There is no such channel, or it is over." },
};

const char *
cs_wire_code_name(uint16_t code)
{
	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
		if (codes[i].code == code)
			return codes[i].name;
	return "unknown";
}

const char *
cs_wire_code_text(uint16_t code)
{
	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
		if (codes[i].code == code)
			return codes[i].text;
	return "The hub refused.";
}

enum cs_err
cs_wire_origin_binding(struct cs_wire_binding *out, struct cs_view origin)
{
	const struct cs_view parts[] = {
		cs_view_str("countersign/web-login/v2"),
		origin,
	};

	out->kind = CS_WIRE_BINDING_ORIGIN;
	return cs_hash_parts(out->value, CS_SHA256, parts, 2);
}

enum cs_err
cs_wire_login_tbs(struct cs_buf *out, uint8_t role,
    const uint8_t device[static 16], const uint8_t challenge[static 32],
    struct cs_view hub_name, const struct cs_wire_binding *binding)
{
	static const char label[] = "countersign/login/v2";
	struct cs_writer w = cs_writer(out);

	cs_write_bytes(&w, cs_view(label, sizeof label)); /* with its zero */
	cs_write_u8(&w, role);
	cs_write_bytes(&w, cs_view(device, 16));
	cs_write_bytes(&w, cs_view(challenge, 32));
	cs_write_vec(&w, hub_name);
	cs_write_u8(&w, binding->kind);
	cs_write_bytes(&w, CS_VIEW_OF(binding->value));
	return cs_writer_end(&w);
}

enum cs_err
cs_wire_action_tbs(struct cs_buf *out, struct cs_view action)
{
	static const char label[] = "countersign/action/v2";
	struct cs_writer w = cs_writer(out);

	cs_write_bytes(&w, cs_view(label, sizeof label)); /* with its zero */
	cs_write_bytes(&w, action);
	return cs_writer_end(&w);
}

enum cs_err
cs_wire_statement_parse(struct cs_wire_statement *out, struct cs_view in)
{
	enum cs_err err;

	if ((err = cs_wire_parse(out, &cs_wire_statement_shape, in)))
		return err;
	if (out->version != CS_WIRE_STATEMENT_VERSION)
		return CS_ERR_VERSION;
	if (out->automated_detection > 1 || out->automated_decision > 1 ||
	    out->ground_kind < CS_WIRE_GROUND_ILLEGAL ||
	    out->ground_kind > CS_WIRE_GROUND_TERMS)
		return CS_ERR_FORMAT;
	for (size_t i = 0; i < cs_wire_statement_shape.n; i++) {
		const struct cs_wire_field *f =
		    &cs_wire_statement_shape.fields[i];
		const struct cs_view *text =
		    (const void *)((const uint8_t *)out + f->offset);

		if (f->type == CS_WIRE_VEC && !cs_utf8_valid(*text))
			return CS_ERR_FORMAT;
	}
	return CS_OK;
}
