// SPDX-License-Identifier: MIT
// Photos, voice messages and files of a message.  Nothing is fetched before
// somebody touches it, but photos of people whom one has accepted; and those
// stay veiled until they are touched.
import { useEffect, useState } from "preact/hooks";
import { bytes, t } from "../../lang";
import type { Media, Message } from "../../runtime/methods";
import { ask, runtime } from "../../runtime/runtime";
import { called } from "../../stores/conversations";
import { Icon } from "../parts/icon";
import { Failed, useDoing } from "../parts/parts";

/** Addresses of what was fetched, for as long as the page is open. */
const fetched = new Map<string, string>();

async function fetchMedia(m: Message, type: string): Promise<string> {
  const id = m.id ?? "";
  const known = fetched.get(id);
  if (known) return known;
  const { file } = await ask("fetch", { id });
  const url = URL.createObjectURL(new Blob([await runtime().get(file)], { type }));
  fetched.set(id, url);
  return url;
}

/** What the photo's own bytes may be shown as. */
const SHOWN = ["image/jpeg", "image/png", "image/webp", "image/gif"];

function Photo({ m, media, open }: { m: Message; media: Media; open: (url: string) => void }) {
  const [url, setUrl] = useState(fetched.get(m.id ?? ""));
  const [bare, setBare] = useState(m.kind === "sent");
  const [busy, error, run] = useDoing();
  const from = m.kind === "sent" ? t("you.you") : called(m.from ?? "");
  const show = () => {
    setBare(true);
    if (!url) void run(async () => setUrl(await fetchMedia(m, media.type)));
  };
  useEffect(() => {
    if (m.kind === "sent" && !m.waiting && !url) show();
  }, []);
  if (m.request || !SHOWN.includes(media.type))
    return (
      <p class="note">
        <Icon name="hide" small /> {m.request ? t("media.not-fetched") : media.name}
      </p>
    );
  return (
    <>
      <button
        type="button"
        class={`photo${bare && url ? "" : " veiled"}`}
        aria-label={bare && url ? t("media.photo-from", { from }) : t("media.photo-hidden", { from })}
        onClick={() => (bare && url ? open(url) : show())}
      >
        {url && bare ? <img class="pic" src={url} alt="" /> : <span class="pic none" />}
        {!(bare && url) && (
          <span class="photo-word">
            <span class="photo-tag">
              <Icon name={busy ? "clock" : "hide"} />
              <span>{busy ? t("media.fetching") : t("media.touch")}</span>
            </span>
          </span>
        )}
      </button>
      <Failed error={error} />
    </>
  );
}

function Voice({ m, media }: { m: Message; media: Media }) {
  const [url, setUrl] = useState(fetched.get(m.id ?? ""));
  const [busy, error, run] = useDoing();
  const s = Math.round((media.duration_ms ?? 0) / 1000);
  const long = `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
  if (url) return <audio class="audio" controls autoplay src={url} aria-label={t("media.voice-long", { long })} />;
  return (
    <>
      <div class="voice">
        <button
          type="button"
          class="tool"
          disabled={busy || m.request}
          aria-label={t("media.voice-long", { long })}
          onClick={() => void run(async () => setUrl(await fetchMedia(m, media.type)))}
        >
          <Icon name={busy ? "clock" : "play"} />
        </button>
        <span class="small">
          {t("media.voice")} <span class="digits">{long}</span>
        </span>
      </div>
      <Failed error={error} />
    </>
  );
}

function File({ m, media }: { m: Message; media: Media }) {
  const [busy, error, run] = useDoing();
  const save = async () => {
    const url = await fetchMedia(m, "application/octet-stream");
    const a = document.createElement("a");
    a.href = url;
    a.download = media.name || "file";
    a.click();
  };
  return (
    <>
      <button type="button" class="do file" disabled={busy || m.request} onClick={() => void run(save)}>
        <Icon name={busy ? "clock" : "file"} />
        <span>
          <bdi>{media.name}</bdi>
          <small>{m.request ? t("media.not-fetched") : t("media.save", { size: bytes(media.size) })}</small>
        </span>
      </button>
      <Failed error={error} />
    </>
  );
}

export function MediaOf({ m, open }: { m: Message; open: (url: string) => void }) {
  return (
    <>
      {m.media?.map((x, i) =>
        x.photo ? (
          <Photo key={i} m={m} media={x} open={open} />
        ) : x.duration_ms !== undefined ? (
          <Voice key={i} m={m} media={x} />
        ) : (
          <File key={i} m={m} media={x} />
        ),
      )}
    </>
  );
}
