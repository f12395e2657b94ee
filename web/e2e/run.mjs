// Drives real browsers against a running server, as people would.
//
//   CONFAB_URL             where the server is; http://localhost:8080 if not set
//   CONFAB_COOKIE_ORIGIN   what the server was given as --cookie-origin, on a port that is free; needed by one story
//   CONFAB_TEST_CHROMIUM   the browser; /usr/bin/chromium if not set
//   CONFAB_STORIES         which stories to play after the first, as "acting,tabs", or "served" for those that are about more than the page; all that need nothing but the server if not set
//   CONFAB_STORIES_WHOLE   set: hostile texts in every field, also where each costs a second
//   CONFAB_STORIES_ACCESS  "known": the same screens have been tried for whom they keep out already, and only their width is looked at
//   CONFAB_TEST_SMTP_PORT  for the stories of letters and providers: where the server looks for its mail server (--mail smtp), which they start
//   CONFAB_TEST_PROVIDERS  for the same: the providers of its --oidc-file, which they start; see providers.mjs
//   CONFAB_SCREENSHOTS     a folder for pictures of every screen; none if not set
import { launch } from "./browser.mjs";
import { postBox } from "./post-box.mjs";
import { account } from "./stories/account.mjs";
import { acting } from "./stories/acting.mjs";
import { activity } from "./stories/activity.mjs";
import { answering } from "./stories/answering.mjs";
import { chatting } from "./stories/chatting.mjs";
import { clients } from "./stories/clients.mjs";
import { concord } from "./stories/concord.mjs";
import { faces } from "./stories/faces.mjs";
import { factors } from "./stories/factors.mjs";
import { forgery } from "./stories/forgery.mjs";
import { grouping } from "./stories/grouping.mjs";
import { hardship } from "./stories/hardship.mjs";
import { hostility } from "./stories/hostility.mjs";
import { installing } from "./stories/installing.mjs";
import { keeping } from "./stories/keeping.mjs";
import { languages } from "./stories/languages.mjs";
import { letters } from "./stories/letters.mjs";
import { looks } from "./stories/looks.mjs";
import { neighbours } from "./stories/neighbours.mjs";
import { noticing } from "./stories/noticing.mjs";
import { outage } from "./stories/outage.mjs";
import { passkeys } from "./stories/passkeys.mjs";
import { pictures } from "./stories/pictures.mjs";
import { providers } from "./stories/providers.mjs";
import { proving } from "./stories/proving.mjs";
import { pushing } from "./stories/pushing.mjs";
import { reading } from "./stories/reading.mjs";
import { searching } from "./stories/searching.mjs";
import { setting } from "./stories/setting.mjs";
import { signingIn } from "./stories/signing-in.mjs";
import { tabs } from "./stories/tabs.mjs";
import { tutorial } from "./stories/tutorial.mjs";

const STORIES = { chatting, acting, noticing, grouping, searching, answering, reading, setting, tabs, hardship, outage, keeping, pictures, concord, faces, factors, passkeys, account, pushing, tutorial, neighbours, clients, forgery, activity };
/** About what the browser does with the page, whatever is behind it: not played where CONFAB_STORIES is "served". After the others, whose people they have. */
const STORIES_OF_THE_PAGE = { installing, languages, hostility, looks };
/** Played when they are named: the server has to send letters, and to know the providers; for the last one it has to want a letter first (--sign-up-proof letter). */
const STORIES_WITH_OTHERS = { providers, letters, proving };
const all = { ...STORIES, ...STORIES_OF_THE_PAGE, ...STORIES_WITH_OTHERS };
const named = process.env.CONFAB_STORIES ?? Object.keys({ ...STORIES, ...STORIES_OF_THE_PAGE }).join();
const chosen = named === "served" ? Object.keys(STORIES) : named.split(",");
// The people of the first story take part in those after it; those with others have people of their own.
const first = chosen.some((name) => !(name in STORIES_WITH_OTHERS)) ? [signingIn] : [];

const stage = await launch({
  url: process.env.CONFAB_URL ?? "http://localhost:8080",
  chromium: process.env.CONFAB_TEST_CHROMIUM ?? "/usr/bin/chromium",
  pictures: process.env.CONFAB_SCREENSHOTS,
  isAccessKnown: process.env.CONFAB_STORIES_ACCESS === "known",
});

// From the beginning: letters that nobody takes would wait for minutes.
if (process.env.CONFAB_TEST_SMTP_PORT) await postBox();

let passed = 0;
let failed = 0;
const complaints = [];
const begin = Date.now();
try {
  for (const story of [...first, ...chosen.map((name) => all[name])]) {
    let broken = false;
    for (const [name, test] of Object.entries(story)) {
      if (broken) {
        // The tests of a story build on each other: it would only fail slowly.
        failed += 1;
        console.log(`FAIL  ${name} (not played)`);
        continue;
      }
      const started = Date.now();
      try {
        await test(stage);
        passed += 1;
        console.log(`ok    ${name} (${Date.now() - started} ms)`);
      } catch (error) {
        failed += 1;
        broken = true;
        const complaint = `${name}\n      ${String(error?.stack ?? error).replaceAll("\n", "\n      ")}`;
        complaints.push(complaint);
        console.log(`FAIL  ${complaint}`);
        await stage.pictureOfFailure(failed);
      }
    }
  }
} finally {
  await stage.close();
}
console.log(`${((Date.now() - begin) / 1000).toFixed(1)} s`);
console.log(`${passed} passed, ${failed} failed`);
// Once more, where those look who see only the end of a long log.
for (const complaint of complaints) console.log(`failed: ${complaint}`);
// What a story that broke has left open would keep the process for ever.
process.exit(failed > 0 || passed === 0 ? 1 : 0);
