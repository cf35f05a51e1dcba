// SPDX-License-Identifier: MIT
// Where a page has to say so (Trusted Types), no text but these paths becomes
// the address of code.

interface TrustedTypes {
  createPolicy(
    name: string,
    how: { createScriptURL: (path: string) => string },
  ): { createScriptURL(path: string): string };
}

const CODE = /^(\/sw\.js|(\/p\/[0-9a-f]+)?\/worker\.js)$/;

function check(path: string): string {
  if (!CODE.test(path)) throw new Error("this is no code of ours");
  return path;
}

let policy: ReturnType<TrustedTypes["createPolicy"]> | undefined;

/** ${path} as what starts a worker. */
export function codeAt(path: string): string {
  // Only once it is needed: the program on one's own machine allows no policy.
  policy ??= (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy("countersign", {
    createScriptURL: check,
  });
  return policy?.createScriptURL(path) ?? check(path);
}
