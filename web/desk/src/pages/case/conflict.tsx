// SPDX-License-Identifier: MIT
import type { ApiError } from "../../api";
import { t } from "../../lang";
import { conflictText, Dialog } from "../../ui";

/** Says that a change was refused because somebody else changed the case first. */
export function ConflictDialog({ error, see, onClose }: { error: ApiError; see: () => void; onClose: () => void }) {
  return (
    <Dialog title={t("conflict.title")} onClose={onClose}>
      <p>{conflictText(error)}</p>
      <p class="quiet">{t("conflict.kept")}</p>
      <div class="buttons">
        <button type="button" class="primary" autofocus onClick={see}>
          {t("conflict.see")}
        </button>
        <button type="button" onClick={onClose}>
          {t("action.cancel")}
        </button>
      </div>
    </Dialog>
  );
}
