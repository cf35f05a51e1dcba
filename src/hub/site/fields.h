/* SPDX-License-Identifier: MIT */
/* Fields that several forms have. */
#pragma once

#include "hub/site/html.h"

/* The label of the field ${name}, with a hint if there is one. */
void site_put_label(struct site_html *h, const char *name);
/* What a notice is about. */
void site_put_categories(struct site_html *h);
