// SPDX-License-Identifier: MIT
// Keeps an engine going over files that a browser may take away.
//
// An engine whose files failed, or that ended itself, is let go of, with all
// that it has in memory: what counts is what is in the files.  They are opened
// again, and another engine begins with them.
import { Engine, NotBegun } from "./engine";
import type { KeptFiles } from "./files";
import { MemoryFiles, takeFile, TwoPlaces, writeFile } from "./files";
import type { Hub } from "./hub";
import type { Media } from "./media";

const OPENS = ["open", "join", "recover", "join_device"];
const CLOSES = ["lock", "wipe"];
const MOST = 30; // engines that end
const WITHIN_MS = 60000;
const EXCHANGE = "exchange/";
const NAME_RANDOM = 8;

export interface KeeperConfig {
  module: WebAssembly.Module;
  files: () => Promise<KeptFiles>;
  hub: () => Hub;
  media: Media;
  event: (json: string) => void;
  log: (line: string) => void;
  /** There is no engine any more. */
  gone: (why: Error) => void;
}

export class Keeper {
  private engine!: Engine;
  private files!: KeptFiles;
  /** What a person chose to send, or saved, is in memory only. */
  private exchange = new MemoryFiles();
  private again: Promise<void> | null = null;
  private ended: number[] = [];
  private due = false; // an engine has ended, and there is no other yet
  private over = false;
  private wasOpen = false;

  private constructor(private config: KeeperConfig) {}

  static async begin(config: KeeperConfig): Promise<Keeper> {
    const keeper = new Keeper(config);
    await keeper.start();
    return keeper;
  }

  private async start() {
    const files = (this.files = await this.config.files());
    this.engine = await Engine.start({
      module: this.config.module,
      files: new TwoPlaces(EXCHANGE, this.exchange, files),
      hub: this.config.hub(),
      media: this.config.media,
      event: this.config.event,
      log: this.config.log,
      between: async () => {
        if (files.look()) await files.spare();
        if (files.broken) throw new Error("the files are not there any more");
      },
      alive: () => !files.broken,
      ended: (why) => this.restart(why),
    });
  }

  private restart(why: Error) {
    this.config.log(`an engine ended: ${why.message}`);
    this.due = true;
    this.again ??= this.anew().then(
      () => {
        this.again = null;
      },
      (e: unknown) => {
        this.over = true;
        this.config.gone(e as Error);
      },
    );
  }

  /** All is as it was, but for a passphrase, which is asked for again.  An engine
   * may end while it begins. */
  private async anew() {
    while (this.due) {
      const now = performance.now();
      this.due = false;
      this.files.shut();
      this.ended = [...this.ended.filter((then) => now - then < WITHIN_MS), now];
      if (this.ended.length > MOST) throw new Error("engines end again and again");
      await this.start();
      if (this.wasOpen) await this.engine.do("open", "{}").catch(() => undefined);
    }
    this.config.event('{"event":"state"}');
  }

  /** As Engine.do().  What was not begun when an engine ended, and what only
   * reads, is asked of the next; of what was begun nobody knows how far it came. */
  async do(method: string, take: string): Promise<string> {
    for (;;) {
      if (this.again) await this.again;
      const { engine } = this;
      try {
        const answer = await engine.do(method, take);
        this.note(method, answer);
        return answer;
      } catch (e) {
        const next = this.again !== null || engine !== this.engine;
        if (!(e instanceof NotBegun) || this.over || !next) throw e;
      }
    }
  }

  private note(method: string, answer: string) {
    if (answer.startsWith('{"error"')) return;
    if (OPENS.includes(method)) this.wasOpen = true;
    if (CLOSES.includes(method)) this.wasOpen = false;
  }

  // ---- files that methods take and leave

  put(bytes: Uint8Array): string {
    const random = crypto.getRandomValues(new Uint8Array(NAME_RANDOM));
    const name = "put-" + Array.from(random, (b) => b.toString(16).padStart(2, "0")).join("");
    writeFile(this.exchange, EXCHANGE + name, bytes);
    return name;
  }
  get(name: string): Uint8Array | undefined {
    return /^[a-z0-9-]+$/.test(name) ? takeFile(this.exchange, EXCHANGE + name) : undefined;
  }
}
