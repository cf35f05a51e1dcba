/* SPDX-License-Identifier: MIT */
/* What was not answered in time: for everybody, as a page, as JSON, as a feed
 * (RFC 4287).  Category, deadline, days, and the organisation if it wants; and
 * nothing else. */
#pragma once

#include "hub/site/visit.h"

site_begin site_overdue, site_overdue_json, site_overdue_atom;
