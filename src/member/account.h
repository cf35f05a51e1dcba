/* SPDX-License-Identifier: MIT */
/* Devices, settings, backups.  What each takes and gives is in
 * methods.json. */
#pragma once

#include "member/member_call.h"

enum cs_err member_devices(struct member_call *k);
enum cs_err member_device_remove(struct member_call *k);
enum cs_err member_link_begin(struct member_call *k);
enum cs_err member_link_wait(struct member_call *k);
enum cs_err member_link_agree(struct member_call *k);
enum cs_err member_history(struct member_call *k);
enum cs_err member_link_end(struct member_call *k);
enum cs_err member_settings_now(struct member_call *k);
enum cs_err member_settings(struct member_call *k);
enum cs_err member_backup(struct member_call *k);
enum cs_err member_restore(struct member_call *k);
enum cs_err member_account_leave(struct member_call *k);
