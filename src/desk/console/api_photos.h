/* SPDX-License-Identifier: MIT */
/* Handlers: photos and lists. */
#pragma once

#include "desk/console/call.h"

api_handler api_picture, api_cluster, api_lists, api_list_add, api_list_remove,
    api_list_import, api_list_export;
