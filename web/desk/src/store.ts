// SPDX-License-Identifier: MIT
// Who is signed in, what comes in live, and what a screen reader is told.
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, del, get, onSessionEnd, post, setCsrf } from "./api";
import { currentLanguage, onLanguage, setLanguage, t, word } from "./lang";
import type { LiveEvent, Policy, PolicyReason, Role, Session } from "./types";

/** A value that components follow. */
export class Cell<T> {
  private listeners = new Set<() => void>();
  constructor(private value: T) {}
  get(): T {
    return this.value;
  }
  set(v: T) {
    this.value = v;
    this.listeners.forEach((f) => f());
  }
  on(f: () => void): () => void {
    this.listeners.add(f);
    return () => void this.listeners.delete(f);
  }
}

export function useCell<T>(cell: Cell<T>): T {
  const [, redraw] = useState(0);
  useEffect(() => cell.on(() => redraw((n) => n + 1)), [cell]);
  return cell.get();
}

export function useLanguage() {
  const [, redraw] = useState(0);
  useEffect(() => onLanguage(() => redraw((n) => n + 1)), []);
}

// ---- session ----------------------------------------------------------------

export type Door = "unknown" | "out" | "locked" | "in" | "offline";

export const session = new Cell<Session | null>(null);
export const door = new Cell<Door>("unknown");
export const hubOnline = new Cell(true);
export const live = new Cell<"on" | "off">("off");
/** Why the door closed: shown on the sign-in page. */
export const ended = new Cell(false);

/** The desk's clock minus this machine's: deadlines count by the desk's. */
let skew = 0;
export const now = () => Date.now() + skew;

export function setSession(s: Session) {
  setCsrf(s.csrf);
  skew = s.server_ms - Date.now();
  session.set(s);
  hubOnline.set(s.hub_online);
  void setLanguage(s.person.language);
  ended.set(false);
  door.set(s.locked ? "locked" : "in");
}

export async function loadSession() {
  try {
    setSession(await get<Session>("/session"));
  } catch (e) {
    const code = e instanceof ApiError ? e.code : "offline";
    if (code === "locked") door.set("locked");
    else if (code === "signed-out") leave(door.get() === "in");
    // A desk that is away for a moment takes nothing from the screen.
    else if (door.get() !== "in") door.set("offline");
  }
}

export async function signOut() {
  try {
    await del("/session");
  } finally {
    leave(false);
  }
}

/** Nothing of a case may stay on the screen of an empty chair. */
function leave(byItself: boolean) {
  session.set(null);
  setCsrf("");
  policy.set(null);
  ended.set(byItself);
  door.set("out");
}

export async function lock() {
  door.set("locked");
  try {
    await post("/session/lock");
  } catch {
    // The screen is dark in any case, and the desk locks by itself.
  }
}

onSessionEnd((code) => {
  if (code === "locked") door.set("locked");
  else if (door.get() === "in" || door.get() === "locked") leave(true);
});

export const role = (): Role => session.get()?.person.role ?? "auditor";
export const is = (...roles: Role[]) => roles.includes(role());
/** What a role may do is offered; whether it may, the desk decides. */
export const may = {
  work: () => is("reviewer", "senior"),
  lead: () => is("senior"),
  hold: () => is("senior", "administrator"),
  administer: () => is("administrator"),
  reveal: () => is("reviewer", "senior"),
};

/** Without a key or a movement for as long as the desk says, the screen locks. */
export function watchIdle(): () => void {
  let last = Date.now();
  const touch = () => (last = Date.now());
  const events = ["pointermove", "pointerdown", "keydown", "scroll"] as const;
  events.forEach((e) => addEventListener(e, touch, { passive: true }));
  const timer = setInterval(() => {
    const s = session.get();
    if (s && s.idle_s > 0 && door.get() === "in" && Date.now() - last > s.idle_s * 1000) void lock();
  }, 1000);
  return () => {
    clearInterval(timer);
    events.forEach((e) => removeEventListener(e, touch));
  };
}

// ---- live -------------------------------------------------------------------

const hearers = new Set<(e: LiveEvent) => void>();

