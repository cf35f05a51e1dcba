/* SPDX-License-Identifier: MIT */
/*
 * What an operator has to see to before it stops the hub: keys that run out, a
 * disk that fills.  The hub says it when it starts and once a day,
 * "countersignctl status" says it and exits with 1, and a program of the
 * operator's is called ("hook PATH" in hub.conf).
 */
#pragma once

#include "base/bytes.h"
#include "base/units.h"

#define CS_HUB_TROUBLES_MAX 9
#define CS_HUB_KEYS_WARN_S (7 * CS_DAY_S)
/* certbot and uacme renew a certificate a month before it ends. */
#define CS_HUB_WEB_WARN_S (14 * CS_DAY_S)
/* A year's certificate takes longer to be noticed. */
#define CS_HUB_YEAR_WARN_S (30 * CS_DAY_S)
/* The log is to be cosigned by a quorum at least so often. */
#define CS_HUB_QUORUM_S CS_HOUR_S
/* Less free than this, or than a twentieth of the disk, is little. */
#define CS_HUB_DISK_WARN ((uint64_t)1 << 30)

struct cs_hub_trouble {
	/* "stamp-key", "tls", "external", "registrar", "tlog", "desk", "web",
	 * "witnesses", "disk" */
	char kind[16];
	int64_t left;       /* seconds, or bytes of the disk */
	char sentence[256]; /* what it is, and what to do */
};
struct cs_hub_troubles {
	struct cs_hub_trouble v[CS_HUB_TROUBLES_MAX];
	size_t n;
	int64_t keys_left_s; /* until the first certificate ends */
	bool keys_early;     /* one is not valid yet */
	/* Until the public certificate for pages ends; INT64_MAX: there is
	 * none, or it cannot be read. */
	int64_t web_left_s;
};

/* Look at the hub in ${dir} at ${now_s}. */
CS_CHECKED enum cs_err cs_hub_troubles(
    struct cs_hub_troubles *out, const char *dir, uint64_t now_s);

/* Call the operator's program ${path} with the kind, what is left and the
 * sentence of ${t}.  It runs by itself; whether it works is not waited for. */
CS_CHECKED enum cs_err cs_hub_hook(
    const char *path, const struct cs_hub_trouble *t);
