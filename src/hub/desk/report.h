/* SPDX-License-Identifier: MIT */
/* Sealed reports and their states. */
#pragma once

#include "hub/core/hub.h"

hub_handler hub_report, hub_report_states, hub_desk_reports,
    hub_desk_report_set;
