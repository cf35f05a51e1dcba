// SPDX-License-Identifier: MIT
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import "./style.css";
import { ApiError } from "./api";
import { Boundary } from "./boundary";
import { allKeys, useKeys } from "./keys";
import type { Binding } from "./keys";
import { bytes, setLanguage, span, t, word } from "./lang";
import type { Key } from "./lang";
import { AccountPage } from "./pages/account";
import { AppealsPage } from "./pages/appeals";
import { AuditPage } from "./pages/audit";
import { BreakReminder } from "./pages/breaks";
import { CasePage } from "./pages/case";
import { ClusterPage } from "./pages/cluster";
import { LockedPage, SignInPage, WelcomePage } from "./pages/door";
import { ListsPage } from "./pages/lists";
import { NoticesPage } from "./pages/notices";
import { PeoplePage, proposalText } from "./pages/people";
import { PolicyPage } from "./pages/policy";
import { QueuePage } from "./pages/queue";
import { SettingsPage } from "./pages/settings";
import { StatisticsPage } from "./pages/statistics";
import { go, href, useRoute } from "./router";
import type { Route } from "./router";
import {
  announcement,
  connect,
  door,
  exposure,
  hubOnline,
  is,
  live,
  loadSession,
  lock,
  session,
  signOut,
  useCell,
  useLanguage,
  watchIdle,
} from "./store";
import type { Session } from "./types";
import { Dialog, Empty, Fail, Icon, Loading, Title } from "./ui";

const NAV: { page: string; key: Key; shortcut: string; when?: () => boolean }[] = [
  { page: "queue", key: "nav.queue", shortcut: "1" },
  { page: "notices", key: "nav.notices", shortcut: "9" },
  { page: "appeals", key: "nav.appeals", shortcut: "2" },
  { page: "statistics", key: "nav.statistics", shortcut: "3" },
  { page: "policy", key: "nav.policy", shortcut: "4" },
  { page: "lists", key: "nav.lists", shortcut: "5" },
  { page: "audit", key: "nav.audit", shortcut: "6" },
  { page: "people", key: "nav.people", shortcut: "7", when: () => is("administrator", "senior", "auditor") },
  { page: "settings", key: "nav.settings", shortcut: "8" },
];

function page({ parts, query }: Route) {
  const [name = "queue", id = ""] = parts;
  switch (name) {
    case "queue":
      return <QueuePage query={query} />;
    case "case":
      return <CasePage key={id} id={id} />;
    case "cluster":
      return <ClusterPage key={id} id={id} />;
    case "account":
      return <AccountPage key={id} id={id} />;
    case "appeals":
      return <AppealsPage query={query} />;
    case "notices":
      return <NoticesPage query={query} />;
    case "policy":
      return <PolicyPage />;
    case "audit":
      return <AuditPage query={query} />;
    case "lists":
      return <ListsPage />;
    case "statistics":
      return <StatisticsPage />;
    case "people":
      return <PeoplePage />;
    case "settings":
      return <SettingsPage />;
    default:
      return (
        <>
          <Title text={t("error.not-found")} />
          <Empty text={t("error.no-page")} />
        </>
      );
  }
}

function KeysDialog({ keys, onClose }: { keys: Binding[]; onClose: () => void }) {
  return (
    <Dialog title={t("keys.title")} onClose={onClose}>
      <dl class="keys">
        {keys.map((k) => (
          <div key={k.key}>
            <dt>
              <kbd>{k.key === "Escape" ? "Esc" : k.key}</kbd>
            </dt>
            <dd>{k.does}</dd>
          </div>
        ))}
        <div>
          <dt>
            <kbd>Esc</kbd>
          </dt>
          <dd>{t("keys.escape")}</dd>
        </div>
      </dl>
    </Dialog>
  );
}

type Entry = (typeof NAV)[number];

/** How many photos this person has seen today, and their own limit. */
function Seen({ person }: Pick<Session, "person">) {
  const seen = useCell(exposure) ?? person.exposure_today;
  const limit = person.daily_limit;
  return (
    <span class={limit && seen >= limit ? "sign bad" : "quiet"}>
      {limit ? t("shell.seen-of", { n: seen, limit }) : t("shell.seen", { n: seen })}
    </span>
  );
}

function Top({ nav, section, help }: { nav: Entry[]; section: string; help: () => void }) {
  const s = useCell(session)!;
  return (
    <header class="top">
      <span class="brand">
        {t("shell.brand")} <bdi class="quiet">{s.hub}</bdi>
      </span>
      <nav aria-label={t("shell.pages")}>
        {nav.map((n) => (
          <a key={n.page} href={href(n.page)} aria-current={n.page === section ? "page" : undefined}>
            {t(n.key)}
          </a>
        ))}
      </nav>
      <div class="who">
        <span>
          <bdi>{s.person.name}</bdi> <span class="quiet">{word("role", s.person.role)}</span>
        </span>
        <Seen person={s.person} />
        <button type="button" class="plain" onClick={help}>
          {t("keys.title")} <kbd>?</kbd>
        </button>
        <button type="button" class="plain" onClick={() => void lock()}>
          {t("shell.lock")}
        </button>
        <button type="button" class="plain" onClick={() => void signOut()}>
          {t("shell.sign-out")}
        </button>
      </div>
    </header>
  );
}

