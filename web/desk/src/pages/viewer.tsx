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

/** Loads a photo in a level of detail, and hides it. It opens blurred. */
function useLook(media: Pick<Media, "id">, of: string) {
  const [level, setLevel] = useState<Level | null>(null);
  const [url, setUrl] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const held = useRef("");
  const wanted = useRef<AbortController | null>(null);

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
      const blob = await picture(`${of}/${media.id}/picture?level=${to}`, stop.signal);
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
  return { level, url, busy, error, show: (to: Level) => void show(to), hide };
}

type Look = ReturnType<typeof useLook>;

function Levels({ level, busy, show }: Look) {
  const step = (to: Level, label: string, key: string) => (
    <button type="button" onClick={() => show(to)} aria-pressed={level === to} disabled={busy}>
      {label} <kbd>{key}</kbd>
    </button>
  );
  return (
    <>
      {step("blur", t("photo.blur"), "v")}
      {may.reveal() && step("small", t("photo.reveal"), "r")}
      {may.reveal() && step("full", t("photo.full"), "f")}
    </>
  );
}

/** ${of} is where the desk has such photos. */
export function PhotoViewer({
  media,
  of = "/media",
  onClose,
}: {
  media: Pick<Media, "id" | "decided">;
  of?: string;
  onClose: () => void;
}) {
  const look = useLook(media, of);
  const { level, url, busy, error, show, hide } = look;
  const s = useCell(session);
  const seen = useCell(exposure) ?? s?.person.exposure_today ?? 0;
  const limit = s?.person.daily_limit ?? 0;
  useKeys([
    { key: "v", does: t("keys.photo"), run: () => show("blur"), inDialog: true },
    ...(may.reveal()
      ? [
          { key: "r", does: t("keys.reveal"), run: () => show("small"), inDialog: true },
          { key: "f", does: t("keys.full"), run: () => show("full"), inDialog: true },
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
        <Levels {...look} />
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

/** It will come; nothing is wrong with it. */
function waits(media: Media): boolean {
  return media.state === "unread" || media.state === "at-hub" || media.state === "wanted";
}

/** A file as it is described without being opened. */
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
          <Sign tone={waits(media) ? "plain" : "warn"} icon={waits(media) ? "clock" : "warn"}>
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
          {media.photo && media.state !== "missing" && media.state !== "wrong" && (
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
