// SPDX-License-Identifier: MIT
// The address of a page is the part after "#": the desk serves one document, and
// is not told which page a reviewer has open.
import { useEffect, useState } from "preact/hooks";

export interface Route {
  /** "/case/7" is ["case", "7"]. */
  parts: string[];
  query: URLSearchParams;
}

export function parse(hash: string): Route {
  const [path = "", q = ""] = hash.replace(/^#/, "").split("?");
  const parts = path
    .split("/")
    .filter(Boolean)
    .map((p) => {
      try {
        return decodeURIComponent(p);
      } catch {
        return p;
      }
    });
  return { parts, query: new URLSearchParams(q) };
}

/** href("case", id) is "#/case/ID". */
export function href(...parts: string[]): string {
  return "#/" + parts.map(encodeURIComponent).join("/");
}

export function go(to: string) {
  location.hash = to;
}

/** Change the query of this page without a new entry in the history. */
export function setQuery(fields: Record<string, string>) {
  const now = parse(location.hash);
  for (const [k, v] of Object.entries(fields)) {
    if (v) now.query.set(k, v);
    else now.query.delete(k);
  }
  const q = now.query.toString();
  history.replaceState(null, "", href(...now.parts) + (q ? `?${q}` : ""));
  dispatchEvent(new HashChangeEvent("hashchange"));
}

export function useRoute(): Route {
  const [route, set] = useState(() => parse(location.hash));
  useEffect(() => {
    const f = () => set(parse(location.hash));
    addEventListener("hashchange", f);
    return () => removeEventListener("hashchange", f);
  }, []);
  return route;
}
