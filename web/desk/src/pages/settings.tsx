// SPDX-License-Identifier: MIT
import { t } from "../lang";
import { Title } from "../ui";
import { Care } from "./settings/care";
import { Passkeys } from "./settings/passkeys";
import { Password } from "./settings/password";
import { Tokens } from "./settings/tokens";

export function SettingsPage() {
  return (
    <>
      <Title text={t("nav.settings")} />
      <div class="columns even">
        <Care />
        <Password />
      </div>
      <Passkeys />
      <Tokens />
    </>
  );
}
