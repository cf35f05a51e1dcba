// SPDX-License-Identifier: MIT
// A photo is looked at in steps that are asked for, one key each: nothing,
// grey and blurred, small, full.  Escape, or another window, hides it at once.
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, get, picture } from "../api";
import { useKeys } from "../keys";
import { bytes, t, word } from "../lang";
import { href } from "../router";
import { announce, errorText, exposure, may, session, useCell } from "../store";
import type { Media, Session } from "../types";
import { CaseLink, Count, Dialog, Icon, Sign } from "../ui";

export type Level = "blur" | "small" | "full";

function levelWord(level: Level | null): string {
  if (level === "blur") return t("photo.is-blurred");
  if (level === "small") return t("photo.is-small");
  if (level === "full") return t("photo.is-full");
  return t("photo.is-hidden");
}

export function PhotoViewer({ media, onClose }: { media: Media; onClose: () => void }) {
  const [level, setLevel] = useState<Level | null>(null);
  const [url, setUrl] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const held = useRef("");
  const wanted = useRef<AbortController | null>(null);
  const s = useCell(session);
  const seen = useCell(exposure) ?? s?.person.exposure_today ?? 0;
  const limit = s?.person.daily_limit ?? 0;

  const drop = () => {
    wanted.current?.abort();
    if (held.current) URL.revokeObjectURL(held.current);
    held.current = "";
  };
  const hide = () => {
    drop();
    setUrl("");
    setLevel(null);
    announce(t("photo.is-hidden"));
  };
  async function show(to: Level) {
    if (to !== "blur" && !may.reveal()) return;
    drop();
    const stop = new AbortController();
    wanted.current = stop;
    setBusy(true);
    setError(null);
    try {
      const blob = await picture(`/media/${media.id}/picture?level=${to}`, stop.signal);
      if (stop.signal.aborted) return;
      held.current = URL.createObjectURL(blob);
      setUrl(held.current);
      setLevel(to);
      announce(levelWord(to));
      if (to !== "blur") {
        const fresh = await get<Session>("/session");
        exposure.set(fresh.person.exposure_today);
      }
    } catch (e) {
      if (stop.signal.aborted) return;
      setUrl("");
      setLevel(null);
      setError(e);
    } finally {
      if (wanted.current === stop) setBusy(false);
    }
  }
  useEffect(() => {
    const away = () => document.hidden && hide();
    document.addEventListener("visibilitychange", away);
    void show("blur");
    return () => {
      document.removeEventListener("visibilitychange", away);
      drop();
    };
  }, []);
  useKeys([
    { key: "v", does: t("keys.photo"), run: () => void show("blur"), inDialog: true },
    ...(may.reveal()
      ? [
          { key: "r", does: t("keys.reveal"), run: () => void show("small"), inDialog: true },
          { key: "f", does: t("keys.full"), run: () => void show("full"), inDialog: true },
        ]
      : []),
    { key: "h", does: t("keys.hide"), run: hide, inDialog: true },
  ]);
  const limited = error instanceof ApiError && error.code === "limit";
  return (
    <Dialog title={t("photo.title")} onClose={onClose} class="viewer">
      <p class="row">
        <span>{levelWord(level)}</span>
        <Count label={t("photo.today")} n={seen} />
        {limit > 0 && <Count label={t("photo.limit")} n={limit} />}
      </p>
      {media.decided && (
        <Sign tone="good" icon="check">
          {t("photo.decided")}
        </Sign>
      )}
      {error ? (
        <div class="notice bad" role="alert">
          <Icon name={limited ? "clock" : "cross"} />{" "}
          <span>{limited ? t("photo.limit-reached") : photoError(error)}</span>
        </div>
      ) : null}
      <div class={`stage ${level ?? "none"}`} data-level={level ?? "none"}>
        {url ? (
          <img src={url} alt={levelWord(level)} draggable={false} />
        ) : (
          <p class="quiet">{busy ? t("state.loading") : t("photo.nothing")}</p>
        )}
      </div>
      <div class="buttons">
        <button type="button" onClick={() => void show("blur")} aria-pressed={level === "blur"} disabled={busy}>
          {t("photo.blur")} <kbd>v</kbd>
        </button>
        {may.reveal() && (
          <>
            <button type="button" onClick={() => void show("small")} aria-pressed={level === "small"} disabled={busy}>
              {t("photo.reveal")} <kbd>r</kbd>
            </button>
            <button type="button" onClick={() => void show("full")} aria-pressed={level === "full"} disabled={busy}>
              {t("photo.full")} <kbd>f</kbd>
            </button>
          </>
        )}
        <button type="button" onClick={onClose} autofocus>
          {t("photo.hide")} <kbd>Esc</kbd>
        </button>
      </div>
      <p class="hint">{t("photo.written-down")}</p>
    </Dialog>
  );
}

function photoError(e: unknown): string {
  if (e instanceof ApiError && e.status === 404) return t("photo.missing");
  if (e instanceof ApiError && e.status === 422) return t("photo.undecodable");
  return errorText(e);
}

/** What is known of a file without looking at it. */
export function MediaCard({ media, look }: { media: Media; look: () => void }) {
  return (
    <div class="media">
      <div class="placeholder" aria-hidden="true">
        {media.photo ? t("photo.photo") : t("photo.file")}
      </div>
      <div class="media-facts">
        <p>
          <bdi>{media.name || t("photo.no-name")}</bdi>{" "}
          <span class="quiet">
            <bdi>{media.type}</bdi> · {bytes(media.size)}
          </span>
        </p>
        {media.decided && (
          <Sign tone="good" icon="check">
            <strong>{t("photo.decided")}</strong>
          </Sign>
        )}
        {media.state !== "present" && (
          <Sign tone={media.state === "unread" ? "plain" : "warn"} icon={media.state === "unread" ? "clock" : "warn"}>
            {word("media-state", media.state)}
          </Sign>
        )}
        {media.matches.length > 0 && (
          <ul class="matches">
            {media.matches.map((m, i) => (
              <li key={i}>
                {m.kind === "list" ? (
                  <>
                    {t("photo.on-list")} <bdi>{m.list_name}</bdi>
                    {m.label ? (
                      <>
                        {" "}
                        (<bdi>{m.label}</bdi>)
                      </>
                    ) : null}
                  </>
                ) : (
                  <>
                    {t("photo.in-case")} <CaseLink id={m.case ?? ""} />
                  </>
                )}{" "}
                <span class="quiet">{t("photo.distance", { n: m.distance })}</span>
              </li>
            ))}
          </ul>
        )}
        <p class="row">
          {media.photo && media.state !== "missing" && (
            <button type="button" class="look" data-media={media.id} onClick={look}>
              {t("photo.look")} <kbd>v</kbd>
            </button>
          )}
          {media.photo && (media.copies ?? 0) > 0 && (
            <a href={href("cluster", media.id)}>{t("photo.copies", { n: media.copies ?? 0 })}</a>
          )}
        </p>
      </div>
    </div>
  );
}
