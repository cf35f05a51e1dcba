// SPDX-License-Identifier: MIT
// What browsers that are driven by WebDriver have in common, whichever of its
// protocols they speak: a page, and hands.
import { setTimeout as sleep } from "node:timers/promises";

export const STUCK_MS = 30_000;
const TYPED_MOST = 3;

/** What the browser did not do. */
export class Refused extends Error {}

/** An element of a page, by the name that the browser gave it. */
export class Element {
  constructor(id) {
    this.id = id;
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

/** Runs in the page: the last thing of ${kind} that one can see and that is
 * called, or says, ${what}. */
function seek(kind, what) {
  const KINDS = { button: "button", link: "a[href]", heading: "h1, h2, h3", field: "input, textarea", choice: ".choice label", text: "body *" };
  const named = (e) =>
    (kind === "field" && e.labels?.length ? e.labels[0].textContent : (e.getAttribute("aria-label") ?? e.textContent)).trim();
  const fits = (e) => kind === "css" || (kind === "text" ? e.textContent.includes(what) : named(e) === what);
  const all = [...document.querySelectorAll(KINDS[kind] ?? what)];
  return all.reverse().find((e) => fits(e) && e.checkVisibility({ visibilityProperty: true })) ?? null;
}

/** A page.  Who makes one of it adds: run(f, ...args), which is what f, in the
 * page, gives, as JSON or an Element; perform(actions), of input devices, for
 * which at(element) is a place; give(element, files) to a field for files;
 * screenshot(path), goto(url), reload(), close(). */
export class DrivenPage {
  async find(kind, what) {
    // A page that is loading has nothing yet.
    const found = await this.run(seek, kind, what).catch(() => null);
    return found instanceof Element ? found : null;
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

  /** Once it can be. */
  async click(kind, what) {
    await until(`"${what}" can be clicked`, async () => {
      const e = await this.see(kind, what);
      if (await this.run((e) => e.disabled ?? false, e)) return false;
      await this.run((e) => e.scrollIntoView({ block: "center" }), e);
      const actions = [
        { type: "pointerMove", x: 0, y: 0, origin: this.at(e) },
        { type: "pointerDown", button: 0 },
        { type: "pointerUp", button: 0 },
      ];
      return this.perform([{ id: "mouse", type: "pointer", actions }]).then(
        () => true,
        // It was drawn anew meanwhile.
        () => false,
      );
    });
  }
  press(...keys) {
    const actions = keys.flatMap((value) => [{ type: "keyDown", value }, { type: "keyUp", value }]);
    return this.perform([{ id: "keys", type: "key", actions }]);
  }
  /** In the place of what is there; the page has taken it when this is over.
   * A busy window manager may take the focus away: then once more. */
  async type(name, text) {
    const drawn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    for (let tries = 1; ; tries++) {
      const field = await this.see("field", name);
      await this.run((e) => (e.focus(), e.select()), field);
      // Faster than any hand, a key would come before the last one is drawn.
      for (const key of text) {
        await this.press(key);
        await this.run(drawn);
      }
      const said = await this.says("field", name);
      if (said === text) return;
      const away = !(await this.run((e) => document.hasFocus() && document.activeElement === e, field));
      if (!away || tries === TYPED_MOST) throw new Error(`"${name}" has "${said}" instead of "${text}"`);
    }
  }
  async choose(css, ...files) {
    const element = await until(css, () => this.run((c) => document.querySelector(c), css).catch(() => null));
    await this.give(element, files);
  }
}
