// SPDX-License-Identifier: MIT
import { render } from "preact";
import type { ComponentChildren } from "preact";
import "../../shared/tokens.css";
import "./look.css";
import "./page.css";
import { Chat } from "./components/chat/chat";
import { Gone, Joining, Locked, Words } from "./components/joining/joining";
import { ChatList } from "./components/list/list";
import { Requests } from "./components/list/requests";
import { Search } from "./components/list/search";
import { About } from "./components/people/about";
import { AskGroup, NewGroup, NewMessage } from "./components/people/new";
import { People, PersonPage } from "./components/people/people";
import { Report } from "./components/report/report";
import { Notices, Reports } from "./components/report/reports";
import { Beside } from "./components/parts/parts";
import { Devices, Keeping, Looks, Program, You } from "./components/you/you";
import type { Language } from "./lang";
import { language, setLanguage, t, TONGUES, wanted } from "./lang";
import { route } from "./router";
import { Local } from "./runtime/local";
import { setRuntime } from "./runtime/runtime";
import { choice, showChoices } from "./stores/choices";
import { all, followConversations } from "./stores/conversations";
import { announcement, gone, listen, refreshState, state, stayConnected } from "./stores/engine";

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
  const at = route.value;
  const there = screen(at);
  if (!all.value) return null;
  const List = there ? "aside" : "div";
  const place = ["requests", "people", "you"].find((p) => p === at[0]) ?? "chats";
  return (
    <div class={`two${there ? "" : " list-only"}`}>
      <List class="pane app" aria-label={there ? t("list.title") : undefined}>
        <Beside.Provider value={!!there}>
          <ChatList current={at[0] === "chat" ? at[1] : undefined} at={place} />
        </Beside.Provider>
      </List>
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
  if (gone.value) shown = <Gone why={gone.value} />;
  else if (state.value.phase === "none") shown = <Joining />;
  else if (state.value.phase === "locked") shown = <Locked />;
  else if (state.value.words_here) shown = <Words />;
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

async function begin() {
  showChoices();
  const chosen = choice("language");
  await setLanguage(chosen in TONGUES ? (chosen as Language) : wanted());
  // The link's token is used at once, and stays in no history.
  const token = /^#[0-9a-f]{32}$/.test(location.hash) ? location.hash.slice(1) : "";
  if (token) history.replaceState(null, "", "/");
  const local = new Local();
  setRuntime(local);
  listen();
  if (!(await local.begin(token))) gone.value ??= "stranger";
  else {
    await refreshState();
    followConversations();
    void stayConnected();
  }
  render(<App />, document.getElementById("root")!);
}

void begin();
