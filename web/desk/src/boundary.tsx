// SPDX-License-Identifier: MIT
// A page that throws says so, and leaves the others usable.
import { Component } from "preact";
import type { ComponentChildren } from "preact";
import { t } from "./lang";
import { Icon, Title } from "./ui";

interface Props {
  children: ComponentChildren;
}

export class Boundary extends Component<Props, { failed: boolean }> {
  state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  componentDidCatch(error: unknown) {
    // Where somebody who looks for the cause will find it; nothing of a case is in it.
    console.error(error instanceof Error ? error.stack : error);
  }

  render({ children }: Props) {
    if (!this.state.failed) return children;
    return (
      <>
        <Title text={t("error.unexpected")} />
        <div class="notice bad" role="alert">
          <Icon name="cross" /> <span>{t("error.page")}</span>
          <button type="button" onClick={() => this.setState({ failed: false })}>
            {t("error.page-again")}
          </button>
        </div>
      </>
    );
  }
}
