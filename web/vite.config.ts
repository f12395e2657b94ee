// Builds the client into dist/, serves it while it is written, runs its tests.
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { emojiData } from "./emoji-data.ts";
import { packed } from "./packed.ts";
import { shell } from "./shell.ts";
import { withoutJson } from "./without-json.ts";

/** Where `npm run dev` finds the server. */
const SERVER = process.env.CONFAB_URL ?? "http://localhost:8080";

export default defineConfig({
  plugins: [react(), tailwindcss(), emojiData(), shell("public"), withoutJson(), packed()],
  // What `dexie` names is written for browsers that we do not serve, and larger.
  resolve: { alias: [{ find: /^dexie$/, replacement: "dexie/dist/modern/dexie.mjs" }] },
  build: {
    target: "es2023",
    // Nothing is inlined, so that the content security policy needs no data: URLs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { index: "index.html", worker: "src/worker/worker.ts" },
      // The worker is found under the same name in every build, and at the top, because it answers for everything below.
      output: {
        entryFileNames: ({ name }) => (name === "worker" ? "worker.js" : "assets/[name]-[hash].js"),
        // With all that they import, and is not in a group above: each file more takes its time. The first is run as soon as it has come.
        codeSplitting: {
          groups: [
            { name: "beginning", test: /src\/app\/beginning\.ts$/, priority: 4 },
            { name: "page", test: /src\/main\.tsx$/, priority: 3 },
            { name: "calls", test: /src\/api\/(?:calls|problem)\.ts$/, priority: 2 },
            { name: "kept", test: /src\/kept\/database\.ts$/, priority: 1 },
            { name: "signed-in", test: /src\/app\/signed-in\.tsx$/, priority: 0 },
          ],
        },
      },
    },
  },
  server: {
    // Same origin for the browser, so that cookies behave as they will.
    proxy: { "^/(confab\\.|media)": { target: SERVER, changeOrigin: false } },
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
    // A machine that has other things to do takes its time; what hangs is ended all the same.
    testTimeout: 30_000,
    // How many random histories the log is tried with; a release tries 100,000.
    env: { CONFAB_HISTORIES: process.env.CONFAB_HISTORIES ?? "1000" },
  },
});
