// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { answers, asked } from "./page";
import { ApiError, get, post, query, setCsrf } from "../src/api";
import { setLanguage } from "../src/lang";
import { Cell, door, errorText, loadSession, may, now, session } from "../src/store";
import type { Session } from "../src/types";

const SESSION: Session = {
  person: {
    id: "1",
    name: "Anna",
    pseudonym: "R-1",
    role: "reviewer",
    language: "en",
    daily_limit: 0,
    break_every_min: 0,
    exposure_today: 0,
  },
  csrf: "token",
  locked: false,
  idle_s: 600,
  expires_ms: 0,
  hub: "hub.example",
  undo_s: 5,
  server_ms: Date.now() + 3_600_000,
  hub_online: true,
  hub_troubles: [],
  about_me: [],
};

beforeEach(async () => {
  answers.clear();
  asked.length = 0;
  await setLanguage("en");
});

test("a cell tells those who follow it, and nobody else", () => {
  const c = new Cell(1);
  let heard = 0;
  const stop = c.on(() => heard++);
  c.set(2);
  assert.equal(c.get(), 2);
  stop();
  c.set(3);
  assert.equal(heard, 1);
});

test("a session opens the door, sets the clock, and its end closes it", async () => {
  answers.set("GET /session", { status: 200, body: SESSION });
  await loadSession();
  assert.equal(door.get(), "in");
  assert.equal(session.get()?.person.name, "Anna");
  assert.ok(Math.abs(now() - SESSION.server_ms) < 60_000);
  assert.ok(may.work() && !may.lead() && !may.administer());
  answers.set("POST /cases/7/note", { status: 200, body: {} });
  await post("/cases/7/note", { text: "x" });
  assert.equal(asked.at(-1)?.headers["X-CSRF-Token"], "token");
  answers.set("GET /queue", { status: 401, body: { error: { code: "signed-out" } } });
  await assert.rejects(get("/queue"), (e) => e instanceof ApiError && e.code === "signed-out");
  assert.equal(door.get(), "out");
  assert.equal(session.get(), null);
});

test("a desk that is away for a moment takes nothing from the screen", async () => {
  answers.set("GET /session", { status: 200, body: SESSION });
  await loadSession();
  answers.clear();
  await loadSession();
  assert.equal(door.get(), "in");
  await assert.rejects(get("/queue"), (e) => e instanceof ApiError && e.code === "offline");
});

test("a wrong password is an answer to the form, not the end of a session", async () => {
  answers.set("GET /session", { status: 200, body: SESSION });
  await loadSession();
  answers.set("POST /session/unlock", { status: 401, body: { error: { code: "locked" } } });
  await assert.rejects(post("/session/unlock", { password: "x" }));
  assert.equal(door.get(), "in");
  setCsrf("");
});

test("what is not JSON, or no answer of the desk, is an error of its own", async () => {
  answers.set("GET /x", { status: 502, body: "<html>" });
  await assert.rejects(get("/x"), (e) => e instanceof ApiError && e.status === 502);
});

test("errors are said in the reviewer's language", async () => {
  await setLanguage("ar");
  const said = errorText(new ApiError(429, "limit", "A limit is reached.", "", 0, 2));
  assert.match(said, /ثانيتين/);
  assert.notEqual(errorText(new ApiError(0, "offline", "")), "");
  assert.notEqual(errorText(new Error("anything")), "");
});

test("a query has the fields that are set", () => {
  assert.equal(query({ a: "x y", b: "", c: null, d: undefined, e: 0 }), "?a=x+y&e=0");
  assert.equal(query({}), "");
});

test("a refusal is said in the reviewer's language, with what stands in it", async () => {
  const no = new ApiError(403, "denied", "Case 12 is closed.", "", 0, 0, "case-closed", ["12"]);
  assert.equal(errorText(no), "Case 12 is closed.");
  await setLanguage("ar");
  assert.equal(errorText(no), "القضية \u206812\u2069 مغلقة.");
  const unheard = new ApiError(403, "denied", "Not that.", "", 0, 0, "unheard-of");
  assert.equal(errorText(unheard), "دورك لا يسمح بهذا.");
});
