// SPDX-License-Identifier: MIT
// A passkey: added, used to sign in and to unlock, removed, refused; with the
// authenticator that Chromium has for tests.
import { axe, config, enter, goTo, ok, open, scenario, settled, signIn, text, until } from "./run.mjs";

const HERE = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };

async function button(page, key) {
  return page.getByRole("button", { name: await text(page, key), exact: true });
}

async function signOut(page) {
  await page.click("header .who button:last-child");
  await page.waitForSelector("input[autocomplete=username]");
}

async function settings(page) {
  await goTo(page, "#/settings");
  await until("the passkeys", async () => await page.getByText(await text(page, "passkeys.about")).count() === 1);
}

await scenario(async () => {
  // By a number: offered nowhere, and it says why.
  const number = await signIn("anna");
  await settings(number);
  await number.getByText(await text(number, "passkeys.no-address")).waitFor();
  ok(await (await button(number, "passkeys.add")).count() === 0, "nothing to add at an address of numbers");
  ok(await number.locator("main a[href^='http://localhost:']").getAttribute("href") === config.named, "it says where there is");
  await axe(number, "passkeys-by-number");
  await signOut(number);
  ok(await (await button(number, "door.passkey")).count() === 0, "nor is it a way in");
  await number.context().close();

  config.console = config.named;
  const page = await signIn("anna");
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", { options: HERE });
  const kept = async () => (await cdp.send("WebAuthn.getCredentials", { authenticatorId })).credentials;
  await settings(page);
  await axe(page, "passkeys-none");

  // Added, by whoever knows the password.
  await (await button(page, "passkeys.add")).click();
  const dialog = page.locator("dialog");
  await dialog.locator("input[type=password]").waitFor();
  await axe(page, "passkeys-add");
  await dialog.locator("input").first().fill("هاتف آنا");
  await dialog.locator("input[type=password]").fill("not the password");
  await dialog.locator("button[type=submit]").click();
  await dialog.locator(".notice.bad").waitFor();
  ok((await kept()).length === 0, "a wrong password makes none");
  await dialog.locator("input[type=password]").fill(config.people.anna.password);
  await dialog.locator("button[type=submit]").click();
  await page.locator("table th bdi", { hasText: "هاتف آنا" }).waitFor();
  await until("no dialog", async () => await dialog.count() === 0);
  const [credential] = await kept();
  ok(credential.isResidentCredential && credential.rpId === "localhost", "it is kept in the device", JSON.stringify(credential));
  ok(!Buffer.from(credential.userHandle, "base64").toString("latin1").includes("anna"), "under a handle that says nothing");
  await axe(page, "passkeys");

  // The same device once more.
  await (await button(page, "passkeys.add")).click();
  await dialog.locator("input").first().fill("again");
  await dialog.locator("input[type=password]").fill(config.people.anna.password);
  await dialog.locator("button[type=submit]").click();
  await dialog.locator(".notice.bad").waitFor();
  ok((await dialog.locator(".notice.bad").innerText()).includes(await text(page, "passkeys.there")), "one device, one passkey");
  await page.keyboard.press("Escape");
  await until("no dialog", async () => await dialog.count() === 0);

  // In the other direction.
  await page.locator("main select").first().selectOption("ar");
  await page.locator("main form").first().locator("button[type=submit]").click();
  await until("Arabic", async () => await page.evaluate(() => document.documentElement.lang) === "ar");
  await settled(page);
  await axe(page, "passkeys-ar");
  await page.locator("main select").first().selectOption("en");
  await page.locator("main form").first().locator("button[type=submit]").click();
  await until("English", async () => await page.evaluate(() => document.documentElement.lang) === "en");

  // In with it, and nothing else.
  await signOut(page);
  await axe(page, "sign-in-passkey");
  await (await button(page, "door.passkey")).click();
  await page.waitForSelector("header.top");
  ok((await page.locator("header .who").innerText()).includes("anna"), "signed in with the passkey alone");
  await page.keyboard.press("l");
  await page.waitForSelector("main.door");
  await axe(page, "locked-passkey");
  await (await button(page, "door.passkey-unlock")).click();
  await page.waitForSelector("header.top");
  ok(true, "and unlocked");
  await settings(page);
  ok(!(await page.locator("table tr", { hasText: "هاتف آنا" }).innerText()).includes(await text(page, "tokens.never")), "it says when it was used");

  // A device that does not know who holds it.
  await signOut(page);
  await cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
  await (await button(page, "door.passkey")).click();
  await page.waitForSelector(".notice.bad");
  ok(await page.locator("header.top").count() === 0, "a device that verifies nobody opens nothing");
  await cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });
  await (await button(page, "door.passkey")).click();
  await page.waitForSelector("header.top");

  // Removed at the desk, and still in the device.
  await settings(page);
  await (await button(page, "passkeys.remove")).first().click();
  await dialog.locator("button.danger, button[type=submit]").first().waitFor();
  await axe(page, "passkeys-remove");
  await dialog.locator("button[type=submit]").click();
  await page.getByText(await text(page, "passkeys.none"), { exact: true }).waitFor();
  await signOut(page);
  ok((await kept()).length === 1, "the device knows nothing of it");
  await (await button(page, "door.passkey")).click();
  await page.waitForSelector(".notice.bad");
  ok((await page.locator(".notice.bad").innerText()).includes(await text(page, "door.passkey-wrong")), "removed: refused");
  await axe(page, "sign-in-passkey-refused");
  await enter(page, "anna");
  await page.waitForSelector("header.top");
  ok(true, "the password still opens");
});
