// SPDX-License-Identifier: MIT
// A page that is nothing but the runtime: a scenario says what it does.
import { InWorker } from "../../web/member/src/runtime/worker";

window.events = [];
window.runtime = new InWorker();
window.runtime.onEvent = (e) => window.events.push(e);
window.ready = new Promise((done) => (window.runtime.onReady = done));
window.begun = window.runtime.begin();
