/* SPDX-License-Identifier: MIT */
/*
 * The console's API: JSON over HTTP, and the pages that use it.
 *
 * Nothing changes but by somebody who is signed in (or holds a token), whose
 * role allows it; the table in api_routes.c says which, and is also what the
 * OpenAPI description is made of.
 */
#pragma once

#include "base/bytes.h"
#include "base/units.h"
#include "desk/console/console_files.h"
#include "net/web.h"

struct cs_desk;
struct cs_desk_api;
struct cs_web_answer;
struct cs_web_request;

/* API bodies are short; a list of a million hashes is imported in parts. */
#define CS_DESK_BODY_MAX (16 * CS_MIB)

/* Only our own scripts, styles, pictures and requests. */
#define CS_DESK_CSP                                                            \
	"default-src 'none'; script-src 'self'; style-src 'self'; "            \
	"img-src 'self' blob: data:; connect-src 'self'; form-action 'none'; " \
	"base-uri 'none'; frame-ancestors 'none'"

struct cs_desk_api_options {
	const bool *online; /* whether the desk is connected to its hub; or
			     * NULL */
	const struct cs_web_file *files;
	const char *name; /* another host name that it is reached by; or NULL */
	bool tls;
	uint64_t idle_ms; /* after which a session is locked */
	uint64_t life_ms; /* after which it ends */
};

/* ${d} is not taken. */
CS_CHECKED enum cs_err cs_desk_api_new(struct cs_desk_api **out,
    struct cs_desk *d, const struct cs_desk_api_options *options);
void cs_desk_api_free(struct cs_desk_api *api);
/* Say where the console is reached: for the Host header and for welcomes. */
void cs_desk_api_listens(struct cs_desk_api *api, const char *host, int port);
/* The callbacks of cs_web_config; ${arg} is the API. */
void cs_desk_api_handle(
    void *arg, const struct cs_web_request *rq, struct cs_web_answer *answer);
