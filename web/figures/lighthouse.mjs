// What Lighthouse says of the page, for phones and for desks.
import run, { desktopConfig } from "lighthouse";
import { logIn, newPerson } from "./setting.mjs";

const CATEGORIES = ["performance", "accessibility", "best-practices"];
const FORMS = [["a phone", undefined], ["a desk", desktopConfig]];
/** Of a hundred. */
const GOAL = 90;

/** Rows of the table, one by one. */
export async function* lighthouse({ context, port, url }) {
  yield* judged("log-in", url, port);
  const page = await context.newPage();
  await logIn(page, await newPerson(url, "Ada"));
  await page.close();
  yield* judged("signed in", url, port);
}

async function* judged(what, url, port) {
  for (const [form, config] of FORMS) {
    const { lhr } = await run(url, { port, onlyCategories: CATEGORIES, disableStorageReset: true, logLevel: "error" }, config);
    if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
    for (const name of CATEGORIES) {
      const { title, score, auditRefs } = lhr.categories[name];
      const lost = auditRefs.filter(({ id, weight }) => weight > 0 && lhr.audits[id].score !== null && lhr.audits[id].score < 0.9).map(({ id }) => lhr.audits[id].title.replaceAll("|", "/"));
      yield { figure: `Lighthouse ${lhr.lighthouseVersion}, ${what}, ${form}: ${title}`, unit: "", goal: GOAL, isFloor: true, found: (score ?? 0) * 100, note: lost.join("; ") };
    }
  }
}
