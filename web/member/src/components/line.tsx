// SPDX-License-Identifier: MIT
// The state of the line, in words.  When all is well nothing is said.
import { useEffect, useState } from "preact/hooks";
import { t } from "../lang";
import { act, activity, problem, progress, state } from "../stores/engine";
import { bytes } from "../lang";
import { ask } from "../runtime/runtime";
import { Icon } from "./parts/icon";

const NOTICED_MS = 4000;
const MANY = 20;

/** True once ${on} has been so for a while. */
function useLasting(on: boolean): boolean {
  const [long, set] = useState(false);
  useEffect(() => {
    if (!on) {
      set(false);
      return;
    }
    const timer = setTimeout(() => set(true), NOTICED_MS);
    return () => clearTimeout(timer);
  }, [on]);
  return on && long;
}

export function Line() {
  const offline = useLasting(state.value.phase === "open" && !state.value.online);
  const slow = useLasting(activity.value.what === "asking" || activity.value.what === "waiting");
  const { what, done, total } = activity.value;
  const p = progress.value;
  if (state.value.log)
    return (
      <div class="line warn" role="alert">
        <Icon name="shield" />
        <span>{t(state.value.log_accepted ? "line.log-on" : "line.log")}</span>
        {!state.value.log_accepted && (
          <button type="button" class="btn second" onClick={() => void act(ask("log_accept"))}>
            {t("line.log-go")}
          </button>
        )}
      </div>
    );
  if (state.value.clock)
    return (
      <div class="line warn" role="status">
        <Icon name="clock" />
        <span>{t("line.clock", { by: state.value.clock })}</span>
      </div>
    );
  if (problem.value && !state.value.online)
    return (
      <div class="line warn" role="status">
        <Icon name="shield" />
        <span>{problem.value}</span>
      </div>
    );
  if (what === "fetching" && total > MANY && done < total)
    return (
      <div class="line" role="status">
        <Icon name="again" />
        <span>{t("line.fetching", { done, total })}</span>
      </div>
    );
  if (offline)
    return (
      <div class="line" role="status">
        <Icon name="offline" />
        <span>{t("line.none")}</span>
      </div>
    );
  if (p)
    return (
      <div class="line" role="status">
        <Icon name="image" />
        <span>{t("line.file", { done: bytes(p.done), total: bytes(p.total) })}</span>
        <progress class="way" value={p.done} max={p.total} aria-label={t("line.file-way")} />
      </div>
    );
  if (slow)
    return (
      <div class="line" role="status">
        <Icon name="slow" />
        <span>{t("line.slow")}</span>
      </div>
    );
  return null;
}
