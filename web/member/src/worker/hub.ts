// SPDX-License-Identifier: MIT
// The line to the hub: frames over a WebSocket, blobs over HTTP.
//
// A page asks the server that it came from, whatever address a link names: the
// policy of the page lets it reach no other, and the engine sees by the
// operator's key whether that is the hub that was meant.

export const CLOSED = -1;
export const TIMEOUT = -2;

/** What a page has of WebSocket. */
export type Socket = Pick<
  WebSocket,
  "binaryType" | "close" | "onclose" | "onerror" | "onmessage" | "onopen" | "readyState" | "send"
>;

export interface Transfer {
  put: boolean;
  path: string;
  token: string;
  offset: number;
  total: number;
  body: Uint8Array;
  timeoutMs: number;
}

const SLOWEST = 4096; // bytes a second of an upload that is let go on
const OPEN = 1;

/** ${origin}: of the page, such as "https://chat.example.org". */
export class Hub {
  private socket: Socket | null = null;
  private frames: Uint8Array[] = [];
  private wake: (() => void) | null = null;
  private interrupted = false;

  constructor(
    readonly origin: string,
    private connect: (url: string) => Socket = (url) => new WebSocket(url, "countersign.v1"),
    private get: typeof fetch = (...args) => fetch(...args),
  ) {}

  private stir() {
    this.wake?.();
    this.wake = null;
  }

  /** Wait until it is ready: 0, or TIMEOUT. */
  private async until(ready: () => boolean, ms: number): Promise<number> {
    const end = performance.now() + ms;
    while (!ready()) {
      const left = end - performance.now();
      if (left <= 0 || this.interrupted) return TIMEOUT;
      await new Promise<void>((done) => {
        const timer = setTimeout(done, left);
        this.wake = () => {
          clearTimeout(timer);
          done();
        };
      });
    }
    return 0;
  }

  async open(timeoutMs: number): Promise<number> {
    this.close();
    const socket = this.connect(this.origin.replace(/^http/, "ws") + "/ws");
    let gone = false;
    const leave = () => {
      gone = true;
      if (this.socket === socket) this.socket = null;
      this.stir();
    };
    this.frames = [];
    this.interrupted = false;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.stir();
    socket.onmessage = (e: MessageEvent) => {
      // Text is nothing that a hub says.
      if (!(e.data instanceof ArrayBuffer)) socket.close();
      else if (this.socket === socket) this.frames.push(new Uint8Array(e.data));
      this.stir();
    };
    socket.onclose = leave;
    socket.onerror = leave;
    this.socket = socket;
    const late = await this.until(() => gone || socket.readyState === OPEN, timeoutMs);
    if (!late && !gone) return 0;
    this.close();
    return gone ? CLOSED : TIMEOUT;
  }

  close() {
    this.socket?.close();
    this.socket = null;
    this.frames = [];
    this.stir();
  }

  send(frame: Uint8Array): number {
    if (this.socket?.readyState !== OPEN) return CLOSED;
    this.interrupted = false; // an answer will be waited for
    this.socket.send(frame.slice());
    return 0;
  }

  /** The length of the next frame. */
  async recv(timeoutMs: number): Promise<number> {
    const late = await this.until(() => this.frames.length > 0 || !this.socket, timeoutMs);
    this.interrupted = false;
    return late || (this.frames.length ? this.frames[0].length : CLOSED);
  }
  take(): Uint8Array {
    return this.frames.shift() ?? new Uint8Array();
  }

  /** Let recv(), which waits for no more than news, end. */
  interrupt() {
    this.interrupted = true;
    this.stir();
  }

  /** A status, or a number below zero; what came. */
  async transfer(t: Transfer): Promise<{ status: number; body: Uint8Array }> {
    const none = new Uint8Array();
    const stop = new AbortController();
    const headers: Record<string, string> = t.token ? { Authorization: `Bearer ${t.token}` } : {};
    const last = t.offset + t.body.length - 1;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const patience = (ms: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => stop.abort(), ms);
    };
    if (t.put) headers["Content-Range"] = `bytes ${t.offset}-${last}/${t.total}`;
    else if (t.offset) headers["Range"] = `bytes=${t.offset}-`;
    patience(t.timeoutMs + (t.body.length / SLOWEST) * 1000);
    try {
      const answer = await this.get(this.origin + t.path, {
        method: t.put ? "PUT" : "GET",
        headers,
        body: t.put ? t.body.slice() : undefined,
        cache: "no-store",
        credentials: "omit",
        redirect: "error",
        signal: stop.signal,
      });
      if (t.put || !answer.body) return { status: answer.status, body: none };
      return { status: answer.status, body: await this.whole(answer.body, t, () => patience(t.timeoutMs)) };
    } catch {
      return { status: stop.signal.aborted ? TIMEOUT : CLOSED, body: none };
    } finally {
      clearTimeout(timer);
    }
  }

  /** All that comes. */
  private async whole(stream: ReadableStream<Uint8Array>, t: Transfer, moved: () => void): Promise<Uint8Array> {
    const reader = stream.getReader();
    const parts: Uint8Array[] = [];
    let size = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      moved();
      size += value.length;
      if (size > t.total - t.offset && t.total) break; // the engine says so
      parts.push(value);
    }
    const body = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
    parts.reduce((at, p) => (body.set(p, at), at + p.length), 0);
    return body;
  }
}
