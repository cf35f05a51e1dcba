// SPDX-License-Identifier: MIT
// What the browser is asked for, and what it said.
import { useEffect } from "preact/hooks";
import { t } from "../../lang";
import { workerPath } from "../../runtime/worker";
import {
  askToPersist,
  installable,
  installed,
  letSleep,
  lookPersisted,
  lookWaking,
  persisted,
  platform,
  wake,
  waking,
} from "../../stores/device";
import { Failed, Tell, useDoing } from "../parts/parts";

/** How the page becomes a program of this device. */
export function Install({ early }: { early?: boolean }) {
  const [busy, error, run] = useDoing();
  if (!workerPath() || installed()) return null;
  const on = platform();
  if (on === "ios")
    return (
      <Tell tone={early ? "warn" : "info"} icon="device" title={t("install.ios")}>
        <p>{t(early ? "install.ios-early" : "install.ios-hint")}</p>
      </Tell>
    );
  if (!installable.value) return null;
  return (
    <Tell tone="info" icon="device" title={t("install.title")}>
      <p>{t("install.hint")}</p>
      <Failed error={error} />
      <button
        type="button"
        class="btn second"
        disabled={busy}
        onClick={() => void run(async () => installable.value?.prompt())}
      >
        {t("install.do")}
      </button>
    </Tell>
  );
}

/** Whether the browser keeps what is here. */
export function Kept() {
  const [busy, error, run] = useDoing();
  useEffect(() => void lookPersisted(), []);
  if (persisted.value === null) return null;
  return (
    <section class="card stack-l">
      <h2>{t("kept.title")}</h2>
      <Tell tone={persisted.value ? "good" : "warn"} icon={persisted.value ? "check" : "info"}>
        <p>{t(persisted.value ? "kept.yes" : "kept.no")}</p>
      </Tell>
      <Failed error={error} />
      {!persisted.value && (
        <button type="button" class="btn second" disabled={busy} onClick={() => void run(askToPersist)}>
          {t("kept.ask")}
        </button>
      )}
    </section>
  );
}

/** Notifications: what they say, and to whom that something came. */
export function Wake() {
  const [busy, error, run] = useDoing();
  useEffect(() => void lookWaking(), []);
  if (!workerPath() || waking.value === "none") return null;
  const on = waking.value === "on";
  return (
    <section class="card stack-l">
      <h2>{t("wake.title")}</h2>
      <p class="note quiet">{t("wake.hint")}</p>
      {waking.value === "denied" && (
        <Tell tone="info" icon="info">
          <p>{t("wake.denied")}</p>
        </Tell>
      )}
      <Failed error={error} />
      {waking.value !== "denied" && (
        <button type="button" class="btn second" disabled={busy} onClick={() => void run(on ? letSleep : wake)}>
          {t(on ? "wake.off" : "wake.on")}
        </button>
      )}
    </section>
  );
}
