// SPDX-License-Identifier: MIT
// Firefox as Debian has it, by the protocol that it speaks itself (WebDriver
// BiDi): what a hand does is done by real input.
//
// A profile outlives the browser: who is started with it again has what was kept.
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { DrivenPage, Element, Refused, STUCK_MS } from "./driven.mjs";

const LISTENS = /WebDriver BiDi listening on (ws:\S+)/;
// Nothing but this machine is reached: everything else would go through a proxy
// that nobody is.
const PREFS = {
  "network.proxy.type": 1,
  "network.proxy.http": "127.0.0.1",
  "network.proxy.http_port": 9,
  "network.proxy.ssl": "127.0.0.1",
  "network.proxy.ssl_port": 9,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "app.normandy.enabled": false,
  "browser.safebrowsing.malware.enabled": false,
  "browser.safebrowsing.phishing.enabled": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "browser.startup.homepage_override.mstone": "ignore",
  "browser.tabs.crashReporting.sendReport": false,
  "browser.sessionstore.resume_from_crash": false,
  "toolkit.startup.max_resumed_crashes": -1,
  "intl.accept_languages": "en-GB, en",
  "ui.prefersReducedMotion": 1,
};

class Page extends DrivenPage {
  constructor(firefox, context) {
    super();
    this.firefox = firefox;
    this.context = context;
  }

  async run(f, ...args) {
    const value = (v) =>
      v instanceof Element ? { sharedId: v.id } : { type: v === undefined ? "undefined" : typeof v, value: v };
    const said = await this.firefox.do("script.callFunction", {
      functionDeclaration: String(f),
      target: { context: this.context },
      arguments: args.map(value),
      awaitPromise: true,
      userActivation: true,
    });
    if (said.type === "exception") throw new Refused(said.exceptionDetails.text);
    return said.result.type === "node" ? new Element(said.result.sharedId) : said.result.value;
  }

  async screenshot(path) {
    const { data } = await this.firefox.do("browsingContext.captureScreenshot", { context: this.context });
    writeFileSync(path, Buffer.from(data, "base64"));
  }
  goto(url) {
    return this.firefox.do("browsingContext.navigate", { context: this.context, url, wait: "complete" });
  }
  reload() {
    return this.firefox.do("browsingContext.reload", { context: this.context, wait: "complete" });
  }
  close() {
    return this.firefox.do("browsingContext.close", { context: this.context });
  }

  at({ id }) {
    return { type: "element", element: { sharedId: id } };
  }
  perform(actions) {
    return this.firefox.do("input.performActions", { context: this.context, actions });
  }
  give({ id }, files) {
    return this.firefox.do("input.setFiles", { context: this.context, element: { sharedId: id }, files });
  }
}

export class Firefox {
  /** What no page may do, whatever the scenario. */
  bad = [];
  pages = [];
  /** What their consoles say. */
  said = [];
  #waiting = new Map();
  #last = 0;

  /** With the profile of that folder, which is made if it is not there. */
  static async start(folder, origin) {
    const firefox = new Firefox();
    firefox.origin = origin;
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      `${folder}/user.js`,
      Object.entries(PREFS)
        .map(([k, v]) => `user_pref(${JSON.stringify(k)}, ${JSON.stringify(v)});\n`)
        .join(""),
    );
    // A group of its own, so that all of it can be ended.
    firefox.process = spawn(
      "firefox-esr",
      ["--headless", "--no-remote", "--profile", folder, "--remote-debugging-port=0", "about:blank"],
      { detached: true, stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, HOME: folder, MOZ_CRASHREPORTER_DISABLE: "1" } },
    );
    process.on("exit", () => firefox.#signal());
    try {
      await firefox.#connect();
    } catch (e) {
      await firefox.kill();
      throw e;
    }
    return firefox;
  }

  async #connect() {
    const url = await new Promise((done, fail) => {
      createInterface(this.process.stderr).on("line", (line) => LISTENS.test(line) && done(LISTENS.exec(line)[1]));
      this.process.on("exit", () => fail(new Error("Firefox does not start")));
      setTimeout(() => fail(new Error("Firefox does not listen")), STUCK_MS).unref();
    });
    this.socket = new WebSocket(`${url}/session`);
    await new Promise((done, fail) => {
      this.socket.onopen = done;
      this.socket.onerror = () => fail(new Error("Firefox does not answer"));
    });
    this.socket.onmessage = ({ data }) => this.#take(JSON.parse(data));
    this.socket.onclose = () => this.#leave();
    await this.do("session.new", { capabilities: {} });
    await this.do("session.subscribe", { events: ["log.entryAdded", "network.beforeRequestSent"] });
  }

  #leave() {
    this.#waiting.forEach(({ fail }) => fail(new Refused("Firefox is gone")));
    this.#waiting.clear();
  }
  #take(said) {
    if (said.type === "event") return this.#event(said.method, said.params);
    const waiting = this.#waiting.get(said.id);
    this.#waiting.delete(said.id);
    if (said.type === "error") waiting?.fail(new Refused(`${said.error}: ${said.message}`));
    else waiting?.done(said.result);
  }
  #event(method, params) {
    if (method === "log.entryAdded") {
      this.said.push(params.text);
      const error = params.type === "javascript" && params.level === "error";
      if (error || /Content-Security-Policy/.test(params.text ?? "")) this.bad.push(params.text);
      return;
    }
    const url = new URL(params.request.url);
    if (/^(http|ws)s?:$/.test(url.protocol) && url.host !== new URL(this.origin).host)
      this.bad.push(`asked somebody else: ${url}`);
  }

  do(method, params) {
    const id = ++this.#last;
    return new Promise((done, fail) => {
      this.#waiting.set(id, { done, fail });
      if (this.socket.readyState !== WebSocket.OPEN) this.#leave();
      else this.socket.send(JSON.stringify({ id, method, params }));
    });
  }

  async page(url) {
    const { context } = await this.do("browsingContext.create", { type: "tab" });
    const page = new Page(this, context);
    this.pages.push(page);
    if (url) await page.goto(url);
    return page;
  }

  #signal() {
    try {
      process.kill(-this.process.pid, "SIGKILL");
    } catch {
      // It has ended.
    }
  }
  /** At once, whatever it does. */
  async kill() {
    const ended = new Promise((done) => this.process.once("exit", done));
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    this.#signal();
    await ended;
  }
}
