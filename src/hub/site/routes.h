/* SPDX-License-Identifier: MIT */
/* Which page answers what. */
#pragma once

#include "hub/site/visit.h"

/* Answer a request that is whole, now or when the database has answered. */
void site_route(struct site_visit *v);
