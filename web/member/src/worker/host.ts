// SPDX-License-Identifier: MIT
// What a host without a browser takes, which is how the engine is tested.
export { Engine } from "./engine";
export { MemoryFiles } from "./files";
export { Hub } from "./hub";
export { Media, work } from "./media";
