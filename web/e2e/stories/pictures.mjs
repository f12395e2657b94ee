// Pictures and files: brought in every way, seen by the other, taken along
// through bad luck.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { same, until } from "../browser.mjs";
import { BLUE, GREEN, pngFile, RED, shows } from "../pixels.mjs";

const UPLOAD = "**/media/uploads/*";
const PHONE = { width: 360, height: 740 };
/** Chooses files as from the dialog of the system. */
export async function choose(person, ...files) {
  await person.page.getByTestId("chooser").setInputFiles(files);
}

/** Lets the page have files as if they were pasted or dropped. */
function give(page, way, files) {
  const given = files.map(({ name, mimeType, buffer }) => ({ name, mimeType, base64: buffer.toString("base64") }));
  return page.evaluate(
    ([kind, all]) => {
      const transfer = new DataTransfer();
      for (const { name, mimeType, base64 } of all) transfer.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], name, { type: mimeType }));
      const field = document.querySelector("textarea");
      if (kind === "paste") return field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true }));
      for (const step of kind === "drop" ? ["dragover", "drop"] : ["dragenter", "dragover"]) field.dispatchEvent(new DragEvent(step, { dataTransfer: transfer, bubbles: true, cancelable: true }));
    },
    [way, given],
  );
}

/** Waits until so many files stand beside the field, and are on the server. */
export async function beside(person, count) {
  const list = person.page.getByRole("list", { name: "Attached files" }).locator("[data-upload=done]");
  await until(async () => (await list.count()) === count, `${count} files are ready`);
}

/** The pictures in the message with a text, once they are there. */
async function picturesIn(person, text, count) {
  const found = person.message(text).locator("[data-picture=there]");
  await until(async () => (await found.count()) === count, `${person.name} sees ${count} pictures`);
  return found;
}

