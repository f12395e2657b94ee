// The providers that the server was told of (`--oidc-file`): processes that stories start and stop.
import { fork } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("provider.mjs", import.meta.url));

/** What the server knows of them: their addresses, and the secret of the first. */
export function providersOf(page) {
  const told = process.env.CONFAB_TEST_PROVIDERS;
  if (!told) throw new Error("start the server with --oidc-file as `cargo xtask test e2e` does, and set CONFAB_TEST_PROVIDERS");
  const { company, club, secret } = JSON.parse(told);
  const answers = { redirect_uris: [`${page}/oidc`], response_types: ["code"], grant_types: ["authorization_code"] };
  return {
    company: new ProviderProcess(company, { client: { ...answers, client_id: "confab", client_secret: secret }, jwk: newKey("rsa", "RS256", { modulusLength: 2048 }), saysInToken: false }),
    club: new ProviderProcess(club, { client: { ...answers, client_id: "chat", token_endpoint_auth_method: "none", id_token_signed_response_alg: "ES256" }, jwk: newKey("ec", "ES256", { namedCurve: "P-256" }), saysInToken: true }),
  };
}

/** A key that stays the same when the process is started again. */
function newKey(kind, alg, options) {
  return { ...generateKeyPairSync(kind, options).privateKey.export({ format: "jwk" }), alg, use: "sig", kid: `a key for ${alg}` };
}

/** One provider, which is running or not. */
class ProviderProcess {
  #child;

  constructor(issuer, settings) {
    this.issuer = issuer;
    this.settings = { issuer, ...settings };
  }

  /** Starts it, and waits until it listens. */
  async start() {
    this.#child = fork(PROGRAM, { env: { ...process.env, CONFAB_TEST_PROVIDER: JSON.stringify(this.settings) }, stdio: ["ignore", "ignore", "inherit", "ipc"] });
    const ended = once(this.#child, "exit").then(() => {
      throw new Error(`the provider at ${this.issuer} has ended`);
    });
    await Promise.race([once(this.#child, "message"), ended]);
    // From now on it may.
    ended.catch(() => {});
    // It is not what a run waits for at its end, and goes with it.
    this.#child.unref();
    this.#child.channel.unref();
  }

  /** Ends it. */
  async stop() {
    const ended = once(this.#child, "exit");
    this.#child.kill();
    await ended;
  }
}
