// Other languages, other directions, other eyes.
import { same, until } from "../browser.mjs";

const PHONE = { width: 360, height: 740 };

/** What the page says of its language. */
function spoken(page) {
  return page.evaluate(() => `${document.documentElement.lang} ${document.documentElement.dir}`);
}

/** Fails if a button stands on what is written: the words may run the other way than the page. */
async function buttonsAreFree(page, what) {
  const [words, buttons] = await Promise.all([page.getByRole("textbox"), page.locator("textarea + div")].map((part) => part.boundingBox()));
  // The outermost pixels of the field are empty.
  same(buttons.x >= words.x + words.width - 16 || buttons.x + buttons.width <= words.x + 16, true, what);
}

export const languages = {
  async "who reads Czech is spoken to in Czech, and may choose German"(stage) {
    const jana = await stage.newPerson("Jana", { locale: "cs-CZ" });
    const { page } = jana;
    await jana.visit();
    await page.getByRole("heading", { name: "Přihlásit se" }).waitFor();
    same(await spoken(page), "cs-CZ ltr", "the language");
    await stage.picture(page, "czech-log-in");
    await page.getByRole("button", { name: "Zaregistrovat se" }).click();
    await jana.fill({ Jméno: jana.name, "E-mailová adresa": jana.email, Heslo: jana.password });
    await page.getByRole("button", { name: "Vytvořit účet" }).click();
    await jana.isIn();
    await page.getByRole("link", { name: "Nastavení" }).click();
    await page.getByRole("list", { name: "Přihlášená zařízení" }).getByText("Toto zařízení").waitFor();
    await stage.checkAccess(page, "settings, Czech");
    await stage.picture(page, "czech-settings");
    await page.getByRole("combobox", { name: "Jazyk" }).selectOption("de");
    await page.getByRole("region", { name: "Einstellungen" }).waitFor();
    await until(() => page.getByRole("combobox", { name: "Sprache" }).evaluate((field) => field === document.activeElement), "the focus stays where it was");
    await page.reload();
    await page.getByRole("list", { name: "Sitzungen" }).getByText("Dieses Gerät").waitFor();
    same(await spoken(page), "de ltr", "after a reload");
    await page.setViewportSize(PHONE);
    await stage.picture(page, "phone-german-settings");
    await page.getByRole("combobox", { name: "Sprache" }).selectOption("");
    await page.getByRole("region", { name: "Nastavení" }).waitFor();
    await jana.context.close();
  },

  async "from right to left everything has its place"(stage) {
    const { ada, ben } = stage.people;
    const { page } = ada;
    await page.setViewportSize({ width: 1100, height: 760 });
    await page.goto("/#/");
    await ada.open(ben);
    await ada.write("שלום, this begins on the right");
    await ada.hasSent("שלום, this begins on the right");
    await buttonsAreFree(page, "Latin words in a page from left to right");
    await page.getByRole("textbox").fill("السلام عليكم (1): كيف الحال؟");
    await buttonsAreFree(page, "Arabic words in a page from left to right");
    await page.keyboard.press("Enter");
    await ada.hasSent("السلام عليكم (1): كيف الحال؟");
    await stage.picture(page, "arabic-conversation");
    await page.evaluate(() => (document.documentElement.dir = "rtl"));
    await buttonsAreFree(page, "an empty field in a page from right to left");
    await page.getByRole("textbox").fill("Latin words");
    await buttonsAreFree(page, "Latin words in a page from right to left");
    await page.getByRole("textbox").fill("");
    await stage.checkAccess(page, "a conversation from right to left");
    const [list, mine] = await Promise.all([page.getByRole("navigation", { name: "Conversations" }).boundingBox(), ada.bubble("שלום, this begins on the right").boundingBox()]);
    same([list.x > 550, mine.x < 550], [true, true], "the list is at the right, what one says at the left");
    await stage.picture(page, "rtl-conversation");
    await ada.menu("שלום, this begins on the right");
    await stage.picture(page, "rtl-menu");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Details" }).click();
    await page.getByRole("complementary", { name: "Details" }).waitFor();
    await page.setViewportSize(PHONE);
    await stage.checkAccess(page, "details from right to left, on a phone");
    await stage.picture(page, "rtl-phone-details");
    await page.keyboard.press("Escape");
    await stage.picture(page, "rtl-phone-conversation");
    await page.getByRole("link", { name: "Back to the conversations" }).click();
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByRole("list", { name: "Sessions" }).waitFor();
    await stage.picture(page, "rtl-phone-settings");
    await page.evaluate(() => (document.documentElement.dir = "ltr"));
  },

  async "who needs strong colours, calm or twice the size gets them"(stage) {
    const { ada, ben } = stage.people;
    const { page } = ada;
    // With keys alone from one conversation to the next, and back to the one before.
    await page.goto("/#/");
    await ada.row(ben).waitFor();
    await page.keyboard.press("Alt+ArrowDown");
    await page.getByRole("heading", { level: 2 }).waitFor();
    same(await page.locator("nav a[aria-current=page]").count() > 0, true, "a conversation is open");
    // A window of 1100 by 760 at 200 %.
    await page.setViewportSize({ width: 550, height: 380 });
    await page.goto("/#/");
    await ada.open(ben);
    await stage.checkAccess(page, "a conversation at 200 %");
    await stage.picture(page, "zoom-conversation");
    await page.setViewportSize({ width: 1100, height: 760 });
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ contrast: "more", colorScheme });
      await stage.checkAccess(page, `strong contrast, ${colorScheme}`);
      await stage.picture(page, `contrast-${colorScheme}`);
    }
    await page.emulateMedia({ contrast: null, colorScheme: "light", forcedColors: "active", reducedMotion: "reduce" });
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByRole("list", { name: "Sessions" }).waitFor();
    await stage.checkAccess(page, "forced colours");
    await stage.picture(page, "forced-colours");
    same(await page.evaluate(() => getComputedStyle(document.querySelector("[data-connection] span")).animationDuration === "0s" || document.getAnimations().length === 0), true, "nothing moves");
    await page.emulateMedia({ forcedColors: null, reducedMotion: null, colorScheme: null });
  },
};
