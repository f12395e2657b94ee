// Somebody who has a second factor logs in with it.
import { createHmac } from "node:crypto";

/** What an authenticator app shows (RFC 6238): of the secret in base32, `steps` of 30 s from now. */
function shown(secret, steps) {
  const bits = [...secret].map((char) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(char).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const digest = createHmac("sha1", key).update(counter).digest();
  const number = digest.readUInt32BE(digest[19] & 15) & 0x7fff_ffff;
  return String(number % 1_000_000).padStart(6, "0");
}

/** Calls over the JSON door with the session of the page, as the settings will. */
function call(page, path, body) {
  const asked = async ([to, sent]) => {
    const answer = await fetch(to, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(sent) });
    if (!answer.ok) throw new Error(`${to}: ${await answer.text()}`);
    return answer.json();
  };
  return page.evaluate(asked, [path, body]);
}

export const factors = {
  async "who has a second factor is asked for it, and gets in with it"(stage) {
    const fay = await stage.newPerson("Fay");
    await fay.signUp();
    const { secret } = await call(fay.page, "/v1/me/totp:begin", { password: fay.password });
    const used = shown(secret, 0);
    const { recoveryCodes } = await call(fay.page, "/v1/me/totp:confirm", { code: used });
    await fay.logOut();
    await fay.logIn();
    await fay.page.getByRole("heading", { name: "One more step" }).waitFor();
    await stage.checkAccess(fay.page, "a second step");
    await stage.picture(fay.page, "second-step");
    // The code that was used already, then one for the next half minute, which an app whose clock is ahead shows.
    await fay.fill({ Code: used });
    await fay.page.getByRole("button", { name: "Log in" }).click();
    await fay.page.getByText("This code is wrong, or was used already.").waitFor();
    await fay.fill({ Code: shown(secret, 1) });
    await fay.page.getByRole("button", { name: "Log in" }).click();
    await fay.isIn();
    await fay.logOut();
    await fay.logIn();
    await fay.fill({ Code: recoveryCodes[0] });
    await fay.page.getByRole("button", { name: "Log in" }).click();
    await fay.isIn();
    await fay.context.close();
  },
};
