/* SPDX-License-Identifier: MIT */
/*
 * What a program does while a client (client.h) waits for its hub: answer
 * somebody else, for instance.  One for the whole process, which has one
 * thread.
 */
#pragma once

#include <poll.h>
#include <stdbool.h>

#define CS_NET_BESIDE_MAX 2

struct cs_net_beside {
	void *arg;
	/* Fill in at most CS_NET_BESIDE_MAX descriptors to wait for; how many.
	 */
	int (*wait_for)(void *arg, struct pollfd *out);
	/* One of them is ready.  True: whatever is waited for is to end with
	 * CS_ERR_TIMEOUT.  Nothing is called that waits itself. */
	bool (*turn)(void *arg);
};

/* From now on; ${beside} lives on.  NULL: nothing. */
void cs_net_beside(const struct cs_net_beside *beside);

/* For whoever waits: append to ${fds}, which has ${n} and room for
 * CS_NET_BESIDE_MAX more; how many there are then. */
int net_beside_add(struct pollfd *fds, int n);
/* Those from ${n} on to ${all} were waited for.  True: end. */
bool net_beside_turn(const struct pollfd *fds, int n, int all);
