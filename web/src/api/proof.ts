// What somebody has typed to prove who they are, as the contract wants it.

/** What an app shows, or a code that was written down. */
export type Proof = { readonly case: "totpCode" | "recoveryCode"; readonly value: string };

/** Six digits are what an app shows. */
export function proofOf(code: string): Proof {
  return { case: /^\s*(\d\s*){6}$/.test(code) ? "totpCode" : "recoveryCode", value: code };
}
