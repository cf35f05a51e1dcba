// SPDX-License-Identifier: MIT
// This program: where it comes from, what it is called by its hash, and whether
// another one waits.
import { moment, t } from "../../lang";
import { href } from "../../router";
import { workerPath } from "../../runtime/worker";
import { state } from "../../stores/engine";
import {
  loaderChanged,
  loaderHash,
  loaderSeen,
  lookForNewer,
  newer,
  releasedBy,
  running,
  takeNewer,
} from "../../stores/program";
import { Bar, CopyButton, Failed, Tell, useDoing } from "../parts/parts";

/** In groups, as people compare it. */
const grouped = (hash: string) => (hash.match(/.{8}/g) ?? []).join(" ");

function Newer() {
  const n = newer.value;
  const [busy, error, run] = useDoing();
  if (!n) return null;
  if (n.state === "refused")
    return (
      <Tell tone="bad" icon="warn" title={t("program.refused")}>
        <p>{t("program.refused-hint", { by: releasedBy.value })}</p>
        <p class="digits note">{grouped(n.id)}</p>
      </Tell>
    );
  return (
    <section class="card stack-l">
      <h2>{t(n.state === "ready" ? "program.ready" : "program.unsigned", { version: n.version })}</h2>
      <p class="note quiet">{t(n.state === "ready" ? "program.ready-hint" : "program.unsigned-hint")}</p>
      <p class="digits note">{grouped(n.id)}</p>
      <Failed error={error} />
      {n.state === "ready" ? (
        <button type="button" class="btn second" onClick={() => location.reload()}>
          {t("program.start-new")}
        </button>
      ) : (
        <button
          type="button"
          class="btn second"
          disabled={busy}
          onClick={() => void run(() => takeNewer(n.id, n.version))}
        >
          {t("program.take")}
        </button>
      )}
    </section>
  );
}

/** The page of a hub. */
function OfHub() {
  const r = running.value;
  const [busy, error, run] = useDoing();
  if (!r)
    return (
      <Tell tone="warn" icon="info" title={t("program.no-loader")}>
        <p>{t("program.no-loader-hint")}</p>
      </Tell>
    );
  return (
    <>
      {loaderChanged.value && (
        <Tell tone="warn" icon="warn" title={t("program.loader-changed")}>
          <p>{t("program.loader-changed-hint")}</p>
          <p class="digits note">{grouped(loaderChanged.value)}</p>
          <button type="button" class="btn second" onClick={loaderSeen}>
            {t("program.loader-seen")}
          </button>
        </Tell>
      )}
      <Newer />
      <section class="card stack-l">
        <h2>{t("program.version", { version: r.version })}</h2>
        <p class="note quiet">{t("program.since", { when: moment(r.taken) })}</p>
        <p class="note">{t("program.hash-hint")}</p>
        <p class="digits note" id="release">
          {grouped(r.id)}
        </p>
        <CopyButton text={r.id} />
        <p class="note quiet">
          {releasedBy.value ? t("program.signed", { by: releasedBy.value }) : t("program.not-signed")}
        </p>
        <Failed error={error} />
        <button type="button" class="btn plain" disabled={busy} onClick={() => void run(lookForNewer)}>
          {t("program.look")}
        </button>
      </section>
      <Tell tone="info" icon="shield" title={t("program.honest")}>
        <p>{t("program.honest-hint")}</p>
      </Tell>
    </>
  );
}

export function Program() {
  const s = state.value;
  const facts = [
    [t("program.hub"), s.hub],
    [t("program.key"), s.operator_key],
    [t("program.account"), s.account],
    [t("program.device"), s.device],
    ...(loaderHash.value ? [[t("program.loader"), loaderHash.value]] : []),
  ];
  return (
    <>
      <Bar title={t("program.title")} back={href("you")} />
      <main class="page" id="main">
        {workerPath() ? (
          <OfHub />
        ) : (
          <Tell tone="info" icon="shield-check" title={t("program.local")}>
            <p>{t("program.local-hint")}</p>
          </Tell>
        )}
        <section class="card">
          <dl class="facts">
            {facts.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd class="digits">
                  <bdi>{value}</bdi>
                </dd>
              </div>
            ))}
          </dl>
        </section>
      </main>
    </>
  );
}
