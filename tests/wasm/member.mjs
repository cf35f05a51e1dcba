// SPDX-License-Identifier: MIT
// member.mjs HOST.mjs ENGINE.wasm MEDIA.wasm ORIGIN PORT: a member of a page,
// without the page: methods come in and answers go out, a JSON object a line.  Files are in
// memory; the line to the hub says that it comes from ORIGIN, as a browser does.
import fs from "node:fs";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { starter } from "./hand.mjs";

const [host, file, decoders, origin, port] = process.argv.slice(2);
const { Hub, Keeper, Media, MemoryFiles } = await import(pathToFileURL(host).href);
const at = (url) => url.replace(/^(http|ws):\/\/[^/]*/, `$1://127.0.0.1:${port}`);
const say = (o) => process.stdout.write(JSON.stringify(o) + "\n");

const keeper = await Keeper.begin({
  module: await WebAssembly.compile(fs.readFileSync(file)),
  files: () => Promise.resolve(new MemoryFiles()),
  hub: () =>
    new Hub(
      origin,
      (url) => new WebSocket(at(url), { protocols: ["countersign.v1"], headers: { origin } }),
      (url, how) => fetch(at(url), { ...how, headers: { ...how.headers, origin } }),
    ),
  media: new Media(() => WebAssembly.compile(fs.readFileSync(decoders)), starter(host)),
  event: (json) => say({ event: JSON.parse(json) }),
  log: (line) => {
    process.stderr.write(line + "\n");
    // Here nobody takes files away: it ended itself.
    if (line.startsWith("an engine ended")) process.exit(1);
  },
  gone: () => process.exit(1),
});
say({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, take, put, get } = JSON.parse(line);
  const answer = (more) => say({ id, ...more });
  if (put !== undefined) answer({ give: keeper.put(Buffer.from(put, "base64")) });
  else if (get !== undefined) answer({ give: Buffer.from(keeper.get(get)).toString("base64") });
  else
    keeper.do(method, JSON.stringify(take ?? {})).then(
      (json) => answer({ ...JSON.parse(json), ms: performance.now() }),
      (e) => answer({ error: { code: "trap", sentence: String(e.stack) } }),
    );
}
process.exit(0);
