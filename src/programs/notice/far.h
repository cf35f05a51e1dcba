/* SPDX-License-Identifier: MIT */
/* Asking the hub's site. */
#pragma once

#include "programs/notice/place.h"

/* Be ready to ask; a status, said. */
int notice_far_open(struct notice_place *p);
void notice_far_close(struct notice_place *p);

/* A GET or POST whose answer is JSON; a status, said.  What the hub refuses is
 * said in its words. */
int notice_far_get(json_t **out, struct notice_place *p, const char *path);
int notice_far_post(
    json_t **out, struct notice_place *p, const char *path, const json_t *body);
/* The same, but the code of a refusal comes in ${code} and is not said; "" if
 * there is none.  CLI_NOT_DONE: refused. */
#define NOTICE_CODE_SIZE 32
int notice_far_try(json_t **out, char code[static NOTICE_CODE_SIZE],
    struct notice_place *p, const char *path, const json_t *body);
/* A file of the hub's, appended: CS_ERR_NOT_FOUND and others. */
CS_CHECKED enum cs_err notice_far_file(
    struct cs_buf *out, struct notice_place *p, const char *path, size_t max);
