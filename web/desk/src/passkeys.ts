// SPDX-License-Identifier: MIT
// Passkeys: what the browser is asked for, and what it brings, as bytes.
import { ApiError, post } from "./api";
import { t } from "./lang";
import type { PasskeyAsked, PasskeyPage, PasskeyWanted, Session } from "./types";

/** Why there can be no passkeys here; null where there can. */
export function obstacle(): "address" | "browser" | null {
  if (/^[\d.]+$|^\[/.test(location.hostname)) return "address";
  return window.isSecureContext && "PublicKeyCredential" in window ? null : "browser";
}

/** The same console under a name, where it has one that we know. */
export function named(): string | null {
  return location.hostname.startsWith("127.") ? `${location.protocol}//localhost:${location.port}/` : null;
}

function bytes(base64url: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64url.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
}

function text(b: ArrayBuffer | null): string {
  const s = String.fromCharCode(...new Uint8Array(b ?? new ArrayBuffer(0)));
  return btoa(s).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** What a browser refuses it hardly explains: whoever sits there knows. */
async function ask<T>(f: () => Promise<Credential | null>): Promise<{ made: PublicKeyCredential; response: T }> {
  let made: Credential | null;
  try {
    made = await f();
  } catch (e) {
    const there = e instanceof DOMException && e.name === "InvalidStateError";
    throw new ApiError(0, "passkey", t(there ? "passkeys.there" : "passkeys.none-given"));
  }
  if (!(made instanceof PublicKeyCredential)) throw new ApiError(0, "passkey", t("passkeys.none-given"));
  return { made, response: made.response as T };
}

/** Makes one, for whoever has given the password again. */
export async function addPasskey(password: string, name: string): Promise<PasskeyPage> {
  const asked = await post<PasskeyWanted>("/passkeys/challenge", { password });
  const { response } = await ask<AuthenticatorAttestationResponse>(() =>
    navigator.credentials.create({
      publicKey: {
        challenge: bytes(asked.challenge),
        rp: { id: asked.rp_id, name: t("shell.brand") },
        user: { id: bytes(asked.handle), name: asked.name, displayName: asked.name },
        // ES256 and EdDSA: what the desk verifies.
        pubKeyCredParams: [-7, -8].map((alg) => ({ type: "public-key", alg })),
        authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
        excludeCredentials: asked.items.map((p) => ({ type: "public-key", id: bytes(p.credential) })),
        attestation: "none",
        timeout: asked.timeout_ms,
      },
    }),
  );
  return post<PasskeyPage>("/passkeys", {
    challenge: asked.challenge,
    name,
    client_data: text(response.clientDataJSON),
    attestation: text(response.attestationObject),
  });
}

async function use(path: string): Promise<Session> {
  const asked = await post<PasskeyAsked>(`${path}/challenge`);
  const { made, response } = await ask<AuthenticatorAssertionResponse>(() =>
    navigator.credentials.get({
      publicKey: {
        challenge: bytes(asked.challenge),
        rpId: asked.rp_id,
        userVerification: "required",
        timeout: asked.timeout_ms,
      },
    }),
  );
  return post<Session>(path, {
    challenge: asked.challenge,
    id: text(made.rawId),
    handle: text(response.userHandle),
    client_data: text(response.clientDataJSON),
    data: text(response.authenticatorData),
    signature: text(response.signature),
  });
}

export const signInByPasskey = () => use("/session/passkey");
export const unlockByPasskey = () => use("/session/unlock/passkey");
