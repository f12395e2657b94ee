// In English: proving who one is, and the second factor.

/** The phrases, by where they stand. */
export const SECURITY = {
  // Asked once more.
  "stepUp.title": "Is it you?",
  "stepUp.password": "This needs your password once more.",
  "stepUp.code": "This needs a code once more: the six digits that your app shows, or one of the codes you wrote down.",
  "stepUp.wrongPassword": "This is not your password.",
  "stepUp.do": "Go on",

  // The second factor.
  "factors.title": "Second factor",
  "factors.loading": "Loading how you log in",
  "factors.off": "With a second factor, a stolen password alone does not let anybody in: the log-in asks for a code that an app on your phone shows.",
  "factors.on": "The log-in asks for a code of your app.",
  "factors.codesLeft": { one: "You have {count} recovery code left, for when you have lost the app.", other: "You have {count} recovery codes left, for when you have lost the app." },
  "factors.noCodes": "You have no recovery codes. Whoever loses the app then needs help from those who run this server.",
  "factors.setUp": "Set up an app",
  "factors.scan": "Scan this with an authenticator app, then type the code that it shows.",
  "factors.qr": "QR code for the authenticator app",
  "factors.byHand": "Or type this secret into the app:",
  "factors.copySecret": "Copy the secret",
  "factors.openApp": "The app is on this device: open it",
  "factors.confirm": "Turn on",
  "factors.turnedOn": "The second factor is on, and your other devices are logged out",
  "factors.turnOff": "Turn off",
  "factors.turnOffTitle": "Turn the second factor off?",
  "factors.turnOffWarning": "Your password alone will let in whoever knows it. The recovery codes go too, and your other devices are logged out.",
  "factors.turnedOff": "The second factor is off",
  "factors.newCodes": "New recovery codes",
  "factors.newCodesWarning": "The old codes are good for nothing from then on, and your other devices are logged out.",
  "factors.makeCodes": "Make new codes",
  "recovery.title": "Your recovery codes",
  "recovery.hint": "Each of them lets you in once without the app. They are shown only now: keep them where you find them when your phone is gone.",
  "recovery.list": "Recovery codes",
  "recovery.copy": "Copy",
  "recovery.download": "Download",
  "recovery.kept": "I have kept them",
} as const;
