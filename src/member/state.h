/* SPDX-License-Identifier: MIT */
/* Opening a home, joining, and the words that bring an account back.  What each
 * takes and gives is in methods.json. */
#pragma once

#include "member/member_call.h"

enum cs_err member_state(struct member_call *k);
enum cs_err member_open(struct member_call *k);
enum cs_err member_lock(struct member_call *k);
enum cs_err member_connect(struct member_call *k);
enum cs_err member_log_accept(struct member_call *k);
enum cs_err member_join(struct member_call *k);
enum cs_err member_recover(struct member_call *k);
enum cs_err member_join_device(struct member_call *k);
enum cs_err member_words(struct member_call *k);
enum cs_err member_words_check(struct member_call *k);
enum cs_err member_words_renew(struct member_call *k);
enum cs_err member_words_forget(struct member_call *k);
enum cs_err member_passphrase(struct member_call *k);
enum cs_err member_wipe(struct member_call *k);
