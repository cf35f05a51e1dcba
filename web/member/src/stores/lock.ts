// SPDX-License-Identifier: MIT
// Locking: by a passkey, whose secret (WebAuthn's PRF) takes the place of a
// passphrase, and by itself after a while.
import { base64url, bytesOf } from "../base64";
import { ask } from "../runtime/runtime";
import { t } from "../lang";
import { choice, keepChoice } from "./choices";
import { act, refreshState, state } from "./engine";

const LABEL = new TextEncoder().encode("countersign/page-lock/v1");
const ALGORITHMS = [-8, -7, -257]; // Ed25519, P-256, RSA: what signs is not looked at

/** A browser asks for passkeys on names, and not on numbers. */
export const canPasskey = () => "PublicKeyCredential" in window && !/^[\d.:[\]]+$/.test(location.hostname);
export const hasPasskey = () => choice("passkey") !== "";

function secretOf(made: Credential | null): string {
  const { prf } = (made as PublicKeyCredential).getClientExtensionResults();
  const first = prf?.results?.first;
  return first ? base64url(first as ArrayBuffer) : "";
}

/** The secret of the passkey that was made here. */
export async function passkeySecret(): Promise<string> {
  const got = await navigator.credentials.get({
    publicKey: {
      challenge: crypto.getRandomValues(new Uint8Array(32)),
      allowCredentials: [{ type: "public-key", id: bytesOf(choice("passkey")) }],
      userVerification: "required",
      extensions: { prf: { eval: { first: LABEL } } },
    },
  });
  const secret = secretOf(got);
  if (!secret) throw new Error(t("passkey.cannot"));
  return secret;
}

/** Lock what is here with a new passkey. */
export async function lockWithPasskey() {
  const name = state.value.name ?? "";
  const made = await navigator.credentials.create({
    publicKey: {
      rp: { name: "Countersign" },
      user: { id: crypto.getRandomValues(new Uint8Array(16)), name, displayName: name },
      challenge: crypto.getRandomValues(new Uint8Array(32)),
      pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: "public-key", alg })),
      authenticatorSelection: { userVerification: "required" },
      extensions: { prf: { eval: { first: LABEL } } },
    },
  });
  if (!(made as PublicKeyCredential).getClientExtensionResults().prf?.enabled) throw new Error(t("passkey.cannot"));
  const before = choice("passkey");
  keepChoice("passkey", base64url((made as PublicKeyCredential).rawId));
  try {
    await act(ask("passphrase", { passphrase: secretOf(made) || (await passkeySecret()) }));
  } catch (e) {
    keepChoice("passkey", before);
    throw e;
  }
}

/** Another passphrase, or none: the passkey opens nothing any more. */
export async function lockWith(passphrase: string) {
  await act(ask("passphrase", passphrase ? { passphrase } : {}));
  keepChoice("passkey", "");
}

export async function lockNow() {
  await ask("lock");
  await refreshState();
}

// ---- by itself

export const MINUTES = [0, 1, 5, 15, 60];

/** Lock once nobody has looked, or moved a hand, for as long as was chosen. */
export function lockByItself() {
  let since = Date.now();
  const minutes = () => Number(choice("autolock")) || 0;
  const look = () => {
    if (minutes() && state.value.phase === "open" && state.value.locks && Date.now() - since >= minutes() * 60_000)
      void lockNow().catch(() => undefined);
  };
  for (const name of ["pointerdown", "keydown"])
    addEventListener(name, () => {
      look(); // a timer may have slept as long as the device
      since = Date.now();
    });
  document.addEventListener("visibilitychange", look);
  setInterval(look, 10_000);
}
