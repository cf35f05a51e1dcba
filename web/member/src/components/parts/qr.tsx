// SPDX-License-Identifier: MIT
// A code to be held in front of another device's camera; dark on white whatever
// the page's colours are.
import qrcode from "qrcode-generator";
import { useMemo } from "preact/hooks";

export function Qr({ text, label }: { text: string; label: string }) {
  const [path, size] = useMemo(() => {
    const q = qrcode(0, "M");
    q.addData(text);
    q.make();
    const n = q.getModuleCount();
    let d = "";
    for (let y = 0; y < n; y++) for (let x = 0; x < n; x++) if (q.isDark(y, x)) d += `M${x} ${y}h1v1h-1z`;
    return [d, n] as const;
  }, [text]);
  return (
    <div class="qr">
      <svg viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shape-rendering="crispEdges">
        <path d={path} />
      </svg>
    </div>
  );
}
