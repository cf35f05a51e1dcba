/* SPDX-License-Identifier: MIT */
/*
 * What time it is, for a device whose own clock may be wrong.
 *
 * The hub's word counts where it is proved: over a connection whose certificate
 * and keys are certified for that time, and not before the latest time that
 * this home has seen in a stamp.  So a wrong clock of the own shuts nobody out,
 * and a key of the hub that has expired helps nobody to turn the time back
 * further than to when this device was last online.
 */
#pragma once

#include "client/home/client.h"

/* The time as far as it is known, since 1970: the hub's if it is proved and far
 * from the own, otherwise the own. */
uint64_t client_now_ms(const struct cs_client *c);
uint64_t client_now_s(const struct cs_client *c);
/* The earlier of that and the own clock's, if they are less than a day apart:
 * what is made valid from then on is valid to both. */
uint64_t client_earliest_s(const struct cs_client *c);
/* Two clocks may differ by so much before anybody minds. */
#define CLIENT_CLOCK_TOLERANCE_MS (2 * 60 * CS_SECOND_MS)
/* The hub's clock is ahead of the own by this, and that is proved. */
void client_clock_set(struct cs_client *c, int64_t ahead_ms);
/* May the hub's time be believed? Not if it is before what was seen. */
bool client_clock_credible(const struct cs_client *c, uint64_t hub_ms);
/* A verified stamp bears this time; ${back}: it says that those before it were
 * too late. */
void client_time_seen(struct cs_client *c, uint64_t ms, bool back);
/* Read and store the latest time that was seen. */
CS_CHECKED enum cs_err client_clock_load(struct cs_client *c);
CS_CHECKED enum cs_err client_clock_store(struct cs_client *c);
/* "2 hours", "45 minutes", "3 days". */
#define CLIENT_DURATION_SIZE 32
void client_duration(char out[static CLIENT_DURATION_SIZE], uint64_t ms);
