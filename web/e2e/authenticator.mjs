// An authenticator of Chromium's own, as a phone or a computer has one, for one page.

/** Gives `page` an authenticator that knows its owner. */
export async function giveAuthenticator(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  const options = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", { options });
  const passkeys = async () => (await session.send("WebAuthn.getCredentials", { authenticatorId })).credentials;
  const replace = async (all) => {
    await session.send("WebAuthn.clearCredentials", { authenticatorId });
    for (const credential of all) await session.send("WebAuthn.addCredential", { authenticatorId, credential });
  };
  return {
    /** What it keeps. */
    passkeys,
    /** Keeps those of another device in the place of its own. */
    replace,
    /** Does something while it keeps nothing: whoever is asked for a passkey has none to show. */
    async whileEmpty(work) {
      const kept = await passkeys();
      await replace([]);
      await work();
      await replace(kept);
    },
    /** Whether it knows its owner from now on. */
    knowsOwner: (isUserVerified) => session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified }),
  };
}
