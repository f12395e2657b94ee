// Builds the client into dist/, serves it while it is written, runs its tests.
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** Where `npm run dev` finds the server. */
const SERVER = process.env.CONFAB_URL ?? "http://localhost:8080";

export default defineConfig({
  plugins: [react(), tailwindcss()],
  build: {
    target: "es2023",
    // Nothing is inlined, so that the content security policy needs no data: URLs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    // Same origin for the browser, so that cookies behave as they will.
    proxy: { "^/confab\\.": { target: SERVER, changeOrigin: false } },
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
    // How many random histories the log is tried with; a release tries 100,000.
    env: { CONFAB_HISTORIES: process.env.CONFAB_HISTORIES ?? "1000" },
  },
});
