// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import { test } from "node:test";
import "./page";
import { withChosen } from "../src/ui";
import type { Option } from "../src/ui";

const PEOPLE: Option[] = [
  ["", "Choose"],
  ["1", "anna"],
];

test("a choice stays among the options when the list no longer has it", () => {
  assert.deepEqual(withChosen(PEOPLE, "2", "ben"), [...PEOPLE, ["2", "ben"]]);
});

test("a choice that the list has is there once", () => {
  assert.equal(withChosen(PEOPLE, "1", "anna"), PEOPLE);
  assert.equal(withChosen(PEOPLE, "", "Choose"), PEOPLE);
});
