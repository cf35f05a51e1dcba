/* SPDX-License-Identifier: MIT */
/* Answers by HTTP. */
#pragma once

#include "net/server_internal.h"

/* Queue text as it is; without memory the connection ends. */
void net_reply_text(struct cs_net_conn *c, const char *text);
/* The head of an answer with ${n} bytes of ${type}; ${extra}: more fields. */
void net_reply_head(struct cs_net_conn *c, int code, const char *type,
    uint64_t n, const char *extra);
/* The answer is whole: what is left of the request's body is skipped, and the
 * next one may come. */
void net_reply_over(struct cs_net_conn *c);
/* An answer, after which the rest of the request's body is skipped. */
void net_reply(struct cs_net_conn *c, int code, const char *text);
/* The same with the words for ${status}, and no more of this request. */
void net_reply_status(struct cs_net_conn *c, int status);
