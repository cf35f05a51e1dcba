// SPDX-License-Identifier: MIT
// Before the Worker's script, where WebKitGTK has no file that can be written at
// once (until 2.50; WebKit's bug 231818): such files in memory, of which each
// flush is written to IndexedDB a moment later.  Enough for a story, and not to
// be killed in.
{
  const STORE = "files";
  const database = new Promise((done, fail) => {
    const asked = indexedDB.open("files-instead");
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error);
  });
  const within = async (mode, f) => {
    const store = (await database).transaction(STORE, mode).objectStore(STORE);
    return new Promise((done, fail) => {
      const asked = f(store);
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => fail(asked.error);
    });
  };

  class Handle {
    constructor(name, bytes) {
      this.name = name;
      this.bytes = bytes;
    }
    read(into, { at }) {
      const part = this.bytes.subarray(at, at + into.length);
      into.set(part);
      return part.length;
    }
    write(from, { at }) {
      if (at + from.length > this.bytes.length) this.truncate(at + from.length);
      this.bytes.set(from, at);
      return from.length;
    }
    getSize() {
      return this.bytes.length;
    }
    truncate(size) {
      const next = new Uint8Array(size);
      next.set(this.bytes.subarray(0, size));
      this.bytes = next;
    }
    flush() {
      void within("readwrite", (store) => store.put(this.bytes.slice(), this.name));
    }
    close() {}
  }

  const { prototype } = FileSystemFileHandle;
  const own = prototype.createSyncAccessHandle;
  /** One of its own is left taken for good, so the engine's are not tried. */
  const lacking = (async () => {
    if (!own) return true;
    const top = await navigator.storage.getDirectory();
    const tried = await top.getFileHandle(`tried-${crypto.randomUUID()}`, { create: true });
    try {
      (await own.call(tried)).close();
      return false;
    } catch (e) {
      if (e.name !== "NotSupportedError") throw e;
      console.info("files instead");
      return true;
    }
  })();
  prototype.createSyncAccessHandle = async function () {
    if (!(await lacking)) return own.call(this);
    return new Handle(this.name, (await within("readonly", (store) => store.get(this.name))) ?? new Uint8Array(0));
  };
}
