// SPDX-License-Identifier: MIT
// What belongs to one device: its lock, its quiet exit, what wakes it, and a
// file that proves what was said.
import { axe, config, ok, openAt, overflow, scenario, until } from "./browser.mjs";
import { join } from "./member.mjs";

const HERE = {
  protocol: "ctap2", ctap2Version: "ctap2_1", transport: "internal", hasResidentKey: true, hasUserVerification: true,
  isUserVerified: true, automaticPresenceSimulation: true, hasPrf: true,
};

async function at(page, where, title) {
  await page.evaluate((h) => (location.hash = h), "#/" + where);
  await page.getByRole("heading", { name: title, exact: true }).first().waitFor();
}

async function say(page) {
  await at(page, "new", "New message");
  await page.getByLabel("To whom?").fill("bob");
  await page.getByLabel("Your message").fill("Is it you?");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByRole("button", { name: "Write to bob" }).click();
  await page.locator(".msg.mine").waitFor();
  await page.getByRole("button", { name: "Emoji" }).click();
  await page.locator(".emoji button", { hasText: "🕊" }).click();
  ok((await page.getByLabel("Your message").inputValue()) === "🕊", "a sign is put where one writes");
  await axe(page, "page-emoji");
  await page.getByLabel("Your message").fill("");
}

/** Sealed for somebody, and open. */
async function evidence(page) {
  await page.locator(".msg.mine").getByRole("button", { name: "What to do with this message" }).click();
  await page.getByRole("button", { name: /Save as evidence/ }).click();
  await page.getByRole("heading", { name: "Which messages?" }).waitFor();
  await page.getByRole("button", { name: /^Show my own/ }).click();
  ok(await page.getByRole("checkbox").first().isChecked(), "the message is chosen");
  await page.getByRole("button", { name: "Go on" }).click();
  const seal = page.getByRole("button", { name: "Seal and save" });
  ok(await seal.isDisabled(), "nothing leaves before somebody is named");
  await page.getByLabel("Their key for evidence").fill(config.key.slice(1));
  await page.getByText("A key is 64 of the characters").waitFor();
  await page.getByLabel("Their key for evidence").fill(config.key);
  await axe(page, "page-evidence");
  const coming = page.waitForEvent("download");
  await seal.click();
  await (await coming).saveAs(config.sealed);
  await page.getByText("The file is saved").waitFor();
  ok(true, "evidence is saved, sealed");
}

async function passkey(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", { options: HERE });
  await at(page, "keeping", "Safety");
  await page.getByText("Nothing locks this device.").waitFor();
  await axe(page, "page-lock");
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await page.getByText("From now on the passkey opens").waitFor();
  await page.getByRole("button", { name: "Lock now" }).click();
  await page.getByRole("button", { name: "Open with the passkey" }).waitFor();
  await axe(page, "page-locked");
  await page.reload();
  await page.getByRole("button", { name: "Open with the passkey" }).click();
  await at(page, "keeping", "Safety");
  await page.getByText("A passkey opens it.").waitFor();
  ok(true, "a passkey locks and opens");
  // Somebody else's passkey, or none.
  await page.getByRole("button", { name: "Lock now" }).click();
  await cdp.send("WebAuthn.clearCredentials", { authenticatorId });
  await page.getByLabel("Passphrase", { exact: true }).fill("not the passphrase");
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await page.getByText("That is not the passphrase.").waitFor();
  ok(true, "and nothing else does");
}

async function passphrase(page) {
  await at(page, "keeping", "Safety");
  await page.getByLabel("New passphrase").fill("a long enough one");
  await page.getByLabel("The same again").fill("a long enough one");
  await page.getByRole("button", { name: "Set it" }).click();
  await page.getByText("Done.").waitFor();
  await page.getByText("A passphrase opens it.").waitFor();
  await page.getByText("After 5 minutes without use").click();
  await page.clock.install();
  await page.reload();
  await page.getByLabel("Passphrase", { exact: true }).fill("a long enough one");
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await page.getByRole("heading", { name: "Safety", exact: true }).waitFor();
  await page.clock.fastForward("04:00");
  ok(await page.getByRole("heading", { name: "Safety", exact: true }).isVisible(), "four minutes are nothing");
  await page.clock.fastForward("01:30");
  await page.getByLabel("Passphrase", { exact: true }).waitFor();
  ok(true, "after five minutes it locks itself");
  await page.getByLabel("Passphrase", { exact: true }).fill("a long enough one");
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await page.getByRole("heading", { name: "Safety", exact: true }).waitFor();
}

async function quiet(page) {
  await at(page, "looks", "Language and looks");
  await page.getByText("Calculator", { exact: true }).click();
  await at(page, "chats", "Chats");
  await page.getByRole("button", { name: "Leave quietly" }).first().click();
  await page.getByRole("heading", { name: "Calculator" }).waitFor();
  for (const k of ["7", "×", "8", "="]) await page.getByRole("button", { name: k, exact: true }).click();
  ok((await page.locator("output").innerText()) === "56", "it calculates");
  const shown = (await page.title()) + (await page.locator("body").innerText());
  ok(!/countersign|chats|dora/i.test(shown), "nothing says what else it is", shown);
  ok((await page.locator("link[rel=manifest]").getAttribute("href")) === "/sums.webmanifest", "nor among the programs");
  ok((await overflow(page)) === "", "it fits");
  await axe(page, "page-cover");
  await page.reload();
  await page.getByRole("heading", { name: "Calculator" }).waitFor();
  ok(true, "also when it is loaded again");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await page.getByLabel("Passphrase", { exact: true }).waitFor();
  ok(true, "whoever comes back finds it locked");
}

async function pushed(page) {
  const cdp = await page.context().newCDPSession(page);
  const ids = [];
  cdp.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => ids.push(...registrations.map((r) => r.registrationId)));
  await cdp.send("ServiceWorker.enable");
  await until("the loader's number", () => ids.length > 0);
  // Nobody looks.
  await page.goto("about:blank");
  const other = await page.context().newPage();
  await other.goto("about:blank");
  const deliver = () => cdp.send("ServiceWorker.deliverPushMessage", { origin: new URL(config.page).origin, registrationId: ids[0], data: "" });
  await deliver();
  await page.goto(config.page);
  const shown = await until("a notification", () =>
    page.evaluate(async () => {
      const r = await navigator.serviceWorker.getRegistration();
      return (await r.getNotifications()).map((n) => [n.title, n.body]);
    }).then((n) => n.length && n));
  ok(shown.length === 1 && !/bob|dora/.test(JSON.stringify(shown)), "a push shows that something is there, and not what", JSON.stringify(shown));
}

await scenario(async () => {
  const page = await openAt(config.page_link, { viewport: { width: 390, height: 844 }, permissions: ["notifications"] });
  await join(page, "ann");
  await say(page);
  await evidence(page);
  await passkey(page);
  const again = await openAt(config.second_link, { viewport: { width: 390, height: 844 }, permissions: ["notifications"] });
  await join(again, "dora");
  await passphrase(again);
  await quiet(again);
  await pushed(again);
});
