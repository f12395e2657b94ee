// What one can show beside the password, by the numbers of the contract: that is fetched beside the page to log in,
// which is drawn without. The compiler knows the numbers.
import type { FactorMethod } from "../../gen/confab/auth/v1/factor_pb";

export const TOTP: FactorMethod.TOTP = 2;
export const RECOVERY_CODE: FactorMethod.RECOVERY_CODE = 3;
export const PASSKEY: FactorMethod.PASSKEY = 4;
