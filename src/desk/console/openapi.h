/* SPDX-License-Identifier: MIT */
/* Handler: the OpenAPI description. */
#pragma once

#include "desk/console/call.h"

api_handler api_openapi;
