/* SPDX-License-Identifier: MIT */
/*
 * The keys in a hub's folder, and the folder itself.
 *
 *	hub.conf		name and address
 *	keys/root.key		operator root, private: belongs offline, so it
 *				need not be there
 *	keys/root.pub		the same, public
 *	keys/stamp.key .cert	signs stamps, 30 days
 *	keys/external.key .cert	proposes removals of disabled accounts
 *	keys/registrar.key .cert	certifies accounts: name and key
 *	keys/tlog.key .cert	signs the log's checkpoints
 *	keys/names.key		gives names their labels (decision 0049)
 *	keys/vapid.key		says who the hub is to push services
 *	keys/pseudonym.key	names reporters who are not named to the desk
 *	keys/tls.pem tls.key	TLS, certified by the root
 *	keys/desk.certs		the desk's two keys, once one has joined
 *	keys/desk.asks		those of a desk that waits for the root
 *	keys/next/		keys that wait for the root (root_folder.h)
 *	page/			releases of the page (hub/page.h)
 *	hub.db, blobs/
 *	tlog/			the log (store/tlog_writer.h)
 *
 * Files are replaced by rename.  Of a pair the private half comes first:
 * stamp.key before stamp.cert, tls.key before tls.pem.  So whoever looks when
 * a certificate has changed finds its key; in between they do not match, and
 * the pair that was read before goes on.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/units.h"
#include "crypto/sign.h"

#define HUB_STAMP_DAYS 30 /* FRANKING: 7 to 30 */
#define HUB_TLS_DAYS 397
#define HUB_DESK_DAYS 365
#define HUB_NETWORK_MAX 64 /* processes */
#define HUB_ORIGINS_MAX 4
#define HUB_ORIGIN_SIZE 128
#define HUB_PUSH_HOSTS_MAX 4

/* What hub.conf says. */
struct hub_conf {
	char name[256];
	char host[64];
	int port;
	/* Lines that need not be there.  "budgets N": all budgets are
	 * multiplied by N (budget.h).  "network N": so many processes have the
	 * sockets; 0: as many as there are processors. */
	unsigned budget_times, network;
	/* "directory on": channels that want to be found are listed for
	 * everybody. */
	bool directory;
	/* "hook PATH": a program that is told of what the operator has to see
	 * to (watch.h); empty: there is none. */
	char hook[256];
	/* Where pages come in that members use in a browser: "web-listen
	 * HOST:PORT"; port 0: nowhere.  "web-cert FILE" and "web-key FILE": a
	 * public certificate and its P-256 key, PEM; both or none, and with
	 * none the host is one of this machine only (hub_conf_loopback).
	 * "web-origin ORIGIN", one or more: whose pages they are. */
	char web_host[64];
	int web_port;
	char web_cert[256], web_key[256];
	size_t n_origins;
	char origins[HUB_ORIGINS_MAX][HUB_ORIGIN_SIZE];
	/* Pushes for their browsers: "push-host HOST[:PORT]", services beside
	 * those of the browsers' makers; "push-authorities FILE": who certifies
	 * them, PEM; empty: the system's. */
	size_t n_push_hosts;
	struct {
		char host[HUB_ORIGIN_SIZE];
		int port;
	} push_hosts[HUB_PUSH_HOSTS_MAX];
	char push_authorities[256];
	/* "witnesses FILE": whom the log's checkpoints are to be cosigned by, a
	 * policy (tlog/policy.h); empty: nobody is asked. */
	char witnesses[256];
};
/* "https://HOST[:PORT]" in small letters; or http on localhost, where browsers
 * trust it, too. */
bool hub_origin_valid(const char *origin);
bool hub_conf_loopback(const char *host);
CS_CHECKED enum cs_err hub_conf_write(
    const char *dir, const struct hub_conf *conf);
/* CS_ERR_CORRUPT: a line that is none of these, or lines that do not belong
 * together. */
CS_CHECKED enum cs_err hub_conf_read(struct hub_conf *out, const char *dir);

/* Make the root key; make (or remake) what it certifies. */
CS_CHECKED enum cs_err hub_keys_create_root(const char *dir);
CS_CHECKED enum cs_err hub_keys_renew(const char *dir, const char *name);

/* The private half in DIR/${name}, a file of 32 bytes and mode 0600.
 * CS_ERR_NOT_FOUND, CS_ERR_CORRUPT. */
CS_CHECKED enum cs_err hub_key_write(
    const char *dir, const char *name, const struct cs_sign_key *key);
CS_CHECKED enum cs_err hub_key_read(
    struct cs_sign_key *out, const char *dir, const char *name);

/* The key that says who the hub is to push services, if there is none yet. */
CS_CHECKED enum cs_err hub_keys_create_vapid(const char *dir);

/* The key of the log, if there is none yet: it stays what it is, and is the
 * same log's for good. */
CS_CHECKED enum cs_err hub_keys_create_tlog(const char *dir);

/* The key of names (decision 0049), if there is none yet: with another one
 * every name would have another label. */
CS_CHECKED enum cs_err hub_keys_create_names(const char *dir);

/* The operator root key: the private half, which belongs offline
 * (CS_ERR_NOT_FOUND; CS_ERR_CORRUPT: that of another public one), and the
 * public one. */
CS_CHECKED enum cs_err hub_root_private(
    struct cs_sign_key *out, const char *dir);
CS_CHECKED enum cs_err hub_root_public(
    uint8_t out[static CS_KEY_LEN], const char *dir);
/* Certificates of the desk, one <V> after the other. */
CS_CHECKED enum cs_err hub_keys_join_desk(const char *dir,
    const uint8_t seal_public[static CS_KEY_LEN],
    const uint8_t sign_public[static CS_KEY_LEN]);
/* The public keys of the desk that has joined, also if its certificates have
 * expired.  CS_ERR_NOT_FOUND: none has. */
CS_CHECKED enum cs_err hub_desk_public(const char *dir,
    uint8_t seal_public[static CS_KEY_LEN],
    uint8_t sign_public[static CS_KEY_LEN]);