/** Follow /events for as long as somebody is signed in; returns how to stop. */
export function connect(): () => void {
  let source: EventSource | null = null;
  let timer = 0;
  let wait = 1000;
  let stopped = false;
  const open = () => {
    source = new EventSource("/api/v1/events");
    source.onopen = () => {
      const again = live.get() === "off" && wait > 1000;
      wait = 1000;
      live.set("on");
      // What happened meanwhile was not heard.
      if (again) tell({ type: "queue" });
    };
    source.onmessage = (m) => {
      try {
        tell(JSON.parse(m.data as string) as LiveEvent);
      } catch {
        // Not ours to understand.
      }
    };
    source.onerror = () => {
      source?.close();
      live.set("off");
      if (stopped) return;
      timer = window.setTimeout(() => {
        // An EventSource does not say why; the session does.
        void loadSession();
        open();
      }, wait);
      wait = Math.min(wait * 2, 30_000);
    };
  };
  open();
  return () => {
    stopped = true;
    clearTimeout(timer);
    source?.close();
    live.set("off");
  };
}

function tell(e: LiveEvent) {
  if (e.type === "hub") hubOnline.set(e.online);
  hearers.forEach((f) => f(e));
}

export function useLive(f: (e: LiveEvent) => void) {
  const last = useRef(f);
  last.current = f;
  useEffect(() => {
    const g = (e: LiveEvent) => last.current(e);
    hearers.add(g);
    return () => void hearers.delete(g);
  }, []);
}

// ---- what is said -----------------------------------------------------------

export const announcement = new Cell("");
export function announce(text: string) {
  // The same words twice are said twice.
  announcement.set(announcement.get() === text ? `${text}\u00a0` : text);
}

// ---- loading ----------------------------------------------------------------

export interface Loaded<T> {
  data: T | null;
  error: ApiError | null;
  loading: boolean;
  reload: () => void;
  set: (data: T) => void;
}

/** What is at ${path}; loaded anew when the path changes or on reload(). */
export function useLoad<T>(path: string | null): Loaded<T> {
  const [state, setState] = useState<{ path: string | null; data: T | null; error: ApiError | null; loading: boolean }>(
    {
      path,
      data: null,
      error: null,
      loading: true,
    },
  );
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (path === null) return;
    const stop = new AbortController();
    setState((s) => ({ path, data: s.path === path ? s.data : null, error: null, loading: true }));
    get<T>(path, stop.signal).then(
      (data) => {
        if (!stop.signal.aborted) setState({ path, data, error: null, loading: false });
      },
      (e: unknown) => {
        if (!stop.signal.aborted)
          setState((s) => ({
            ...s,
            error: e instanceof ApiError ? e : new ApiError(0, "offline", ""),
            loading: false,
          }));
      },
    );
    return () => stop.abort();
  }, [path, turn]);
  const fresh = state.path === path;
  return {
    data: fresh ? state.data : null,
    error: fresh ? state.error : null,
    loading: !fresh || state.loading,
    reload: () => setTurn((n) => n + 1),
    set: (data) => setState({ path, data, error: null, loading: false }),
  };
}

// ---- policy -----------------------------------------------------------------

export const policy = new Cell<Policy | null>(null);

export function usePolicy(): Policy | null {
  const p = useCell(policy);
  useEffect(() => {
    if (!policy.get())
      get<Policy>("/policy").then(
        (x) => policy.set(x),
        () => {},
      );
  }, []);
  return p;
}

export function policyReason(code: string): PolicyReason | undefined {
  return policy.get()?.reasons.find((r) => r.code === code);
}

// ---- breaks -----------------------------------------------------------------

/** When the present stretch of work began; kept for this window only. */
export const workSince = new Cell(Date.now());
export const exposure = new Cell<number | null>(null);

/** The desk's sentence in this language; "" if there is none.  What stands in
 * it has its own direction. */
function problemText(e: ApiError): string {
  if (currentLanguage() === "en") return e.message;
  const args = Object.fromEntries(e.args.map((a, i) => [String(i + 1), `\u2068${a}\u2069`]));
  const said = word("problem", e.problem, args);
  return said === e.problem ? "" : said;
}

export function errorText(e: unknown): string {
  if (!(e instanceof ApiError)) return t("error.unexpected");
  switch (e.code) {
    case "offline":
      return t("error.offline");
    case "csrf":
      return t("error.csrf");
    case "limit":
      if (e.retry_after_s) return t("error.limit-wait", { n: e.retry_after_s });
      return problemText(e) || t("error.limit");
  }
  const said = problemText(e);
  if (said) return said;
  switch (e.code) {
    case "denied":
      return t("error.denied");
    case "not-found":
      return t("error.not-found");
    case "unavailable":
      return t("error.unavailable");
    case "too-large":
      return t("error.too-large");
    default:
      return e.message || t("error.unexpected");
  }
}