/** What does not work at the moment. */
function Outages() {
  const online = useCell(hubOnline);
  const stream = useCell(live);
  return (
    <>
      {!online && (
        <div class="notice warn strip" role="status">
          <Icon name="warn" /> {t("shell.hub-offline")}
        </div>
      )}
      {stream === "off" && (
        <div class="strip quiet" role="status">
          {t("shell.live-off")}
        </div>
      )}
    </>
  );
}

const TROUBLES: Record<string, Key> = { tls: "shell.trouble-tls", desk: "shell.trouble-desk" };

/** What the operator of the hub has to see to, before it stops. */
function Troubles() {
  const troubles = useCell(session)?.hub_troubles ?? [];
  return (
    <>
      {troubles.map((x) => (
        <div key={x.kind} class="notice warn strip" role="status">
          <Icon name="warn" />{" "}
          {x.kind === "disk"
            ? t("shell.trouble-disk", { size: bytes(x.left) })
            : x.left === 0
              ? t("shell.trouble-over")
              : t(TROUBLES[x.kind] ?? "shell.trouble-keys", { span: span(x.left * 1000) })}
        </div>
      ))}
    </>
  );
}

/** What other administrators want to be done about whoever is signed in, or have done. */
function AboutMe() {
  const about = useCell(session)?.about_me ?? [];
  return (
    <>
      {about.map((p) => (
        <div key={p.id} class="notice warn strip" role="status">
          <Icon name="warn" />{" "}
          <span>
            {t("proposal.about-me")} {proposalText(p)} <bdi>{p.by?.name}</bdi> {word("proposal-state", p.state)}
          </span>
        </div>
      ))}
    </>
  );
}

function Skip() {
  const skip = (e: Event) => {
    e.preventDefault();
    document.getElementById("main")?.focus();
  };
  return (
    <a class="skip" href="#main" onClick={skip}>
      {t("shell.skip")}
    </a>
  );
}

function Shell({ route }: { route: Route }) {
  useCell(session);
  const [keys, setKeys] = useState<Binding[] | null>(null);
  const nav = NAV.filter((n) => !n.when || n.when());
  const help = () => setKeys(allKeys());
  useEffect(() => connect(), []);
  useEffect(() => watchIdle(), []);
  useKeys([
    ...nav.map((n) => ({ key: n.shortcut, does: t(n.key), run: () => go(href(n.page)) })),
    { key: "l", does: t("keys.lock"), run: () => void lock() },
    { key: "?", does: t("keys.help"), run: help },
  ]);
  const at = route.parts[0] ?? "queue";
  return (
    <>
      <Skip />
      <Top nav={nav} section={["case", "cluster", "account"].includes(at) ? "queue" : at} help={help} />
      <Outages />
      <Troubles />
      <AboutMe />
      <BreakReminder />
      <main id="main" tabIndex={-1}>
        <Boundary key={route.parts.join("/")}>{page(route)}</Boundary>
      </main>
      {keys && <KeysDialog keys={keys} onClose={() => setKeys(null)} />}
    </>
  );
}

function App() {
  useLanguage();
  const where = useCell(door);
  const said = useCell(announcement);
  const route = useRoute();
  useEffect(() => void loadSession(), []);
  let shown;
  if (route.parts[0] === "welcome" && where !== "in") shown = <WelcomePage code={route.parts[1] ?? ""} />;
  else if (where === "unknown") shown = <Loading />;
  else if (where === "offline")
    shown = (
      <main class="door">
        <Title text={t("shell.brand")} />
        <Fail error={new ApiError(0, "offline", "")} retry={() => void loadSession()} />
      </main>
    );
  else if (where === "out") shown = <SignInPage />;
  else if (where === "locked" || !session.get()) shown = <LockedPage />;
  else shown = <Shell route={route.parts[0] === "welcome" ? { ...route, parts: [] } : route} />;
  return (
    <>
      {shown}
      <div class="unseen" role="status" aria-live="polite">
        {said}
      </div>
    </>
  );
}

// Before signing in: the browser's language, if there is a translation.
const wanted = navigator.languages.map((l) => l.toLowerCase()).find((l) => /^(en|ar|kmr|ku|ckb)\b/.test(l));
const first = !wanted ? "en" : wanted.startsWith("ku") ? "kmr" : wanted.split("-")[0];
void setLanguage(first).then(() => render(<App />, document.getElementById("app")!));
