/* SPDX-License-Identifier: MIT */
/*
 * A parent that starts the processes of a daemon, joins them by sockets, and
 * starts anew what ends.
 *
 * Each is this very program again, run as "PROGRAM part NAME", so that no two
 * have their memory laid out alike and none inherits what another one read.
 * The parent opens files and hands them over; it reads none of them, and takes
 * nothing from a process but short words.
 */
#pragma once

#include "family/hand.h"

struct cs_family;

/* One process.  Several may have a name; they are told apart by number. */
struct cs_family_part {
	const char *name;
	uint32_t number;
};

/* A stream (channel.h) between two of them, by their places.  Each end is
 * handed over as the word "link", with name and number of the other. */
struct cs_family_link {
	size_t a, b;
};

struct cs_family_config {
	const struct cs_family_part *parts; /* started in this order */
	size_t n_parts;
	const struct cs_family_link *links;
	size_t n_links;
	size_t stops_first; /* the part that stops before the others */
	uint64_t start_ms;  /* for a part to be ready at first; 0: a minute */
	void *arg;
	/* Hand over what ${part} needs beside its links, on ${socket}. */
	enum cs_err (*equip)(void *arg, size_t part, int socket);
	/* A part said something for the operator. */
	void (*said)(void *arg, size_t part, const struct cs_hand *h);
	/* A part has ended with the wait status ${status}, and is started anew;
	 * one that closes its socket, or breaks the rules of hand.h, is ended.
	 */
	void (*ended)(void *arg, size_t part, int status);
	/* Called every ${tick_ms}, by and by; 0: never. */
	uint64_t tick_ms;
	void (*tick)(void *arg);
	/* ${watched} can be read, or -1: there is none. */
	int watched;
	void (*changed)(void *arg, struct cs_family *f);
};

/* Start all, one after the other; what one of them fails with is returned. */
CS_CHECKED enum cs_err cs_family_start(
    struct cs_family **out, const struct cs_family_config *config);

/* Watch until a signal says to stop (SIGTERM, SIGINT). */
CS_CHECKED enum cs_err cs_family_watch(struct cs_family *f);
/* From a callback: cs_family_watch() is to return CS_OK. */
void cs_family_stop(struct cs_family *f);

/* Equip a part again, with what has changed.  CS_ERR_CLOSED: it is about to
 * end, or does not read what it is told, and is started anew. */
CS_CHECKED enum cs_err cs_family_equip(struct cs_family *f, size_t part);

/* Tell all to stop, wait for them, end those that do not. */
void cs_family_end(struct cs_family *f);
