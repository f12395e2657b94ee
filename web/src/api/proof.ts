// What somebody shows to prove who they are, as the contract wants it.

/** What an app shows, a code that was written down, or what a passkey has signed. */
export type Proof = { readonly case: "totpCode" | "recoveryCode" | "passkeyJson"; readonly value: string };

/** Six digits are what an app shows. */
export function proofOf(code: string): Proof {
  return { case: /^\s*(\d\s*){6}$/.test(code) ? "totpCode" : "recoveryCode", value: code };
}
