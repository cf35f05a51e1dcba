// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import { test } from "node:test";
import { fire } from "./page";
import { href, route } from "../src/router";

test("an address is its parts", () => {
  assert.deepEqual(route.value, ["chat", "abc"]);
  location.hash = href("person", "a/b c");
  fire("hashchange");
  assert.deepEqual(route.value, ["person", "a/b c"]);
  location.hash = "#/chat/%E0%A4%A";
  fire("hashchange");
  assert.deepEqual(route.value, ["chat", "%E0%A4%A"]);
});
