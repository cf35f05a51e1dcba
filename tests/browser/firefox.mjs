// SPDX-License-Identifier: MIT
// Firefox as Debian has it, by the protocol that it speaks itself (WebDriver
// BiDi): what a hand does is done by real input.
//
// A profile outlives the browser: who is started with it again has what was kept.
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

const STUCK_MS = 30_000;
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

/** What the browser did not do. */
class Refused extends Error {}

/** Runs in the page: the last thing of ${kind} that one can see and that is
 * called, or says, ${what}. */
function seek(kind, what) {
  const KINDS = { button: "button", link: "a[href]", heading: "h1, h2, h3", field: "input, textarea", text: "body *" };
  const named = (e) =>
    (kind === "field" && e.labels?.length ? e.labels[0].textContent : (e.getAttribute("aria-label") ?? e.textContent)).trim();
  const fits = (e) => kind === "css" || (kind === "text" ? e.textContent.includes(what) : named(e) === what);
  const all = [...document.querySelectorAll(KINDS[kind] ?? what)];
  return all.reverse().find((e) => fits(e) && e.checkVisibility({ visibilityProperty: true })) ?? null;
}

class Page {
  constructor(firefox, context) {
    this.firefox = firefox;
    this.context = context;
  }

  /** What ${f}(${args}), in the page, gives: JSON, or an element. */
  async run(f, ...args) {
    const value = (v) => (v?.sharedId ? v : { type: v === undefined ? "undefined" : typeof v, value: v });
    const said = await this.firefox.do("script.callFunction", {
      functionDeclaration: String(f),
      target: { context: this.context },
      arguments: args.map(value),
      awaitPromise: true,
      userActivation: true,
    });
    if (said.type === "exception") throw new Refused(said.exceptionDetails.text);
    return said.result.type === "node" ? said.result : said.result.value;
  }
  async find(kind, what) {
    // A page that is loading has nothing yet.
    const found = await this.run(seek, kind, what).catch(() => null);
    return found?.sharedId ? found : null;
  }
  see(kind, what) {
    return until(`${kind} "${what}"`, () => this.find(kind, what));
  }
  async says(kind, what) {
    return this.run((e) => e.value ?? e.innerText, await this.see(kind, what));
  }
  async gone(kind, what) {
    await until(`"${what}" goes`, async () => !(await this.find(kind, what)));
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

  perform(id, type, actions) {
    return this.firefox.do("input.performActions", { context: this.context, actions: [{ id, type, actions }] });
  }
  /** Once it can be. */
  async click(kind, what) {
    await until(`"${what}" can be clicked`, async () => {
      const e = await this.see(kind, what);
      if (await this.run((e) => e.disabled ?? false, e)) return false;
      await this.run((e) => e.scrollIntoView({ block: "center" }), e);
      const at = { type: "pointerMove", x: 0, y: 0, origin: { type: "element", element: { sharedId: e.sharedId } } };
      return this.perform("mouse", "pointer", [
        at,
        { type: "pointerDown", button: 0 },
        { type: "pointerUp", button: 0 },
      ]).then(
        () => true,
        // It was drawn anew meanwhile.
        () => false,
      );
    });
  }
  press(...keys) {
    return this.perform("keys", "key", keys.flatMap((value) => [{ type: "keyDown", value }, { type: "keyUp", value }]));
  }
  /** In the place of what is there; the page has taken it when this is over. */
  async type(name, text) {
    const drawn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const field = await this.see("field", name);
    await this.run((e) => (e.focus(), e.select()), field);
    // Faster than any hand, a key would come before the last one is drawn.
    for (const key of text) {
      await this.press(key);
      await this.run(drawn);
    }
    const said = await this.says("field", name);
    if (said !== text) throw new Error(`"${name}" has "${said}" instead of "${text}"`);
  }
  async choose(css, ...files) {
    const element = await until(css, () => this.run((c) => document.querySelector(c), css).catch(() => null));
    await this.firefox.do("input.setFiles", { context: this.context, element: { sharedId: element.sharedId }, files });
  }
}

export async function until(what, condition) {
  const end = Date.now() + STUCK_MS;
  for (;;) {
    const got = await condition();
    if (got) return got;
    if (Date.now() > end) throw new Error(`it does not come: ${what}`);
    await sleep(50);
  }
}

export class Firefox {
  /** What no page may do, whatever the scenario. */
  bad = [];
  pages = [];
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
