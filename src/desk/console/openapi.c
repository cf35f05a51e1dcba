/* SPDX-License-Identifier: MIT */
#include "desk/console/openapi.h"

#include <stdio.h>
#include <string.h>

#include "desk/console/call.h"
#include "desk/console/schemas_shipped.h"
#include "desk/core/json.h"

/* Write "version text" as properties, without types: the messages say those. */
static json_t *
body(const char *fields, enum cs_err *err)
{
	json_t *properties = json_object(), *schema = json_object();
	char name[40];

	while (*fields != '\0') {
		size_t n = strcspn(fields, " ");

		snprintf(name, sizeof name, "%.*s", (int)n, fields);
		json_put(properties, name, json_object(), err);
		fields += n + (fields[n] == ' ');
	}
	json_put_str(schema, "type", "object", err);
	json_put(schema, "properties", properties, err);
	return json_pack(
	    "{s:{s:{s:o}}}", "content", "application/json", "schema", schema);
}

static json_t *
schema_ref(const char *name, size_t len)
{
	return json_pack(
	    "{s:s+#}", "$ref", "#/components/schemas/", name, (int)len);
}

/* What an answer holds that is no refusal. */
static json_t *
content(const char *answer)
{
	size_t n = strlen(answer);
	json_t *schema;

	if (strchr(answer, '/') != NULL)
		return json_pack("{s:{}}", answer);
	if (n == 0 || *answer == '{')
		schema = json_pack("{s:s}", "type", "object");
	else if (*answer == '[')
		schema = json_pack("{s:s,s:{s:{s:s,s:o},s:{s:[ss]}},s:[s]}",
		    "type", "object", "properties", "items", "type", "array",
		    "items", schema_ref(answer + 1, n - 2), "next", "type",
		    "string", "null", "required", "items");
	else
		schema = schema_ref(answer, n);
	return json_pack("{s:{s:o}}", "application/json", "schema", schema);
}

static void
add_route(json_t *paths, const struct api_route *r, enum cs_err *err)
{
	static const char *const scopes[] = { "read", "work", "decide",
		"admin" };
	char path[128], method[8];
	const char *id = strstr(r->path, ":id");
	json_t *at, *op = json_object();

	if (id != NULL)
		snprintf(path, sizeof path, "/api/v1%.*s{id}%s",
		    (int)(id - r->path), r->path, id + 3);
	else
		snprintf(path, sizeof path, "/api/v1%s", r->path);
	for (size_t i = 0; i < sizeof method; i++)
		if ((method[i] = r->method[i]) == '\0')
			break;
		else
			method[i] |= 0x20;
	json_put_str(op, "summary", r->summary, err);
	if (id != NULL)
		json_put(op, "parameters",
		    json_pack("[{s:s,s:s,s:b,s:{s:s}}]", "name", "id", "in",
			"path", "required", 1, "schema", "type", "string"),
		    err);
	if (*r->fields != '\0')
		json_put(op, "requestBody", body(r->fields, err), err);
	if ((r->allowed & API_ANYBODY) != 0) {
		json_put(op, "security", json_array(), err);
	} else {
		json_t *security = json_array();

		json_push(security, json_pack("{s:[]}", "session"), err);
		for (size_t i = 0; i < 4; i++)
			if ((r->scope & 1u << i) != 0 &&
			    (r->allowed & API_NO_TOKEN) == 0)
				json_push(security,
				    json_pack("{s:[s]}", "token", scopes[i]),
				    err);
		json_put(op, "security", security, err);
	}
	json_put(op, "responses",
	    json_pack("{s:{s:s,s:o},s:{s:s,s:o}}", "200", "description",
		"Done.", "content", content(r->answer), "default",
		"description", "Refused.", "content", content("Refused")),
	    err);
	at = json_object_get(paths, path);
	if (at == NULL) {
		at = json_object();
		json_put(paths, path, at, err);
	}
	json_put(at, method, op, err);
}

enum cs_err
api_openapi(struct api_call *c)
{
	json_t *paths = json_object(), *schemas;
	enum cs_err err = CS_OK;

	for (const struct api_route *r = c->api->routes; r->method != NULL; r++)
		add_route(paths, r, &err);
	schemas = json_loads((const char *)schemas_shipped, 0, NULL);
	if (schemas == NULL)
		err = CS_ERR_NOMEM;
	json_put_str(c->out, "openapi", "3.1.0", &err);
	json_put(c->out, "info",
	    json_pack("{s:s,s:s}", "title", "Countersign report desk",
		"version", CS_VERSION),
	    &err);
	json_put(c->out, "paths", paths, &err);
	json_put(c->out, "components",
	    json_pack("{s:o,s:{s:{s:s,s:s,s:s},s:{s:s,s:s}}}", "schemas",
		schemas, "securitySchemes", "session", "type", "apiKey", "in",
		"cookie", "name", "countersign", "token", "type", "http",
		"scheme", "bearer"),
	    &err);
	return err;
}
