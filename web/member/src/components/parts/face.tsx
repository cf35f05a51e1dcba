// SPDX-License-Identifier: MIT
// The picture of a group, or its letter.  Of a request none is fetched.
import { useEffect, useState } from "preact/hooks";
import type { Listed } from "../../runtime/methods";
import { ask, runtime } from "../../runtime/runtime";
import { nameOf } from "../../stores/conversations";
import { Who } from "./parts";

const faces = new Map<string, string>();

export function forgetFace(id: string) {
  const url = faces.get(id);
  if (url) URL.revokeObjectURL(url);
  faces.delete(id);
}

async function fetchFace(id: string): Promise<string> {
  const known = faces.get(id);
  if (known) return known;
  const { file } = await ask("group_picture_get", { id });
  const url = URL.createObjectURL(new Blob([await runtime().get(file)], { type: "image/jpeg" }));
  faces.set(id, url);
  return url;
}

export function Face({ l, small }: { l: Listed; small?: boolean }) {
  const [url, set] = useState(faces.get(l.id));
  const wanted = l.picture === true && l.state !== "request";
  useEffect(() => {
    if (wanted) void fetchFace(l.id).then(set, () => undefined);
    else set(undefined);
  }, [l.id, wanted]);
  if (wanted && url) return <img class={`who group face${small ? " who-s" : ""}`} src={url} alt="" />;
  return <Who name={l.name} shown={nameOf(l)} group={!l.direct} small={small} />;
}
