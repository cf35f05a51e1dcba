/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Send the reports that wait. */
CS_CHECKED enum cs_err client_reports_flush(struct cs_client *c);
