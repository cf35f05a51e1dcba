/* SPDX-License-Identifier: MIT */
/* Lengths, times and sizes that more than one layer uses, named once. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Bytes of an id that somebody chose at random: of an account, a device, a
 * report, a letter. */
#define CS_ID_LEN 16
/* Bytes of a SHA-256 hash, and so of a group reference and of a tag. */
#define CS_HASH_LEN 32
/* Bytes of a public or private X25519 or Ed25519 key. */
#define CS_KEY_LEN 32

/* Times are in milliseconds, unless a name says seconds. */
#define CS_SECOND_MS ((uint64_t)1000)
#define CS_MINUTE_MS (60 * CS_SECOND_MS)
#define CS_HOUR_MS (60 * CS_MINUTE_MS)
#define CS_DAY_MS (24 * CS_HOUR_MS)
#define CS_HOUR_S ((uint64_t)3600)
#define CS_DAY_S (24 * CS_HOUR_S)

#define CS_KIB ((size_t)1 << 10)
#define CS_MIB ((size_t)1 << 20)
#define CS_GIB ((uint64_t)1 << 30)
