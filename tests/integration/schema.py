# SPDX-License-Identifier: MIT
"""Is an answer of the console what /openapi.json says that it is?"""
import re

PYTHON = {"string": str, "integer": int, "boolean": bool, "object": dict,
          "array": list, "null": type(None)}
KNOWN = {"$ref", "additionalProperties", "anyOf", "const", "description",
         "enum", "items", "properties", "required", "type"}
# What the server refuses before it is a request of the API.
NOT_HTTP = (400, 413, 414, 421, 431, 503)


class Description:
    """The description, and what it says about each request."""

    def __init__(self, openapi):
        self.schemas = openapi["components"]["schemas"]
        self.routes = [
            (method.upper(),
             re.compile(re.escape(path).replace(r"\{id\}", "[^/]+") + "$"),
             operation["responses"])
            for path, methods in openapi["paths"].items()
            for method, operation in methods.items()]

    def faults(self, method, path, answer):
        """What is wrong with ${answer}, a list of sentences."""
        for of, pattern, responses in self.routes:
            if of == method and pattern.match(path):
                break
        else:
            return [] if answer.status in (404, 405) else ["not described"]
        content = responses["200" if answer.status == 200
                            else "default"]["content"]
        media_type = answer.headers.get("Content-Type", "").split(";")[0]
        if "application/json" not in content:
            return []
        if media_type == "text/plain" and answer.status in NOT_HTTP:
            return []
        if media_type != "application/json":
            return ["it is %s" % media_type]
        return list(self.wrong(content["application/json"]["schema"],
                               answer.json, "answer"))

    def wrong(self, schema, value, at):
        strange = set(schema) - KNOWN
        if strange:
            yield "%s: the description uses %s" % (at, strange)
        if "$ref" in schema:
            yield from self.wrong(
                self.schemas[schema["$ref"].rsplit("/", 1)[1]], value, at)
            return
        if "anyOf" in schema:
            tried = [list(self.wrong(s, value, at)) for s in schema["anyOf"]]
            if all(tried):
                yield from min(tried, key=len)
            return
        if "enum" in schema and value not in schema["enum"] or \
                "const" in schema and value != schema["const"]:
            yield "%s is %r" % (at, value)
        types = schema.get("type", [])
        types = [types] if isinstance(types, str) else types
        if types and type(value) not in [PYTHON[t] for t in types]:
            yield "%s is %r and no %s" % (at, value, " or ".join(types))
        elif isinstance(value, list):
            for i, v in enumerate(value):
                yield from self.wrong(schema["items"], v, "%s[%d]" % (at, i))
        elif isinstance(value, dict):
            yield from self.wrong_object(schema, value, at)

    def wrong_object(self, schema, value, at):
        known = schema.get("properties", {})
        for name in schema.get("required", []):
            if name not in value:
                yield "%s lacks %s" % (at, name)
        rest = schema.get("additionalProperties", True)
        for name, v in value.items():
            where = "%s.%s" % (at, name)
            if name in known:
                yield from self.wrong(known[name], v, where)
            elif rest is False:
                yield "%s is not described" % where
            elif rest is not True:
                yield from self.wrong(rest, v, where)
