/* SPDX-License-Identifier: MIT */
/* The process's side of a family: begin, take what the parent hands over, say
 * that one is ready. */
#pragma once

#include "family/hand.h"

/* What a process exits with when it ends because another one did. */
#define CS_PART_ALONE 75

/* First of all in a process that a parent started as ${name}: it ends with its
 * parent, and leaves signals to it.  CS_ERR_MISUSE: no parent started it. */
CS_CHECKED enum cs_err cs_part_begin(const char *name);

/* The parent's socket, to wait for. */
int cs_part_socket(void);

/*
 * Take what the parent hands over, up to "go" if ${until_go}, or what is there.
 * ${take} owns ${h->fd} and returns an error to end it.  CS_ERR_CLOSED: the
 * parent is gone, or said "stop": it is time to end.
 */
CS_CHECKED enum cs_err cs_part_take(void *arg,
    enum cs_err (*take)(void *arg, struct cs_hand *h), bool until_go);

/* Tell the parent that the process works, or why it cannot. */
CS_CHECKED enum cs_err cs_part_ready(void);
void cs_part_failed(enum cs_err why);
/* Tell it something else, for the operator. */
void cs_part_tell(const char *word, uint32_t number, const char *text);
