/* SPDX-License-Identifier: MIT */
/* What a load is made of, whatever the server speaks. */
#pragma once

#include "base/bytes.h"

#define PEERS_WINDOW 32 /* messages of a sender that wait for their answer */
#define PEERS_BODY 256  /* bytes */
#define PEERS_TIMEOUT_MS 30000

/* The server, on this machine. */
struct peers_target {
	int port;
	const char *path; /* the hub's folder, or the certificate of a peer */
	unsigned
	    ask_every; /* messages for one answer, where that can be said */
};

/*
 * A protocol.  A pair is one who sends and one who receives, each with a
 * connection of its own, both ready; after a fork() each process may use one of
 * them.  Whatever fails ends the program.
 */
struct peers_protocol {
	void *(*open)(const struct peers_target *target, unsigned number);
	/* Make ${n} messages, as far as that can be done before. */
	void (*prepare)(void *pair, unsigned n);
	/* Begin to send the next one; false if there is none any more. */
	bool (*send)(void *pair);
	/* Wait until some are acknowledged, or have come; how many. */
	unsigned (*acknowledged)(void *pair);
	unsigned (*received)(void *pair);
	/* Say that what has come need not be kept any more. */
	void (*taken)(void *pair);
};

extern const struct peers_protocol peers_xmpp;
extern const struct peers_protocol peers_countersign;

/* Say what is wrong, and end the program, unless ${err} is CS_OK. */
void peers_must(enum cs_err err, const char *what);
