// SPDX-License-Identifier: MIT
// What scenarios of the member's page share.

/** From an invite's page to the chats, as ${name}. */
export async function join(page, name) {
  await page.getByLabel("What may we call you?").fill(name);
  await page.getByRole("button", { name: "Go on" }).click();
  await page.locator(".words li").nth(11).waitFor();
  const words = await page.locator(".words li").allTextContents();
  await page.getByRole("button", { name: "I have written them down" }).click();
  for (const l of await page.locator(".field label").allTextContents())
    await page.getByLabel(l, { exact: true }).fill(words[Number(/\d+/.exec(l)[0]) - 1]);
  await page.getByRole("button", { name: "Done" }).click();
  const later = page.getByRole("button", { name: "Not now" });
  const chats = page.getByRole("heading", { name: "Chats" });
  await later.or(chats).first().waitFor();
  if (await later.count()) await later.click();
  await chats.waitFor();
}

// ---- pages that are nothing but the runtime (tests/wasm/page.mjs)

/** What ${method} gives, or its error's code and sentence. */
export const ask = (page, method, take = {}) =>
  page.evaluate(
    async ([method, take]) => {
      try {
        return { give: await window.runtime.do(method, take) };
      } catch (e) {
        return { code: e.code, sentence: e.message };
      }
    },
    [method, take],
  );

export const give = async (page, method, take) => {
  const said = await ask(page, method, take);
  if (said.code) throw new Error(`${method}: ${said.code}: ${said.sentence}`);
  return said.give;
};
