/* SPDX-License-Identifier: MIT */
/*
 * What passes between the parent of a family and one of its processes: words,
 * each with a descriptor or without, on a socket of whole packets.
 *
 * The parent opens; the process reads.  So a process needs no right to open
 * anything, and the parent reads no secret.
 */
#pragma once

#include "base/bytes.h"

/* One packet is read after the other, in order. */
#define CS_HAND_FD 3 /* a process finds the socket here */
#define CS_HAND_WORD_MAX 32
#define CS_HAND_BYTES_MAX 4096

struct cs_hand {
	char word[CS_HAND_WORD_MAX]; /* what it is */
	uint32_t number;             /* which of several, or a status */
	uint32_t length;             /* of bytes */
	uint8_t bytes[CS_HAND_BYTES_MAX];
	int fd; /* -1: none; the receiver closes it */
};

/* A pair of such sockets. */
CS_CHECKED enum cs_err cs_hand_pair(int out[static 2]);

/* Send; ${h->fd} stays the caller's.  Waits if the other end is behind.
 * CS_ERR_CLOSED. */
CS_CHECKED enum cs_err cs_hand_send(int socket, const struct cs_hand *h);
/* The same with no number and no bytes, or with no descriptor. */
CS_CHECKED enum cs_err cs_hand_word(int socket, const char *word, int fd);
CS_CHECKED enum cs_err cs_hand_bytes(
    int socket, const char *word, uint32_t number, struct cs_view bytes);

/* Is it the word ${word}? */
bool cs_hand_is(const struct cs_hand *h, const char *word);
/* Its bytes as one of ${size}: CS_ERR_FORMAT if they are not so many. */
CS_CHECKED enum cs_err cs_hand_copy(
    void *out, size_t size, const struct cs_hand *h);

/* Receive one.  CS_ERR_BUSY: there is none, and ${wait} is false;
 * CS_ERR_CLOSED; CS_ERR_FORMAT: no such packet. */
CS_CHECKED enum cs_err cs_hand_take(struct cs_hand *out, int socket, bool wait);
