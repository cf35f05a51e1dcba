/* SPDX-License-Identifier: MIT */
/* Handlers: accounts, the audit log, numbers, statements. */
#pragma once

#include "desk/console/call.h"

api_handler api_account, api_audit, api_audit_verify, api_statistics,
    api_statements;
