// SPDX-License-Identifier: MIT
// The engine in a Worker of this browser.
import type { Done, ToDo } from "../worker/media";
import { MEDIA_NAME } from "../worker/media";
import type { FromWorker, ToWorker } from "../worker/talk";
import type { Methods } from "./methods";
import type { Happened, Runtime, Why } from "./runtime";
import { EngineError } from "./runtime";
import { codeAt } from "./trusted";

interface Waiting {
  done: (answer: string | ArrayBuffer) => void;
  fail: (e: Error) => void;
}
interface Answer {
  give?: unknown;
  error?: { code: string; sentence: string };
}
// To leave out the number that is given here, of each kind by itself.
type Asked<T> = T extends { id: number } ? Omit<T, "id"> : never;

/** The page says in which file of its release the engine begins. */
export const workerPath = () => document.documentElement.dataset.engine ?? "";

export class InWorker implements Runtime {
  onEvent: (e: Happened) => void = () => undefined;
  onGone: (why: Why) => void = () => undefined;
  /** After "elsewhere": the other window is closed, and this one has it. */
  onReady: () => void = () => undefined;
  private waiting = new Map<number, Waiting>();
  private last = 0;
  /** Workers for one file each, by the engine's numbers for them. */
  private hands = new Map<number, Worker>();
  private begun: ((how: "ready" | "elsewhere" | "gone") => void) | undefined;

  constructor(private worker = new Worker(codeAt(workerPath()))) {
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.take(data);
    worker.onerror = (e) => {
      console.warn("the engine:", e.message);
      this.leave();
    };
  }

  /** "elsewhere": another window has it, and onReady() follows once it does not;
   * "gone": it does not start. */
  begin(): Promise<"ready" | "elsewhere" | "gone"> {
    return new Promise((done) => {
      this.begun = done;
      this.say({ say: "begin" });
    });
  }

  private say(message: ToWorker, transfer: Transferable[] = []) {
    this.worker.postMessage(message, transfer);
  }

  private ask(message: Asked<ToWorker>, transfer: Transferable[] = []): Promise<string | ArrayBuffer> {
    const id = ++this.last;
    return new Promise((done, fail) => {
      this.waiting.set(id, { done, fail });
      this.say({ ...message, id }, transfer);
    });
  }

  private startHand(number: number, todo: ToDo) {
    const hand = new Worker(codeAt(workerPath()), { name: MEDIA_NAME });
    this.hands.set(number, hand);
    // What took a file apart may say anything.
    hand.onmessage = ({ data }: MessageEvent<Done | null>) => {
      const answer = data?.answer instanceof Uint8Array ? data.answer : undefined;
      this.say({ say: "made", hand: number, done: { answer } }, answer ? [answer.buffer as ArrayBuffer] : []);
    };
    hand.onerror = () => this.say({ say: "made", hand: number });
    hand.postMessage(todo, [todo.file.buffer as ArrayBuffer]);
  }
  private endHand(number: number) {
    this.hands.get(number)?.terminate();
    this.hands.delete(number);
  }

  private leave(why: Why = "closed") {
    this.waiting.forEach((w) => w.fail(new EngineError("closed", "")));
    this.waiting.clear();
    [...this.hands.keys()].forEach((hand) => this.endHand(hand));
    this.onGone(why);
    this.begun?.("gone");
  }

  private take(said: FromWorker) {
    switch (said.say) {
      case "ready":
      case "elsewhere":
        if (this.begun) this.begun(said.say);
        else if (said.say === "ready") this.onReady();
        this.begun = undefined;
        break;
      case "gone":
        console.warn("the engine:", said.why);
        this.leave(said.lack);
        break;
      case "event":
        this.onEvent(JSON.parse(said.json) as Happened);
        break;
      case "done":
      case "file":
        this.waiting.get(said.id)?.done(said.say === "done" ? said.answer : said.bytes);
        this.waiting.delete(said.id);
        break;
      case "hand":
        this.startHand(said.hand, said.todo);
        break;
      case "let-go":
        this.endHand(said.hand);
        break;
      case "failed":
        this.waiting.get(said.id)?.fail(new EngineError("engine", ""));
        this.waiting.delete(said.id);
        break;
    }
  }

  async do<M extends keyof Methods>(method: M, take: Methods[M]["take"]): Promise<Methods[M]["give"]> {
    const said = JSON.parse((await this.ask({ say: "do", method, take: JSON.stringify(take) })) as string) as Answer;
    if (said.error) throw new EngineError(said.error.code, said.error.sentence);
    return said.give as Methods[M]["give"];
  }

  async put(file: Blob): Promise<string> {
    const bytes = await file.arrayBuffer();
    return (await this.ask({ say: "put", bytes }, [bytes])) as string;
  }

  async get(name: string): Promise<Blob> {
    return new Blob([await this.ask({ say: "get", name })]);
  }
}
