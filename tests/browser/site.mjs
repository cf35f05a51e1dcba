// SPDX-License-Identifier: MIT
// How pages of the public site are looked at.
import { axe, ok, overflow } from "./browser.mjs";

export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** It fits, can be touched, and axe finds nothing. */
export async function look(page, name) {
  const wide = await overflow(page);
  ok(wide === "", `${name} fits`, wide);
  const small = await page.evaluate(() =>
    [...document.querySelectorAll("a, button, input:not([type=hidden]), select, textarea, summary")]
      .filter((e) => {
        const r = (e.closest("label") ?? e).getBoundingClientRect();
        return r.height > 0 && r.height < 43.5 && !e.closest("p, td, li");
      })
      .map((e) => e.outerHTML.slice(0, 120))
      .join("\n"),
  );
  ok(small === "", `${name}: what is touched is large enough`, small);
  await axe(page, name);
}
