// A provider of OpenID Connect as others run it: oidc-provider from npm, with pages of its own to sign in and to
// consent. A process of its own, which ends with whoever has started it (see providers.mjs).
import { createHash } from "node:crypto";

// The package is made for Node 22; this is all that it misses in Node 20.
URL.parse ??= (text, base) => (URL.canParse(text, base) ? new URL(text, base) : null);
const { default: Provider } = await import("oidc-provider");

const { issuer, client, jwk, saysInToken } = JSON.parse(process.env.CONFAB_TEST_PROVIDER);
const { hostname, port } = new URL(issuer);
/** Who has signed in here, by the subject. */
const accounts = new Map();

const provider = new Provider(issuer, {
  clients: [client],
  jwks: { keys: [jwk] },
  // Browsers keep cookies by the host, whatever the port: two providers must not overwrite each other's.
  cookies: { keys: [jwk.kid], names: { session: `session-${port}`, interaction: `interaction-${port}`, resume: `resume-${port}` } },
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  // As the standard has it, what it knows of somebody is to be asked for; many say it in the token all the same.
  conformIdTokenClaims: !saysInToken,
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, { uid }) => `/interaction/${uid}` },
  findAccount: (_, sub) => {
    const account = accounts.get(sub);
    return account && { accountId: sub, claims: () => ({ sub, ...account }) };
  },
});

provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith("/interaction/")) return next();
  const { prompt, params, session } = await provider.interactionDetails(ctx.req, ctx.res);
  if (ctx.method === "GET") {
    ctx.type = "html";
    ctx.body = page(prompt.name === "login" ? SIGN_IN : CONSENT);
    return;
  }
  const form = new URLSearchParams(await read(ctx.req));
  const result = form.has("no") ? { error: "access_denied" } : prompt.name === "login" ? signIn(form) : await consent(session.accountId, params);
  ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, result, { mergeWithLastSubmission: prompt.name !== "login" }));
});

/** Whoever comes says who they are, and what is known of them. */
function signIn(form) {
  const email = form.get("email");
  const sub = createHash("sha256").update(email).digest("hex");
  accounts.set(sub, { email, email_verified: form.has("confirmed"), name: form.get("name") });
  return { login: { accountId: sub } };
}

async function consent(accountId, { client_id: clientId, scope }) {
  const grant = new provider.Grant({ accountId, clientId });
  grant.addOIDCScope(scope);
  return { consent: { grantId: await grant.save() } };
}

const SIGN_IN = `
  <label>E-mail address <input name="email" type="email"></label>
  <label>Name <input name="name"></label>
  <label><input name="confirmed" type="checkbox"> The address is confirmed</label>
  <button>Sign in</button> <button name="no">Cancel</button>`;

const CONSENT = `<p>Confab wants to know who you are.</p><button>Allow</button> <button name="no">Refuse</button>`;

function page(fields) {
  return `<!doctype html><html lang="en"><title>Provider</title><form method="post">${fields}</form></html>`;
}

async function read(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

process.on("disconnect", () => process.exit());
provider.listen(Number(port), hostname, () => process.send("listening"));
