// SPDX-License-Identifier: MIT
// Signs to write with, for who has no keyboard with them.  A screen reader says
// what each is called.
import { t } from "../../lang";

const SIGNS = [
  ..."😀😃😄😁😅😂🙂🙃😉😊😇🥰😍😘😋😜🤗🤔🤐😐😶🙄😏😴😌😔😢😭😟😕🙁😮😳😨😰😱😡🤒🤕🥺😬🫂",
  ..."👍👎👌🙏👏🙌🤝👋🤞💪🤲👀🧕👩👨👧👦👶👵👴",
  ..."❤🧡💛💚💙💜🖤🤍💔💐🌹🌸🌻🕊🐦🌙⭐☀🌧❄🔥",
  ..."🏠🏥🏫🕌⛺🚗🚌🚑✈🚶🧭📍📷📞📄💊🍞🍎🍲☕💧🎂🎉🎁⚽",
  ..."✅❌❓❗⏰⏳🔒🔑🚫⚠🆘📅",
];

export function Emoji({ put }: { put: (sign: string) => void }) {
  return (
    <div class="emoji" role="group" aria-label={t("compose.emoji")}>
      {SIGNS.map((sign) => (
        <button key={sign} type="button" class="tool" onClick={() => put(sign)}>
          {sign}
        </button>
      ))}
    </div>
  );
}
