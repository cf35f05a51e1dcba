/* SPDX-License-Identifier: MIT */
/* Pages on which something is filed (DSA, article 16), and the one that leads
 * there. */
#pragma once

#include "hub/site/visit.h"

site_begin site_home, site_file_form, site_file, site_photos;
