// SPDX-License-Identifier: MIT
// A page that is nothing but the runtime: a scenario says what it does.
import { wav } from "../../web/member/src/components/chat/voice";
import { withPhoto } from "../../web/member/src/components/parts/photo";
import { setRuntime } from "../../web/member/src/runtime/runtime";
import { InWorker } from "../../web/member/src/runtime/worker";

window.events = [];
window.wav = wav;
window.runtime = new InWorker();
window.withPhoto = withPhoto;
setRuntime(window.runtime);
window.runtime.onEvent = (e) => window.events.push(e);
window.ready = new Promise((done) => (window.runtime.onReady = done));
window.begun = window.runtime.begin();
