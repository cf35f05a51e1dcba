// SPDX-License-Identifier: MIT
// The one place that talks to the desk.
import type { Refused } from "./types";

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly by = "",
    readonly at_ms = 0,
    readonly retry_after_s = 0,
    /** Which sentence ${message} is, and what stands in it. */
    readonly problem = "",
    readonly args: string[] = [],
  ) {
    super(message);
  }
}

const BASE = "/api/v1";
let csrf = "";
let onEnd: (code: "signed-out" | "locked") => void = () => {};

export function setCsrf(token: string) {
  csrf = token;
}

/** Called when an answer says that the session is over or locked. */
export function onSessionEnd(f: typeof onEnd) {
  onEnd = f;
}

async function failure(r: Response): Promise<ApiError> {
  try {
    const e = ((await r.json()) as Refused).error;
    return new ApiError(
      r.status,
      e.code,
      e.message,
      e.by ?? "",
      e.at_ms ?? 0,
      e.retry_after_s ?? Number(r.headers.get("Retry-After") ?? 0),
      e.problem,
      e.args,
    );
  } catch {
    return new ApiError(r.status, "unavailable", "");
  }
}

async function send(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = {};
  const init: RequestInit = { method, headers, credentials: "same-origin", cache: "no-store", signal };
  if (method !== "GET") {
    headers["X-CSRF-Token"] = csrf;
    headers["Content-Type"] = typeof body === "string" ? "text/plain" : "application/json";
    init.body = typeof body === "string" ? body : JSON.stringify(body ?? {});
  }
  let r: Response;
  try {
    r = await fetch(BASE + path, init);
  } catch (e) {
    if (signal?.aborted) throw e;
    throw new ApiError(0, "offline", "");
  }
  if (r.ok) return r;
  const e = await failure(r);
  // A wrong password is an answer to the form, not the end of a session.
  if ((e.code === "signed-out" || e.code === "locked") && !path.startsWith("/session") && !path.startsWith("/welcome"))
    onEnd(e.code);
  throw e;
}

async function json<T>(r: Response): Promise<T> {
  const text = await r.text();
  return (text ? JSON.parse(text) : {}) as T;
}

export const get = async <T>(path: string, signal?: AbortSignal) => json<T>(await send("GET", path, undefined, signal));
export const post = async <T>(path: string, body?: unknown) => json<T>(await send("POST", path, body));
export const put = async <T>(path: string, body?: unknown) => json<T>(await send("PUT", path, body));
export const del = async <T>(path: string) => json<T>(await send("DELETE", path));

/** Bytes, for a picture. */
export const picture = async (path: string, signal?: AbortSignal) =>
  (await send("GET", path, undefined, signal)).blob();

/** A file that the desk makes; the browser keeps it. */
export async function download(method: "GET" | "POST", path: string, body: unknown, fallback: string) {
  const r = await send(method, path, body);
  const named = /filename="?([^";]+)"?/.exec(r.headers.get("Content-Disposition") ?? "");
  const url = URL.createObjectURL(await r.blob());
  const a = document.createElement("a");
  a.href = url;
  a.download = named?.[1] ?? fallback;
  document.body.append(a);
  a.click();
  a.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Fields that are set, as a query. */
export function query(fields: Record<string, string | number | undefined | null>): string {
  const q = new URLSearchParams();
  for (const [k, v] of Object.entries(fields)) if (v !== undefined && v !== null && v !== "") q.set(k, String(v));
  const s = q.toString();
  return s ? `?${s}` : "";
}
