/* SPDX-License-Identifier: MIT */
/*
 * The processes of a running desk that have its keys: one talks to the hub, one
 * answers for the console.  They meet in the database, where each finds what
 * the other stored.  Neither reads a byte of the network: that is done by
 * "link" (net/client_part.h) and "web" (net/web_part.h).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define PART_CONSOLE "console"
#define PART_DESK "desk"

/* Words that the parent hands over (family/hand.h), besides links. */
#define HAND_DIR "dir"               /* the desk's folder */
#define HAND_PASSPHRASE "passphrase" /* or nothing */
#define HAND_ONLINE "online"         /* memory: is the desk connected? */
#define HAND_LOCK "lock"             /* kept until the process ends */
#define HAND_CHECK "check" /* nobody has looked yet whether it is whole */
#define HAND_CONF "conf"   /* struct console_conf */
/* To the desk's process, once the console is announced: connect. */
#define HAND_BEGIN "begin"
/* What a part tells before it fails: its exit status, as a number. */
#define TELL_STATUS "status"

struct console_conf {
	char host[64], name[256]; /* ${name}: "" if it has none */
	int port;
	bool tls;
	uint64_t idle_ms, life_ms;
};

/* All of the life of the process ${name} of a desk; its exit status. */
int desk_part(const char *name);
