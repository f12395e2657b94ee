import run from "lighthouse";
import { openBrowser } from "./setting.mjs";
const url = process.argv[2];
const b = await openBrowser({ url, executablePath: "/usr/bin/chromium" });
for (let i = 0; i < 2; i++) {
const { lhr } = await run(url, { port: b.port, onlyCategories: ["performance"], disableStorageReset: true, logLevel: "error" });
console.log(lhr.categories.performance.score, ["first-contentful-paint","largest-contentful-paint","speed-index","total-blocking-time","cumulative-layout-shift"].map((id) => id + " " + lhr.audits[id].displayValue + " " + lhr.audits[id].score).join("; "));
if (i === 0) for (const r of lhr.audits["network-requests"].details.items) console.log(r.url, r.transferSize, Math.round(r.networkRequestTime), r.priority);
}
await b.close();
