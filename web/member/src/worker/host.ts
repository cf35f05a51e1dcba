// SPDX-License-Identifier: MIT
// What a host without a browser takes, which is how the engine is tested.
export { MemoryFiles } from "./files";
export { Hub } from "./hub";
export { Keeper } from "./keeper";
export { Media, work } from "./media";
export { OpfsFiles } from "./opfs";
export { Ended } from "./wasi";