export const pictures = {
  async "a picture that is pasted is seen by the other as it is"(stage) {
    const ida = await stage.newPerson("Ida");
    const jan = await stage.newPerson("Jan");
    Object.assign(stage.people, { ida, jan });
    await Promise.all([ida.signUp(), jan.signUp()]);
    await ida.find(jan);
    await give(ida.page, "paste", [pngFile("sunset.png", RED, BLUE)]);
    await beside(ida, 1);
    await stage.checkAccess(ida.page, "a picture beside the field");
    await stage.picture(ida.page, "picture-chosen");
    await ida.write("The sea tonight");
    await ida.hasSent("The sea tonight");
    await jan.page.getByRole("link", { name: /^Chats/ }).click();
    await jan.row(ida).getByText("Picture: The sea tonight").waitFor();
    await jan.open(ida);
    const [mine, theirs] = await Promise.all([picturesIn(ida, "The sea tonight", 1), picturesIn(jan, "The sea tonight", 1)]);
    await shows(mine.first(), RED, BLUE);
    await shows(theirs.first(), RED, BLUE);
    await stage.checkAccess(jan.page, "a picture");
    await stage.picture(jan.page, "picture-seen");
  },

  async "files can be dropped and chosen, several at once, and taken out again"(stage) {
    const { ida, jan } = stage.people;
    await give(ida.page, "dragover", [pngFile("dropped.png", GREEN, RED)]);
    await ida.page.getByText("Drop files here to attach them").waitFor();
    await stage.picture(ida.page, "picture-drop");
    await give(ida.page, "drop", [pngFile("dropped.png", GREEN, RED)]);
    await choose(ida, pngFile("chosen.png", BLUE, GREEN), pngFile("too many.png", RED, RED));
    await beside(ida, 3);
    same(await ida.page.getByText("Drop files here to attach them").count(), 0, "what says that files can be dropped");
    await ida.page.getByRole("button", { name: "Remove too many.png" }).click();
    await beside(ida, 2);
    await ida.write("Two more");
    const theirs = await picturesIn(jan, "Two more", 2);
    await shows(theirs.nth(0), GREEN, RED);
    await shows(theirs.nth(1), BLUE, GREEN);
    await stage.checkAccess(jan.page, "two pictures");
    await stage.picture(jan.page, "pictures-two");
  },

  async "a picture alone can be gone closer to, left for the next, and kept"(stage) {
    const { jan } = stage.people;
    const { page } = jan;
    const opener = jan.message("Two more").getByRole("button", { name: "Show dropped.png" });
    await opener.click();
    const viewer = page.getByRole("dialog", { name: "Picture dropped.png" });
    await viewer.getByText("2 of 3").waitFor();
    await viewer.locator("img").evaluate((image) => image.decode());
    await stage.checkAccess(page, "the viewer");
    await stage.picture(page, "viewer");
    await page.keyboard.press("+");
    await until(() => viewer.locator("img").evaluate((image) => image.style.transform.includes("scale(1.5)")), "it is larger");
    await page.keyboard.press("ArrowRight");
    await page.getByRole("dialog", { name: "Picture chosen.png" }).waitFor();
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    await page.getByRole("dialog", { name: "Picture sunset.png" }).getByText("1 of 3").waitFor();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Download sunset.png" }).click()]);
    same(download.suggestedFilename(), "sunset.png", "the name");
    await page.keyboard.press("Escape");
    await until(() => opener.evaluate((button) => button === document.activeElement), "the focus is back");
  },

  async "a file arrives byte for byte"(stage) {
    const { ida, jan } = stage.people;
    const buffer = Buffer.from("An engine that weaves numbers.\n".repeat(40_000));
    await choose(ida, { name: "notes žluť.txt", mimeType: "text/plain", buffer });
    await beside(ida, 1);
    await ida.page.getByRole("textbox").focus();
    await ida.page.keyboard.press("Enter");
    await jan.row(ida).getByText("File notes žluť.txt").waitFor();
    const link = jan.page.getByRole("log").getByRole("link", { name: "Download notes žluť.txt" });
    const [download] = await Promise.all([jan.page.waitForEvent("download"), link.click()]);
    const hash = (bytes) => createHash("sha256").update(bytes).digest("hex");
    same([download.suggestedFilename(), hash(await readFile(await download.path()))], ["notes žluť.txt", hash(buffer)], "the file");
    await stage.checkAccess(jan.page, "a file");
    await stage.picture(jan.page, "file");
  },

  async "what the server does not take says why, and is in nobody's way"(stage) {
    const { ida } = stage.people;
    await choose(ida, { name: "setup.exe", mimeType: "application/octet-stream", buffer: Buffer.from("MZ\u0090\u0000 not a picture\u0000\u0001\u0002", "latin1") });
    await ida.page.getByRole("alert").getByText("setup.exe").waitFor();
    await stage.checkAccess(ida.page, "a refused file");
    await stage.picture(ida.page, "file-refused");
    same(await ida.page.getByRole("button", { name: "Send" }).isDisabled(), true, "it cannot be sent");
    await ida.page.getByRole("button", { name: "Remove setup.exe" }).click();
    await until(async () => (await ida.page.getByRole("alert").count()) === 0, "nothing is complained of");
  },

  async "a picture that is sent without a net arrives when it returns"(stage) {
    const { ida, jan } = stage.people;
    await ida.context.setOffline(true);
    await choose(ida, pngFile("tunnel.png", BLUE, RED));
    await ida.write("From the tunnel");
    const waiting = ida.page.locator("[data-status=waiting]");
    await waiting.getByText("From the tunnel", { exact: true }).waitFor();
    await waiting.locator("img").waitFor();
    await stage.checkAccess(ida.page, "a picture that waits");
    await stage.picture(ida.page, "picture-waiting");
    await ida.context.setOffline(false);
    await ida.hasSent("From the tunnel");
    await shows((await picturesIn(jan, "From the tunnel", 1)).first(), BLUE, RED);
  },

  async "files that are chosen and not sent are there again after a reload"(stage) {
    const { ida, jan } = stage.people;
    await choose(ida, pngFile("reloaded.png", RED, GREEN), { name: "plan.txt", mimeType: "text/plain", buffer: Buffer.from("Oil first.") });
    await ida.page.getByRole("textbox").fill("After the reload");
    await beside(ida, 2);
    await until(() => keptFiles(ida.page), "they are kept");
    await ida.page.reload();
    await ida.isIn();
    await beside(ida, 2);
    same(await ida.page.getByRole("textbox").inputValue(), "After the reload", "the draft");
    await stage.checkAccess(ida.page, "files after a reload");
    await stage.picture(ida.page, "files-reloaded");
    await ida.page.getByRole("button", { name: "Send" }).click();
    await ida.hasSent("After the reload");
    await shows((await picturesIn(jan, "After the reload", 1)).first(), RED, GREEN);
    await jan.message("After the reload").getByRole("link", { name: "Download plan.txt" }).waitFor();
    await until(async () => !(await keptFiles(ida.page)), "no file is kept any longer");
  },

  async "an upload that is cut off goes on, also after the page was closed"(stage) {
    const { ida, jan } = stage.people;
    await ida.context.route(UPLOAD, (route) => (route.request().method() === "PATCH" ? route.abort() : route.continue()));
    const tried = ida.page.waitForRequest((request) => request.method() === "PATCH");
    await choose(ida, pngFile("closed.png", GREEN, BLUE));
    await ida.write("Before closing");
    await tried;
    await ida.page.locator("[data-status=waiting]").getByText("Before closing", { exact: true }).waitFor();
    await until(() => keptFiles(ida.page), "the file is kept");
    await ida.page.close();
    await ida.context.unroute(UPLOAD);
    ida.page = await ida.context.newPage();
    await ida.visit();
    await ida.isIn();
    await shows((await picturesIn(jan, "Before closing", 1)).first(), GREEN, BLUE);
    await ida.open(jan);
    await ida.hasSent("Before closing");
    await until(async () => !(await keptFiles(ida.page)), "no file is kept any longer");
  },

  async "a deleted message has no picture any more"(stage) {
    const { ida, jan } = stage.people;
    await ida.act("The sea tonight", "Delete");
    await ida.page.getByRole("dialog").getByText("Picture: The sea tonight").waitFor();
    await ida.page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await jan.page.getByRole("log").getByText("This message was deleted.").waitFor();
    same(await jan.page.getByRole("button", { name: "Show sunset.png" }).count(), 0, "the picture");
  },

  async "a group gets a picture, cut to a square"(stage) {
    const { ida, jan } = stage.people;
    const { page } = ida;
    await page.getByRole("link", { name: "People", exact: true }).click();
    await page.getByRole("button", { name: "New group" }).click();
    const form = page.getByRole("dialog", { name: "New group" });
    await form.getByLabel("Name", { exact: true }).fill("Harbour");
    await form.getByRole("searchbox").fill(jan.name);
    await form.getByRole("checkbox", { name: jan.name }).check();
    await form.getByRole("button", { name: "Make the group" }).click();
    await ida.heading({ name: "Harbour" });
    await page.getByRole("button", { name: "Details", exact: true }).click();
    await page.getByTestId("picture-chooser").setInputFiles([pngFile("face.png", RED, GREEN)]);
    const dialog = page.getByRole("dialog", { name: "Picture of the group" });
    await dialog.getByRole("button", { name: "Save" }).and(page.locator(":enabled")).waitFor();
    await dialog.getByRole("img", { name: "The part that is taken" }).focus();
    await page.keyboard.press("ArrowRight");
    await stage.checkAccess(page, "a picture to be cut");
    await stage.picture(page, "crop");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Remove the picture" }).waitFor();
    await jan.page.getByRole("link", { name: /^Chats/ }).click();
    await jan.row({ name: "Harbour" }).locator("img").waitFor();
    await jan.row({ name: "Harbour" }).locator("img").evaluate((image) => image.decode());
    await stage.checkAccess(page, "a group with a picture");
    await stage.picture(jan.page, "group-picture");
  },

  async "pictures look right in the dark and on a phone"(stage) {
    const { ida, jan } = stage.people;
    const page = await stage.newPage(jan, { viewport: PHONE, colorScheme: "dark" });
    await page.goto("/#/");
    await jan.row(ida, page).click();
    await jan.heading(ida, page);
    await page.locator("[data-picture=there]").first().waitFor();
    await stage.checkAccess(page, "pictures on a phone in the dark");
    await stage.picture(page, "phone-dark-pictures");
    await page.context().close();
  },

  async "a voice note says why, where the microphone is not allowed"(stage) {
    const { ida } = stage.people;
    await ida.page.getByRole("link", { name: /^Chats/ }).click();
    await ida.open(stage.people.jan);
    await ida.page.getByRole("button", { name: "Record a voice note" }).click();
    await ida.page.getByRole("alert").getByText(/microphone/).waitFor();
    await stage.checkAccess(ida.page, "no microphone");
    await stage.picture(ida.page, "voice-refused");
    await ida.page.getByRole("group", { name: "Voice note" }).getByRole("button", { name: "Close" }).click();
  },

  async "a voice note is recorded, sent, and heard by the other"(stage) {
    const { ida, jan } = stage.people;
    const { page } = ida;
    // The machine has no microphone: it hums in its place. What is recorded is a recording like any other.
    await page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = async () => {
        const hall = new AudioContext();
        const voice = hall.createOscillator();
        const ears = hall.createMediaStreamDestination();
        voice.connect(ears);
        voice.start();
        return ears.stream;
      };
    });
    await page.getByRole("button", { name: "Record a voice note" }).click();
    const bar = page.getByRole("group", { name: "Voice note" });
    await bar.getByText("Recording", { exact: true }).waitFor();
    await bar.getByText("0:01").waitFor();
    await stage.checkAccess(page, "a voice note that is spoken");
    await stage.picture(page, "voice-recording");
    await bar.getByRole("button", { name: "Done" }).click();
    await beside(ida, 1);
    await ida.write("Listen to the wind");
    await ida.hasSent("Listen to the wind");
    await jan.page.getByRole("link", { name: /^Chats/ }).click();
    await jan.open(ida);
    await jan.sees("Listen to the wind");
    const sound = jan.message("Listen to the wind").locator("audio");
    await jan.message("Listen to the wind").getByRole("button", { name: "Play" }).click();
    await until(() => sound.evaluate(({ currentTime }) => currentTime > 0), "it is heard");
    await until(async () => Number(await jan.message("Listen to the wind").getByRole("slider", { name: "Where it is" }).inputValue()) > 0, "one sees how far it is");
    await stage.checkAccess(jan.page, "a voice note");
    await stage.picture(jan.page, "voice-note");
  },
};

/** Whether any file is kept in the browser that is not sent. */
function keptFiles(page) {
  return page.evaluate(async () => {
    const found = (await indexedDB.databases()).find(({ name }) => name.startsWith("confab-files-"));
    if (!found) return false;
    const db = await new Promise((resolve, reject) => Object.assign(indexedDB.open(found.name), { onsuccess: ({ target }) => resolve(target.result), onerror: reject }));
    const count = await new Promise((resolve) => Object.assign(db.transaction("files").objectStore("files").count(), { onsuccess: ({ target }) => resolve(target.result) }));
    db.close();
    return count > 0;
  });
}
