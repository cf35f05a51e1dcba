// SPDX-License-Identifier: MIT
// In a Worker: what a home's folder has becomes the engine's files.
import { OpfsFiles } from "../../web/member/src/worker/opfs";

const PIECE = 1 << 20;

onmessage = async ({ data }) => {
  const files = await OpfsFiles.open();
  for (const from of data) {
    const file = files.create(`home/${from.name}`);
    for (let at = 0; at < from.size; at += PIECE)
      file.write(new Uint8Array(await from.slice(at, at + PIECE).arrayBuffer()), at);
    file.flush();
  }
  files.shut();
  postMessage("filled");
};
