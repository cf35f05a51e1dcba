// SPDX-License-Identifier: MIT
// Photos of kinds that the engine cannot read here, and the browser may.
import { EngineError, runtime } from "../../runtime/runtime";

const QUALITY = 0.95; // it is encoded once more

/** Some browsers guard against being told apart: what is read is not what was drawn. */
function readsTrue(draw: CanvasRenderingContext2D, width: number, height: number): boolean {
  const { data } = draw.getImageData(0, 0, Math.min(width, 16), Math.min(height, 16));
  return data.every((x) => x === 255);
}

/** As a JPEG, white where something shows through; undefined: the browser cannot read it either. */
export async function asJpeg(file: Blob): Promise<Blob | undefined> {
  const picture = await createImageBitmap(file).catch(() => undefined);
  if (!picture) return undefined;
  const canvas = document.createElement("canvas");
  canvas.width = picture.width;
  canvas.height = picture.height;
  const draw = canvas.getContext("2d");
  if (!draw) return undefined;
  draw.fillStyle = "#ffffff";
  draw.fillRect(0, 0, canvas.width, canvas.height);
  if (!readsTrue(draw, canvas.width, canvas.height)) return undefined;
  draw.drawImage(picture, 0, 0);
  picture.close();
  return (await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", QUALITY))) ?? undefined;
}

/** Have ${send} do something with a photo that lies where methods find it. */
export async function withPhoto(file: Blob, send: (name: string) => Promise<unknown>) {
  try {
    await send(await runtime().put(file));
  } catch (e) {
    const jpeg = e instanceof EngineError && e.code === "unsupported" ? await asJpeg(file) : undefined;
    if (!jpeg) throw e;
    await send(await runtime().put(jpeg));
  }
}
