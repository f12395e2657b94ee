// Talks to the passkeys of this browser: options come and answers go as JSON, as
// the server makes and takes them.
import { refusal } from "../../api/problem";
import "../../words/of-settings";
import { type PlainPhrase, say } from "../../words/say";

/** What went wrong, by the browser's names (Web Authentication, section 5.1). */
const PROBLEMS: Readonly<Record<string, PlainPhrase>> = {
  AbortError: "passkey.cancelled",
  InvalidStateError: "passkey.thereAlready",
  NotAllowedError: "passkey.cancelled",
  SecurityError: "passkey.wrongPage",
};

/** Makes a passkey. Throws what says in words why there is none. */
export function createPasskey(optionsJson: string): Promise<string> {
  return asked(() => navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(JSON.parse(optionsJson)) }));
}

/** Has a passkey sign. Throws what says in words why it did not. */
export function askPasskey(optionsJson: string): Promise<string> {
  return asked(() => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(optionsJson)) }));
}

async function asked(ask: () => Promise<Credential | null>): Promise<string> {
  try {
    const credential = await ask();
    if (credential instanceof PublicKeyCredential) return JSON.stringify(credential.toJSON());
  } catch (thrown) {
    const name = thrown instanceof DOMException ? thrown.name : "";
    throw refusal(say(PROBLEMS[name] ?? "passkey.failed"));
  }
  throw refusal(say("passkey.failed"));
}
