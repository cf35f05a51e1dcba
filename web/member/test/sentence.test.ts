// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import { test } from "node:test";
import "./page";
import { withoutCommands } from "../src/stores/engine";

test("what is for a command line is left out", () => {
  for (const [said, shown] of [
    [
      "You have not written to mother before. Nothing was sent; --new sends it.",
      "You have not written to mother before. Nothing was sent.",
    ],
    ['You blocked eve. "countersign accept eve" undoes that.', "You blocked eve."],
    ["This device has lost track. See: countersign group repair.", "This device has lost track."],
    ['The folder was locked ("countersign lock").', ""],
    ["Without a line: nothing goes.", "Without a line: nothing goes."],
    ["That name is taken, or looks like one that is.", "That name is taken, or looks like one that is."],
  ])
    assert.equal(withoutCommands(said), shown);
});
