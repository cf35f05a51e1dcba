// SPDX-License-Identifier: MIT
import { render } from "preact";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import "../../shared/tokens.css";
import "./look.css";
import "./page.css";
import { Covered } from "./components/cover/cover";
import { Chat } from "./components/chat/chat";
import { AskWake, Coming, Gone, Joining, Locked, Words } from "./components/joining/joining";
import { ChatList } from "./components/list/list";
import { Requests } from "./components/list/requests";
import { Search } from "./components/list/search";
import { About } from "./components/people/about";
import { AskGroup, NewGroup, NewMessage } from "./components/people/new";
import { People, PersonPage } from "./components/people/people";
import { Evidence } from "./components/report/evidence";
import { Report } from "./components/report/report";
import { Notices, Reports } from "./components/report/reports";
import { Beside } from "./components/parts/parts";
import { Program } from "./components/you/program";
import { Devices, Keeping, Looks, You } from "./components/you/you";
import type { Language } from "./lang";
import { language, setLanguage, t, TONGUES, wanted } from "./lang";
import { lookForLack } from "./lacks";
import { kindOf } from "./links";
import { replace, route } from "./router";
import { Local } from "./runtime/local";
import { setRuntime } from "./runtime/runtime";
import { InWorker, workerPath } from "./runtime/worker";
import { choice, showChoices } from "./stores/choices";
import { askingWake, keepAwake } from "./stores/device";
import { covered, prepareCover } from "./stores/cover";
import { lockByItself } from "./stores/lock";
import { all, followConversations } from "./stores/conversations";
import { announcement, brought, coming, gone, listen, refreshState, state, stayConnected } from "./stores/engine";
import { keepLooking, startLoader } from "./stores/program";

function screen([name = "chats", id = "", more = ""]: string[]): ComponentChildren {
  switch (name) {
    case "chat":
      return <Chat key={id} id={id} around={more || undefined} />;
    case "about":
      return <About key={id} id={id} />;
    case "requests":
      return <Requests />;
    case "people":
      return <People />;
    case "person":
      return <PersonPage key={id} name={id} />;
    case "new":
      return <NewMessage />;
    case "new-group":
      return <NewGroup />;
    case "ask":
      return <AskGroup />;
    case "evidence":
      return <Evidence key={id} id={id} message={more || undefined} />;
    case "report":
      return <Report key={id} id={id} message={more || undefined} />;
    case "reports":
      return <Reports />;
    case "notices":
      return <Notices />;
    case "search":
      return <Search />;
    case "you":
      return <You />;
    case "devices":
      return <Devices />;
    case "keeping":
      return <Keeping />;
    case "looks":
      return <Looks />;
    case "program":
      return <Program />;
    default:
      return null;
  }
}

/** The list alone on a phone; beside what is open on a desktop. */
function Panes() {
  useEffect(() => {
    if (kindOf(brought.value) === "group") replace("ask");
    if (workerPath()) void keepAwake();
  }, []);
  const at = route.value;
  const there = screen(at);
  if (!all.value) return null;
  const place = ["requests", "people", "you"].find((p) => p === at[0]) ?? "chats";
  return (
    <div class={`two${there ? "" : " list-only"}`}>
      {/* One element for both: see the list's Main. */}
      <div class="pane app" role={there ? "complementary" : undefined} aria-label={there ? t("list.title") : undefined}>
        <Beside.Provider value={!!there}>
          <ChatList current={at[0] === "chat" ? at[1] : undefined} at={place} />
        </Beside.Provider>
      </div>
      {there ? (
        <div class="pane app">{there}</div>
      ) : (
        <aside class="pane app" aria-label={t("chat.choose")}>
          <div class="page centre nothing">
            <p class="quiet">{t("chat.choose")}</p>
          </div>
        </aside>
      )}
    </div>
  );
}

function App() {
  void language.value;
  let shown;
  if (covered.value) shown = <Covered />;
  else if (coming.value) shown = <Coming />;
  else if (gone.value) shown = <Gone why={gone.value} />;
  else if (state.value.phase === "none") shown = <Joining />;
  else if (state.value.phase === "locked") shown = <Locked />;
  else if (state.value.words_here) shown = <Words />;
  else if (askingWake.value) shown = <AskWake />;
  else shown = <Panes />;
  return (
    <>
      <a
        class="skip"
        href="#main"
        onClick={(e) => {
          e.preventDefault();
          document.querySelector<HTMLElement>(".two .pane:last-child #main, #main")?.focus();
        }}
      >
        {t("do.skip")}
      </a>
      {shown}
      <div class="unseen" role="status" aria-live="polite">
        {announcement.value}
      </div>
    </>
  );
}

/** What the address brought: a link of a hub behind "#", which no server is told,
 * or one that leads to this page itself. */
function takeLink(): string {
  const { hash, pathname, href } = location;
  const own = /^\/(i\/.+|[dgr])$/.test(pathname) && hash.length > 1;
  const found = /^#https:\/\//.test(hash) ? decodeURI(hash.slice(1)) : own ? href : "";
  if (found) history.replaceState(null, "", "/");
  return found;
}

/** The token in the link of the program on this machine: it is used at once, and
 * stays in no history. */
function takeToken(): string {
  const token = /^#[0-9a-f]{32}$/.test(location.hash) ? location.hash.slice(1) : "";
  if (token) history.replaceState(null, "", "/");
  return token;
}

// How long a window that closes may have the engine.
const LEAVES_MS = 3000;

const paint = () => {
  document.querySelector(".late")?.remove();
  render(<App />, document.getElementById("root")!);
};

/** A hub's page has its engine in a Worker; else it is in the program that
 * serves the page. */
async function startEngine(token: string): Promise<void> {
  if (!workerPath()) {
    const local = new Local();
    setRuntime(local);
    listen();
    if (!(await local.begin(token))) gone.value ??= "stranger";
    return;
  }
  const lack = await lookForLack();
  if (lack) {
    gone.value = lack;
    return;
  }
  await startLoader(() => {
    coming.value = true;
    paint();
  });
  const worker = new InWorker();
  setRuntime(worker);
  listen();
  const ready = new Promise<void>((done) => (worker.onReady = done));
  const begun = await worker.begin();
  if (begun === "gone") gone.value ??= "closed";
  if (begun !== "elsewhere") return;
  // A page that is loaded again has left the engine, or is about to.
  const told = setTimeout(() => {
    gone.value ??= "elsewhere";
    coming.value = false;
    paint();
  }, LEAVES_MS);
  await ready;
  clearTimeout(told);
  if (gone.value === "elsewhere") gone.value = null;
}

async function goOn() {
  await refreshState();
  followConversations();
  void stayConnected();
  lockByItself();
  if (workerPath()) keepLooking();
}

async function begin() {
  showChoices();
  prepareCover();
  const chosen = choice("language");
  await setLanguage(chosen in TONGUES ? (chosen as Language) : wanted());
  brought.value = takeLink();
  await startEngine(takeToken());
  coming.value = false;
  if (!gone.value) await goOn();
  paint();
}

void begin();
