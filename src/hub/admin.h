/* SPDX-License-Identifier: MIT */
/* What an operator does to the folder of a hub, while it runs or not. */
#pragma once

#include "base/bytes.h"
#include "base/text.h"
#include "base/units.h"

/* base64url of the root key, and a zero. */
#define CS_HUB_ROOT_TEXT_SIZE CS_BASE64URL_SIZE(CS_KEY_LEN)
#define CS_HUB_LINK_SIZE 512

/*
 * Make the folder ${dir} of a hub called ${name} (its host name, as in
 * name@hub and in the link) that listens on ${host}:${port}: operator root
 * key, stamp key, TLS key, database.  CS_ERR_EXISTS: there is a hub already.
 */
CS_CHECKED enum cs_err cs_hub_init(
    const char *dir, const char *name, const char *host, int port);

/* A new invite link for ${uses} people, good for ${seconds}. */
CS_CHECKED enum cs_err cs_hub_invite(char link[static CS_HUB_LINK_SIZE],
    const char *dir, unsigned uses, uint64_t seconds);

/* The operator root key, as people write it down. */
CS_CHECKED enum cs_err cs_hub_root(
    char text[static CS_HUB_ROOT_TEXT_SIZE], const char *dir);

/* Certify the keys of a desk with the root key that lies in ${dir}.
 * CS_ERR_NOT_FOUND: it is elsewhere (core/root_folder.h). */
CS_CHECKED enum cs_err cs_hub_join_desk(const char *dir,
    const uint8_t seal_public[static CS_KEY_LEN],
    const uint8_t sign_public[static CS_KEY_LEN]);

/* New stamp and TLS keys, and new certificates of the keys that stay, by the
 * root key in ${dir}.  CS_ERR_NOT_FOUND: it is elsewhere. */
CS_CHECKED enum cs_err cs_hub_renew(const char *dir);

/* Where pages come in that members use in a browser. */
#define CS_HUB_WEB_ORIGINS_MAX 4
struct cs_hub_web {
	char host[64];
	int port;               /* 0: nowhere */
	const char *cert, *key; /* files; or NULL: without TLS */
	const char *origins[CS_HUB_WEB_ORIGINS_MAX];
	size_t n_origins;
};
/* Write it into hub.conf; a hub that runs listens there once it is started
 * anew.  CS_ERR_MISUSE: an origin is none; CS_ERR_DENIED: without TLS, and on
 * an address that others reach; CS_ERR_IO, CS_ERR_SHARED: a file cannot be
 * read; CS_ERR_FORMAT, CS_ERR_UNSUPPORTED, CS_ERR_MISMATCH: no certificate or
 * key, a key that is not on P-256, or one of another certificate;
 * CS_ERR_NOT_FOUND: there is no hub. */
CS_CHECKED enum cs_err cs_hub_web_set(
    const char *dir, const struct cs_hub_web *web);

/* Where the page is: the first of its origins, for a link to it.
 * CS_ERR_NOT_FOUND: there is no hub, or it lets no page in. */
#define CS_HUB_ORIGIN_SIZE 128
CS_CHECKED enum cs_err cs_hub_web_origin(
    char out[static CS_HUB_ORIGIN_SIZE], const char *dir);

/* The log is to say that a page or program with this hash is released; once.
 */
CS_CHECKED enum cs_err cs_hub_log_release(
    const char *dir, const uint8_t hash[static CS_HASH_LEN]);

/* Name and address, and how much there is. */
struct cs_hub_summary {
	char name[256];
	char host[64];
	int port;
	char web_host[64]; /* where pages come in; port 0: nowhere */
	int web_port;
	uint64_t accounts, disabled, groups, entries, blobs, reports;
	/* Groups in which somebody has to be proposed for removal; those where
	 * that failed; since when the first waits, in ms. */
	uint64_t removals, removals_failed, removals_since_ms;
	/* When the oldest of what is kept came, in ms; 0: there is none. */
	uint64_t message_ms, handshake_ms, blob_ms, report_ms, letter_ms;
	uint64_t left_ms; /* when the first of those left who are still known */
	uint64_t pins;    /* files that are kept for reports */
	bool desk;
	bool root_here; /* the private root key is in the folder */
};
CS_CHECKED enum cs_err cs_hub_summarize(
    struct cs_hub_summary *out, const char *dir);
