// Measures the web client in a browser, against a running server, and prints a table.
//
//   CONFAB_URL               where the server is, with nobody's data in it; http://localhost:8080 if not set
//   CONFAB_TEST_CHROMIUM     the browser; /usr/bin/chromium if not set
//   CONFAB_FIGURES_MESSAGES  how long the long conversation is; 100000 if not set
//   CONFAB_FIGURES_FILE      where to write the table as well; nowhere if not set
//   CONFAB_FIGURES_COMMAND   how somebody got here, for the table
import { readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { history } from "./history.mjs";
import { lighthouse } from "./lighthouse.mjs";
import { loading } from "./loading.mjs";
import { openBrowser } from "./setting.mjs";

const url = process.env.CONFAB_URL ?? "http://localhost:8080";
const options = { url, executablePath: process.env.CONFAB_TEST_CHROMIUM ?? "/usr/bin/chromium", messages: Number(process.env.CONFAB_FIGURES_MESSAGES ?? 100_000) };

const rows = [];
let version = "";
for (const measure of [loading, history, lighthouse]) {
  // Each in a browser of its own: nothing is warm, and nothing is left.
  const browser = await openBrowser(options);
  version = browser.version;
  try {
    for await (const row of measure({ ...options, ...browser })) {
      rows.push(row);
      console.log(line(row));
    }
  } catch (error) {
    // The other figures are worth having all the same.
    process.exitCode = 1;
    console.error(error);
  } finally {
    await browser.close();
  }
}

const report = [
  "# How quick the web client is",
  "",
  `By \`${process.env.CONFAB_FIGURES_COMMAND ?? "npm run figures"}\` on ${new Date().toISOString().slice(0, 10)}: ${version}, without a screen, on ${cpus().length} cores (${cpus()[0]?.model.trim() ?? "unknown"}); server, its embedded database and the browser on the same machine.`,
  "Where several tries are named, the figure is the middle one, with the worst behind it.",
  "",
  "| figure | goal | found | |",
  "|---|---|---|---|",
  ...rows.map(line),
  "",
].join("\n");
console.log(`\n${report}`);
if (process.env.CONFAB_FIGURES_FILE) await write(process.env.CONFAB_FIGURES_FILE);

/** Puts the table into a file. What stands there under headings of its own was found in another way, and stays. */
async function write(file) {
  const before = await readFile(file, "utf8").catch((error) => {
    if (error.code !== "ENOENT") throw error;
    return "";
  });
  const rest = before.indexOf("\n## ");
  await writeFile(file, report + (rest < 0 ? "" : before.slice(rest)));
}

/** A line of the table. A goal is a figure that is not to be exceeded, or not to be missed from below. */
function line({ figure, unit, goal, found, worst, isFloor = false, note = "" }) {
  const number = (value) => `${Number(value.toFixed(value < 10 ? 1 : 0)).toLocaleString("en")}${unit}`;
  const isMet = goal === undefined || (isFloor ? found >= goal : found <= goal);
  const words = goal === undefined ? "" : `${isFloor ? "≥" : "≤"} ${number(goal)}`;
  return `| ${figure} | ${words} | ${number(found)}${worst === undefined ? "" : ` (${number(worst)})`} | ${isMet ? "" : "**missed** "}${note} |`;
}
