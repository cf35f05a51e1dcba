// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import { test } from "node:test";
import "./page";
import { go, href, parse, setQuery } from "../src/router";

test("an address has parts and a query", () => {
  assert.deepEqual(parse("").parts, []);
  assert.deepEqual(parse("#/case/7").parts, ["case", "7"]);
  assert.deepEqual(parse("#/case/a%2Fb").parts, ["case", "a/b"]);
  assert.deepEqual(parse("#//case///7/").parts, ["case", "7"]);
  assert.equal(parse("#/queue?state=open&q=x%20y").query.get("q"), "x y");
});

test("what cannot be decoded stays as it is", () => {
  assert.deepEqual(parse("#/case/%E0%A4%A").parts, ["case", "%E0%A4%A"]);
});

test("what is made is read back", () => {
  for (const id of ["7", "a/b", "ü?&#%", "../.."]) assert.deepEqual(parse(href("case", id)).parts, ["case", id]);
});

test("a query changes field by field, and empty fields go", () => {
  go("#/queue?state=open&q=x");
  setQuery({ q: "", reason: "spam" });
  const r = parse(location.hash);
  assert.deepEqual(r.parts, ["queue"]);
  assert.equal(r.query.toString(), "state=open&reason=spam");
  setQuery({ state: "", reason: "" });
  assert.equal(location.hash, "#/queue");
});
