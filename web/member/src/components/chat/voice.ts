// SPDX-License-Identifier: MIT
// Recording with the microphone, as WAV: the engine makes Opus of it, without
// anything that a browser writes beside the sound.
const RATE = 48_000;
// With half of it, the longest message that there is fits into what the engine
// takes; speech has little above it.
const LONG_MS = 600_000;

export interface Recording {
  stop: () => Promise<Blob>;
}

export function wav(samples: Float32Array, rate = RATE): Blob {
  const bytes = new DataView(new ArrayBuffer(44 + samples.length * 2));
  const text = (at: number, s: string) => [...s].forEach((c, i) => bytes.setUint8(at + i, c.charCodeAt(0)));
  text(0, "RIFF");
  bytes.setUint32(4, 36 + samples.length * 2, true);
  text(8, "WAVEfmt ");
  bytes.setUint32(16, 16, true);
  bytes.setUint16(20, 1, true);
  bytes.setUint16(22, 1, true);
  bytes.setUint32(24, rate, true);
  bytes.setUint32(28, rate * 2, true);
  bytes.setUint16(32, 2, true);
  bytes.setUint16(34, 16, true);
  text(36, "data");
  bytes.setUint32(40, samples.length * 2, true);
  samples.forEach((s, i) => bytes.setInt16(44 + 2 * i, Math.max(-1, Math.min(1, s)) * 0x7fff, true));
  return new Blob([bytes.buffer], { type: "audio/wav" });
}

export async function record(): Promise<Recording> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
  const recorder = new MediaRecorder(stream);
  const parts: Blob[] = [];
  recorder.ondataavailable = (e) => parts.push(e.data);
  recorder.start();
  const begin = performance.now();
  return {
    stop: () =>
      new Promise<Blob>((done, fail) => {
        recorder.onstop = () => {
          stream.getTracks().forEach((track) => track.stop());
          const rate = performance.now() - begin > LONG_MS ? RATE / 2 : RATE;
          void new Blob(parts)
            .arrayBuffer()
            .then((b) => new OfflineAudioContext(1, 1, rate).decodeAudioData(b))
            .then((sound) => done(wav(sound.getChannelData(0), rate)), fail);
        };
        recorder.stop();
      }),
  };
}
