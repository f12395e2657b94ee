// A mail server for the stories: keeps what the server sends, by the address it is for.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { until } from "./browser.mjs";

const SINK = fileURLToPath(new URL("../../services/auth/tests/api/smtp_sink.py", import.meta.url));

let opened;

/** The mail server, which is started where the server looks for one (`CONFAB_TEST_SMTP_PORT`). */
export function postBox() {
  opened ??= open();
  return opened;
}

async function open() {
  const port = process.env.CONFAB_TEST_SMTP_PORT;
  if (!port) throw new Error("start the server with --mail smtp as `cargo xtask test e2e` does, and set CONFAB_TEST_SMTP_PORT");
  const sink = spawn("python3", [SINK, port, "0"], { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: sink.stdout });
  const letters = [];
  process.on("exit", () => sink.kill());
  const [first] = await Promise.race([once(lines, "line"), once(sink, "exit").then(() => ["nothing"])]);
  if (!first.startsWith("listening")) throw new Error("the mail server does not listen");
  lines.on("line", (line) => letters.push(JSON.parse(line)));
  // It is not what a run waits for at its end.
  sink.unref();
  sink.stdout.unref();
  const to = (address) => letters.filter((letter) => letter.to.includes(address));
  return {
    /** The letters to an address until now. */
    to,
    /** Waits for a letter to an address with the line `subject` above it. */
    async letter(address, subject) {
      return until(() => to(address).findLast((letter) => letter.subject === subject), `a letter "${subject}" to ${address}`);
    },
  };
}

/** The link in a letter, to the page that it was asked for on. */
export function linkIn({ text }) {
  return /^http\S+$/m.exec(text)[0];
}

/** The code in a letter: 256 bits in base64url. */
export function codeIn({ text }) {
  return /(?<![\w-])[\w-]{43}(?![\w-])/.exec(text)[0];
}
