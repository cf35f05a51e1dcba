// SPDX-License-Identifier: MIT
// Hashes of photos, made on this device: the photo module of the hub's page runs
// in a Worker of its own for each file, without imports, and is thrown away.
// Nothing is sent anywhere: the list is saved as a file.
const QUALITY_LEAST = 50; // CS_PDQ_QUALITY_MIN
const FILE_MOST = 64 << 20; // CS_PHOTO_SOURCE_FILE_MAX
const ANSWER_HASH = 16; // "CSPL" | version | u16 error | two u32 | quality
const TOO_LONG_MS = 60000;

// ---- in the Worker ---------------------------------------------------------

function look(module, file) {
  const x = new WebAssembly.Instance(module).exports;
  x._initialize();
  const put = (bytes) => {
    const at = x.alloc(bytes.length);
    if (at === 0) throw new Error("there is no memory");
    new Uint8Array(x.memory.buffer, at, bytes.length).set(bytes);
    return at;
  };
  const at = x.work(put(new TextEncoder().encode("look-hash\0")), put(file), file.length);
  if (at === 0) return undefined;
  const head = new DataView(x.memory.buffer);
  const answer = new DataView(x.memory.buffer, head.getUint32(at, true), head.getUint32(at + 4, true));
  if (answer.byteLength < ANSWER_HASH + 32 || answer.getUint16(5) !== 0) return undefined;
  const hash = new Uint8Array(answer.buffer, answer.byteOffset + ANSWER_HASH, 32);
  return {
    quality: answer.getUint8(15),
    hash: Array.from(hash, (b) => b.toString(16).padStart(2, "0")).join(""),
  };
}

function beWorker() {
  self.onmessage = ({ data }) => {
    let found;
    try {
      found = look(data.module, data.file);
    } catch {
      found = undefined;
    }
    self.postMessage({ found });
  };
}

// ---- on the page -----------------------------------------------------------

// The page that the hub serves says in which folder its code is.
async function loadModule() {
  const text = await (await fetch("/")).text();
  const engine = /<html[^>]* data-engine="?([^" >]+)/.exec(text)?.[1];
  if (engine === undefined) throw new Error("the hub serves no page");
  const answer = await fetch(engine.replace(/[^/]*$/, "media.wasm"));
  if (!answer.ok) throw new Error("there is no photo module");
  return WebAssembly.compile(await answer.arrayBuffer());
}

// Where pages come from, a text becomes a script only by a policy (Trusted
// Types): this one knows one address.
const SCRIPT = "/notices/photos.js";
const policy = globalThis.trustedTypes?.createPolicy("photos", { createScriptURL: () => SCRIPT });

function hashOf(module, file) {
  return new Promise((done) => {
    const worker = new Worker(policy ? policy.createScriptURL("") : SCRIPT, { type: "module" });
    const end = (found) => {
      clearTimeout(late);
      worker.terminate();
      done(found);
    };
    const late = setTimeout(() => end(undefined), TOO_LONG_MS);
    worker.onmessage = ({ data }) => end(data.found);
    worker.onerror = () => end(undefined);
    worker.postMessage({ module, file }, [file.buffer]);
  });
}

function element(parent, name, text = "") {
  const e = document.createElement(name);
  e.textContent = text;
  parent.append(e);
  return e;
}

// What a file is called may tell who is on it: it stays on the screen.
async function add(place, list, module, file) {
  const row = element(list, "li");
  element(row, "b", file.name).dir = "auto";
  const said = element(row, "span", ` ${place.dataset.working}`);
  const found =
    file.size <= FILE_MOST ? await hashOf(await module, new Uint8Array(await file.arrayBuffer())) : undefined;
  if (found === undefined) said.textContent = ` ${place.dataset.failed}`;
  else if (found.quality < QUALITY_LEAST) said.textContent = ` ${place.dataset.weak}`;
  else {
    said.textContent = "";
    element(row, "code", ` ${found.hash}`).dir = "ltr";
    return found.hash;
  }
  return undefined;
}

function bePage(place) {
  const label = element(place, "label");
  element(label, "b", place.dataset.pick);
  const input = element(label, "input");
  input.type = "file";
  input.accept = "image/*";
  input.multiple = true;
  const list = element(place, "ul");
  list.setAttribute("aria-live", "polite");
  const save = element(place, "a", place.dataset.hash);
  save.download = "hashes.txt";
  save.className = "save";
  save.hidden = true;
  const hashes = new Set();
  let module;
  input.onchange = async () => {
    const files = Array.from(input.files);
    input.value = "";
    module ??= loadModule();
    for (const file of files) {
      const hash = await add(place, list, module, file).catch(() => {
        module = undefined;
        list.lastChild.lastChild.textContent = ` ${place.dataset.failed}`;
      });
      if (hash !== undefined) hashes.add(hash);
    }
    if (hashes.size === 0) return;
    URL.revokeObjectURL(save.href);
    save.href = URL.createObjectURL(new Blob([`${[...hashes].join("\n")}\n`], { type: "text/plain" }));
    save.hidden = false;
  };
}

if (typeof document === "undefined") beWorker();
else bePage(document.getElementById("photos"));
