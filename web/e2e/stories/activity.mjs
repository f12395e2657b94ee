// Files that a browser would run if it were told what they pretend to be: none does anything (row M06).
import { createServer } from "node:http";
import { same, until } from "../browser.mjs";

/** What a script of a file says when it runs. Nothing else says it. */
const HARM = "this file has run";
const SCRIPT = `console.log("${HARM}")`;
const EVENTS = `onload='${SCRIPT}' onerror='${SCRIPT}'`;

/** A document that has a script run when it is opened. */
const PDF = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert\\(1\\);${SCRIPT.replaceAll(/[()]/g, "\\$&")})>>>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj
trailer<</Root 1 0 R>>
`;
const PAGE = `<!doctype html><title>x</title><body ${EVENTS}><script>${SCRIPT}</script><img src=x ${EVENTS}>`;
const MHTML = `MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b; type="text/html"\r\n\r\n--b\r\nContent-Type: text/html\r\nContent-Location: http://localhost/\r\n\r\n${PAGE}\r\n--b--\r\n`;

/** What is uploaded, and the type by which it would run. */
const FILES = [
  ["picture.svg", "image/svg+xml", `<svg xmlns="http://www.w3.org/2000/svg" ${EVENTS}><script>${SCRIPT}</script></svg>`],
  ["page.html", "text/html", PAGE],
  ["page.xml", "application/xml", `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body ${EVENTS}><script>${SCRIPT}</script></body></html>`],
  ["page.mhtml", "multipart/related", MHTML],
  ["script.js", "text/javascript", SCRIPT],
  ["document.pdf", "application/pdf", PDF],
];
/** Those that run when they are opened with their type, in this browser. */
const RUN = ["picture.svg", "page.html", "page.xml"];
/** WebAssembly is taken as nothing at all. */
const WASM = [0, 97, 115, 109, 1, 0, 0, 0];

/** A server that calls each of them what it pretends to be, to see that they would run. */
async function careless() {
  const server = createServer((request, response) => {
    const [, type, body] = FILES.find(([name]) => request.url === `/${name}`) ?? ["", "text/html", "<!doctype html>"];
    response.setHeader("content-type", type).end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, url: `http://127.0.0.1:${server.address().port}` };
}

/** Uploads a file as a page of ours does, and returns the status and where it is. */
function upload(page, name, bytes) {
  return page.evaluate(
    async ([called, content]) => {
      const body = typeof content === "string" ? content : Uint8Array.from(content);
      const answer = await fetch(`/media?purpose=message&name=${called}`, { method: "POST", body });
      return { status: answer.status, place: answer.headers.get("location") };
    },
    [name, bytes],
  );
}

/** Has a page use the file at an address in every way that there is, and waits until each was answered. */
async function useAsAnything(page, address) {
  const ways = ["iframe", "object", "embed", "img", "script", "module", "style", "worker", "service worker", "import"];
  const asked = page.waitForResponse((response) => response.url().endsWith(`${address}?way=import`));
  await page.evaluate(
    async ([place, all]) => {
      const make = (tag, attributes) => document.body.append(Object.assign(document.createElement(tag), attributes));
      const own = (way) => `${place}?way=${way}`;
      const does = {
        iframe: () => make("iframe", { src: own("iframe") }),
        object: () => make("object", { data: own("object") }),
        embed: () => make("embed", { src: own("embed") }),
        img: () => make("img", { src: own("img") }),
        script: () => new Promise((resolve) => make("script", { src: own("script"), onload: resolve, onerror: resolve })),
        module: () => new Promise((resolve) => make("script", { type: "module", src: own("module"), onload: resolve, onerror: resolve })),
        style: () => make("link", { rel: "stylesheet", href: own("style") }),
        worker: () => new Promise((resolve) => Object.assign(new Worker(own("worker")), { onerror: resolve, onmessage: resolve })),
        "service worker": () => navigator.serviceWorker?.register(own("sw")).catch(() => {}),
        import: () => import(own("import")).catch(() => {}),
      };
      for (const way of all) await does[way]();
    },
    [address, ways],
  );
  await asked;
}

export const activity = {
  async "of files that pretend to be pages, pictures and programs none runs, however a browser is to use it"(stage) {
    const eve = await stage.newPerson("Eve");
    await eve.signUp();
    const places = new Map();
    for (const [name, , content] of FILES) {
      const { status, place } = await upload(eve.page, name, content);
      same(status, 201, `the status of ${name}`);
      places.set(name, place);
    }
    same((await upload(eve.page, "program.wasm", WASM)).status, 415, "the status of WebAssembly");

    // Not watched, and without the policy of our pages: the files must be harmless by themselves.
    const context = await stage.browser.newContext({ baseURL: stage.url, storageState: await eve.context.storageState(), bypassCSP: true });
    let harm = 0;
    context.on("console", (message) => {
      if (message.text() === HARM) harm += 1;
    });
    context.on("dialog", (dialog) => {
      harm += 1;
      return dialog.dismiss();
    });
    const { server, url } = await careless();
    const page = await context.newPage();
    for (const name of RUN) {
      const before = harm;
      await page.goto(`${url}/${name}`);
      await until(() => harm > before, `${name} runs where nobody takes care`);
    }
    await page.goto(url);
    const before = harm;
    await page.addScriptTag({ url: `${url}/script.js` });
    await until(() => harm > before, "a script runs where nobody takes care");
    server.close();
    server.closeAllConnections();

    harm = 0;
    for (const [name, place] of places) {
      // Pages of their own: what a frame has the browser keep comes late, and is not what is waited for here.
      for (const address of [place, `${place}/original`]) {
        const opened = await context.newPage();
        const [download] = await Promise.all([opened.waitForEvent("download"), opened.goto(address).catch(() => {})]);
        same(download.suggestedFilename(), name.endsWith(".pdf") ? name : `${name}.txt`, "the name that it is kept under");
        await opened.close();
      }
      const using = await context.newPage();
      await using.goto("/#/");
      await useAsAnything(using, place);
      // Whatever was about to run has done so when the page has been drawn anew.
      await using.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
      await using.close();
    }
    same(harm, 0, "how often something ran");
    await context.close();
    await eve.context.close();
  },
};
