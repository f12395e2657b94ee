// Whether this browser knows passkeys on this page.

/** Not over plain http, and not in browsers from before 2025. */
export function knowsPasskeys(): boolean {
  return typeof PublicKeyCredential !== "undefined" && "parseRequestOptionsFromJSON" in PublicKeyCredential;
}
