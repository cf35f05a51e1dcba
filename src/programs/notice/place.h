/* SPDX-License-Identifier: MIT */
/*
 * The folder of somebody who files notices:
 *
 *	hub.json		which hub, and its operator's key
 *	key			of the organisation, if it has one: 64 hex
 *	notices/NUMBER.json	what was filed: secret, receipt
 *	pending/ID.json		what is on its way: sent again, it is one
 */
#pragma once

#include <jansson.h>

#include "base/units.h"
#include "cli/command.h"
#include "crypto/sign.h"
#include "net/post.h"
#include "store/folder.h"

#define NOTICE_ROOT_SIZE 44 /* base64url, and a zero */

struct notice_place {
	struct cs_folder folder;
	const char *dir;
	json_t *hub;             /* what hub.json says */
	const char *link, *name; /* of it: borrowed */
	const char *authorities; /* or NULL: the operator's key certifies */
	uint8_t root[CS_KEY_LEN];
	bool has_key;
	struct cs_sign_key key;
	/* To ask the hub (far.h). */
	struct cs_net_endpoint to;
	char url[CS_NET_ENDPOINT_MAX + 1];
	void *ssl_ctx;
};

/* Make the folder and say what hub it is for; "LINK#ROOT". */
int notice_place_make(const struct cli_args *args);
/* Open it; a status, said. */
int notice_place_open(struct notice_place *out, const struct cli_args *args);
void notice_place_close(struct notice_place *p);
/* Make a key in it, or show the one that is there. */
int notice_place_key(const struct cli_args *args);

/* Keep ${o} as ${folder}/${name}.json, whole or not at all. */
CS_CHECKED enum cs_err notice_place_keep(const struct notice_place *p,
    const char *folder, const char *name, const json_t *o);
/* CS_ERR_NOT_FOUND, CS_ERR_CORRUPT. */
CS_CHECKED enum cs_err notice_place_read(json_t **out,
    const struct notice_place *p, const char *folder, const char *name);
CS_CHECKED enum cs_err notice_place_forget(
    const struct notice_place *p, const char *folder, const char *name);
/* The names in ${folder} without ".json", numbers in their order. */
CS_CHECKED enum cs_err notice_place_list(
    json_t **out, const struct notice_place *p, const char *folder);
