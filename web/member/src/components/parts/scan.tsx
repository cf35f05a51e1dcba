// SPDX-License-Identifier: MIT
// The camera, until it has seen a code.  The picture stays on this device.
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../../lang";
import { Icon } from "./icon";
import { Failed } from "./parts";

const LOOK_MS = 200;
const WIDTH = 640;

type Decode = (image: ImageData) => string | undefined;

/** The decoder is fetched when somebody opens the camera. */
async function decoder(): Promise<Decode> {
  const { default: jsqr } = await import("jsqr");
  return (image) => jsqr(image.data, image.width, image.height)?.data;
}

async function watch(video: HTMLVideoElement, found: (text: string) => void, over: () => boolean) {
  const decode = await decoder();
  const canvas = document.createElement("canvas");
  const draw = canvas.getContext("2d", { willReadFrequently: true });
  while (!over() && draw) {
    if (video.videoWidth) {
      canvas.width = WIDTH;
      canvas.height = Math.round((WIDTH * video.videoHeight) / video.videoWidth);
      draw.drawImage(video, 0, 0, canvas.width, canvas.height);
      const text = decode(draw.getImageData(0, 0, canvas.width, canvas.height));
      if (text && !over()) {
        found(text);
        return;
      }
    }
    await new Promise((done) => setTimeout(done, LOOK_MS));
  }
}

function Camera({ found, close }: { found: (text: string) => void; close: () => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    let over = false;
    let stream: MediaStream | undefined;
    const begin = async () => {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      if (over || !video.current) return;
      video.current.srcObject = stream;
      await video.current.play();
      await watch(video.current, found, () => over);
    };
    begin()
      .catch(() => setError(new Error(t("scan.none"))))
      .finally(() => stream?.getTracks().forEach((track) => track.stop()));
    return () => {
      over = true;
      stream?.getTracks().forEach((track) => track.stop());
    };
  }, []);
  return (
    <div class="finder">
      {error ? <Failed error={error} /> : <video ref={video} class="camera" muted playsInline />}
      <p>{t("scan.hint")}</p>
      <button type="button" class="btn second" onClick={close}>
        {t("do.cancel")}
      </button>
    </div>
  );
}

/** Opens the camera, where there may be one. */
export function Scan({ found, label }: { found: (text: string) => void; label?: string }) {
  const [open, setOpen] = useState(false);
  if (!("mediaDevices" in navigator)) return null;
  if (!open)
    return (
      <button type="button" class="btn second wide" onClick={() => setOpen(true)}>
        <Icon name="qr" />
        {label ?? t("scan.open")}
      </button>
    );
  return (
    <Camera
      found={(text) => {
        setOpen(false);
        found(text);
      }}
      close={() => setOpen(false)}
    />
  );
}
