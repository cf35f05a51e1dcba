// SPDX-License-Identifier: MIT
// WebKitGTK as Debian has it, by WebDriver (W3C), on a screen that nobody sees:
// what a hand does is done by real input.
//
// The window is webkit_window.py's, so that a profile outlives the browser.
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { DrivenPage, Element, Refused, STUCK_MS, until } from "./driven.mjs";

const WINDOW = fileURLToPath(new URL("webkit_window.py", import.meta.url));
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

// WebKitGTK has no such manifests, nor says the policy anything else that it
// does not know.
const UNKNOWN = "Unrecognized Content-Security-Policy directive 'manifest-src'";

/** In the page: what ${f} gives, or why not. */
const WRAPPED = (f) => `const done = arguments[arguments.length - 1];
  const args = [...arguments].slice(0, -1);
  Promise.resolve().then(() => (${f})(...args)).then((value) => done({ value }), (e) => done({ error: String(e) }));`;

class Page extends DrivenPage {
  constructor(webkit, handle) {
    super();
    this.webkit = webkit;
    this.handle = handle;
  }
  do(method, path, body) {
    return this.webkit.inWindow(this.handle, method, path, body);
  }

  async run(f, ...args) {
    const script = WRAPPED(String(f));
    const value = (v) => (v instanceof Element ? this.at(v) : (v ?? null));
    const said = await this.do("POST", "/execute/async", { script, args: args.map(value) });
    if (said.error) throw new Refused(said.error);
    return said.value?.[ELEMENT] ? new Element(said.value[ELEMENT]) : said.value;
  }

  async screenshot(path) {
    writeFileSync(path, Buffer.from(await this.do("GET", "/screenshot"), "base64"));
  }
  goto(url) {
    return this.do("POST", "/url", { url });
  }
  reload() {
    return this.do("POST", "/refresh", {});
  }
  close() {
    return this.do("DELETE", "/window");
  }

  at({ id }) {
    return { [ELEMENT]: id };
  }
  perform(actions) {
    return this.do("POST", "/actions", { actions });
  }
  give({ id }, files) {
    return this.do("POST", `/element/${id}/value`, { text: files.join("\n") });
  }
}

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

export class WebKit {
  /** What no page may do, whatever the scenario. */
  bad = [];
  pages = [];
  /** What their consoles say. */
  said = [];
  #processes = [];
  #last = Promise.resolve();
  #current = "";

  /** ${kept}: in ${folder}, which is made if it is not there; else a private
   * window.  ${features}: what is turned on beyond what it has. */
  static async start(folder, origin, { kept = true, features = [] } = {}) {
    const webkit = new WebKit();
    webkit.host = new URL(origin).host;
    mkdirSync(folder, { recursive: true });
    process.on("exit", () => webkit.#signal());
    try {
      await webkit.#begin(folder, [...(kept ? ["--kept", folder] : []), "--features", features.join()]);
    } catch (e) {
      await webkit.kill();
      throw e;
    }
    return webkit;
  }

  // A group of its own, so that all of it can be ended.
  #spawn(program, args, stdio, env) {
    const made = spawn(program, args, { detached: true, stdio, env });
    made.on("error", () => undefined);
    this.#processes.push(made);
    return made;
  }

  /** A screen; its number. */
  async #screen() {
    const x = this.#spawn("Xvfb", ["-displayfd", "3", "-screen", "0", "1400x1000x24", "-nolisten", "tcp"], ["ignore", "ignore", "ignore", "pipe"]);
    return new Promise((done, fail) => {
      createInterface(x.stdio[3]).on("line", (n) => done(`:${n.trim()}`));
      x.on("exit", () => fail(new Error("Xvfb does not start")));
      x.on("error", fail);
      setTimeout(() => fail(new Error("Xvfb says nothing")), STUCK_MS).unref();
    });
  }

  async #begin(folder, args) {
    const env = {
      PATH: process.env.PATH,
      HOME: folder,
      LANG: "C.UTF-8",
      DISPLAY: await this.#screen(),
      GDK_BACKEND: "x11",
      GIO_USE_VFS: "local",
      GSETTINGS_BACKEND: "memory",
      NO_AT_BRIDGE: "1",
    };
    const port = await freePort();
    this.address = `http://127.0.0.1:${port}`;
    const driver = this.#spawn("WebKitWebDriver", ["-p", String(port)], ["ignore", "pipe", "pipe"], env);
    for (const stream of [driver.stdout, driver.stderr]) createInterface(stream).on("line", (l) => this.#line(l));
    await until("WebKitWebDriver answers", () => this.#ask("GET", "/status").catch(() => null));
    const options = { binary: WINDOW, args: ["--automation", ...args] };
    const { sessionId, capabilities } = await this.#ask("POST", "/session", {
      capabilities: { alwaysMatch: { "webkitgtk:browserOptions": options } },
    });
    this.session = `/session/${sessionId}`;
    this.version = capabilities.browserVersion.split(".").map(Number);
  }

  /** What the window, and its console, write. */
  #line(line) {
    const asked = /^ASKED (.*)/.exec(line);
    if (asked) {
      const url = new URL(asked[1]);
      if (/^(http|ws)s?:$/.test(url.protocol) && url.host !== this.host) this.bad.push(`asked somebody else: ${url}`);
      return;
    }
    if (line.includes("CONSOLE")) this.said.push(line);
    if (/CONSOLE (JS|SECURITY) ERROR/.test(line) && !line.includes(UNKNOWN)) this.bad.push(line);
  }

  async #ask(method, path, body) {
    const answer = await fetch(this.address + path, { method, body: body && JSON.stringify(body) });
    const { value } = await answer.json();
    if (!answer.ok) throw new Refused(`${value.error}: ${value.message}`);
    return value;
  }

  /** One after the other: what is asked is asked of the window that is current. */
  inWindow(handle, method, path, body) {
    const done = this.#last.then(async () => {
      if (this.#current !== handle) await this.#ask("POST", `${this.session}/window`, { handle });
      this.#current = method === "DELETE" ? "" : handle;
      return this.#ask(method, this.session + path, body);
    });
    this.#last = done.catch(() => undefined);
    return done;
  }

  async page(url) {
    // There is one from the beginning.
    const handle = this.pages.length
      ? (await this.inWindow(this.#current, "POST", "/window/new", { type: "tab" })).handle
      : await this.#ask("GET", `${this.session}/window`);
    const page = new Page(this, handle);
    this.pages.push(page);
    if (url) await page.goto(url);
    return page;
  }

  #signal() {
    for (const { pid } of this.#processes)
      try {
        if (pid) process.kill(-pid, "SIGKILL");
      } catch {
        // It has ended.
      }
  }
  /** At once, whatever it does. */
  async kill() {
    const live = this.#processes.filter((p) => p.pid && p.exitCode === null && p.signalCode === null);
    const ended = live.map((p) => new Promise((done) => p.once("exit", done)));
    this.#signal();
    await Promise.all(ended);
  }
}
