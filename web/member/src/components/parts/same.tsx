// SPDX-License-Identifier: MIT
// Long lists are drawn anew only where something changed.
import { Component } from "preact";
import type { ComponentChild, FunctionComponent } from "preact";

/** ${of}, drawn again only if one of ${names} is another one. */
export function same<P extends object>(of: FunctionComponent<P>, names: (keyof P)[]) {
  return class extends Component<P> {
    shouldComponentUpdate(next: P) {
      return names.some((name) => next[name] !== this.props[name]);
    }
    render(props: P): ComponentChild {
      const Of = of;
      return <Of {...props} />;
    }
  };
}

/** What is equal to what was there before stays the same object. */
export function keepSame<T>(before: readonly T[] | null, now: T[], id: (x: T) => string | number): T[] {
  if (!before) return now;
  const old = new Map(before.map((x) => [id(x), x]));
  return now.map((x) => {
    const was = old.get(id(x));
    return was !== undefined && JSON.stringify(was) === JSON.stringify(x) ? was : x;
  });
}

const SOON_MS = 30;
const AT_LAST_MS = 500;

/** Do it when nothing else is to be done; the answer takes that back. */
export function whenIdle(what: () => void): () => void {
  // Safari has no such thing.
  if (!("requestIdleCallback" in globalThis)) {
    const timer = setTimeout(what, SOON_MS);
    return () => clearTimeout(timer);
  }
  const id = requestIdleCallback(what, { timeout: AT_LAST_MS });
  return () => cancelIdleCallback(id);
}
