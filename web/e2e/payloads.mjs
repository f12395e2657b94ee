// What people write to run a script elsewhere, to lead astray, or to break what reads it.

const CODE = "harm()";

const MARKUP = ["img src=x onerror", "svg onload", "body onload", "details open ontoggle", "input autofocus onfocus", "video src=x onerror", "audio src=x onerror", "marquee onstart", "iframe onload", "object data=x onerror", "style onload", "link rel=stylesheet href=x onerror", "a href=# autofocus tabindex=1 onfocus", "math href=javascript:0 onclick"];
const WHOLE = [
  `<script>${CODE}</script>`,
  `<ScRiPt>${CODE}</sCrIpT>`,
  `<scr<script>ipt>${CODE}</script>`,
  `<svg><script>${CODE}</script></svg>`,
  `<iframe srcdoc="<script>parent.${CODE}</script>">`,
  `<noscript><p title="</noscript><img src=x onerror=${CODE}>">`,
  `<template><img src=x onerror=${CODE}></template>`,
  `<math><mtext><table><mglyph><style><img src=x onerror=${CODE}>`,
  `<base href="javascript:${CODE}//">`,
  `<meta http-equiv=refresh content="0;url=javascript:${CODE}">`,
  `<form action=javascript:${CODE}><button>`,
  `javascript:${CODE}`,
  `JaVaScRiPt:${CODE}`,
  `java\tscript:${CODE}`,
  `data:text/html,<script>${CODE}</script>`,
  `vbscript:${CODE}`,
  `blob:https://example.org/${CODE}`,
  `&lt;script&gt;${CODE}&lt;/script&gt;`,
  `]]><!--<script>${CODE}</script>-->`,
  `{{constructor.constructor('${CODE}')()}}`,
  `\${${CODE}}`,
  `%3Cscript%3E${CODE}%3C/script%3E`,
  `safe\u202Efdp.${CODE}`,
  `\u200B\u2066<script>${CODE}</script>\u2069`,
];
const SINGLE = [...WHOLE, ...MARKUP.flatMap((tag) => [`<${tag}=${CODE}>`, `<${tag}="${CODE}"/>`])];

/** What stands around them: nothing, quotes, addresses, marks of Markdown. */
const AROUND = [(it) => it, (it) => `">${it}`, (it) => `'>${it}`, (it) => `[x](${it})`, (it) => `![x](${it})`, (it) => `https://example.org/${it}`, (it) => `\`${it}\``, (it) => `**${it}**`, (it) => `> ${it}`, (it) => `<${it}>`];

/** Every payload: those that differ most come first. */
export const PAYLOADS = AROUND.flatMap((around) => SINGLE.map(around));

/** Where a link could lead that nobody may be led to: the same for each kind of link. */
export const ADDRESSES = ["javascript:harm()", "JAVASCRIPT:harm()", "java\tscript:harm()", "\u0001javascript:harm()", "data:text/html,<script>harm()</script>", "blob:http://localhost/1", "vbscript:harm()", "file:///etc/passwd", "ftp://example.org/", "//example.org", "/media/x", "#/settings", "https://user@example.org/", "intent://x#Intent;end", "view-source:https://example.org"];

const CONTROLS = Array.from({ length: 0x20 }, (_, code) => code).concat([0x7f, 0x80, 0x85, 0x9b, 0x9f]);
const STEERING = [0x61c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069, 0x206a, 0x206f];
const UNSEEN = [0xad, 0x34f, 0x115f, 0x1160, 0x180e, 0x200b, 0x200c, 0x200d, 0x2028, 0x2029, 0x2060, 0x2061, 0x2064, 0x2800, 0x3164, 0xfe0f, 0xfeff, 0xffa0, 0xfff9, 0xfffb, 0xfffd, 0xfffe, 0xffff, 0xe000, 0xe0041, 0xe007f, 0xe0100, 0x1fffe, 0x10ffff];
const HALVES = [0xd800, 0xdbff, 0xdc00, 0xdfff, 0xd83d, 0xde00];
const PLACES = [(it) => `a${it}b`, (it) => `${it}begins`, (it) => `ends${it}`, (it) => `שלום${it}${it}123`];

/** Texts with what is not seen, steers, or is not whole: each goes to the server as it is, and comes back the same, or is refused. */
export const STRANGE = [...CONTROLS, ...STEERING, ...UNSEEN, ...HALVES].flatMap((code) => PLACES.map((place) => place(String.fromCodePoint(code))));

/** The bytes of a text; of half a character those that a careless program would send. */
export function carelessBytes(text) {
  return Buffer.concat(
    [...text].map((character) => {
      const code = character.codePointAt(0);
      return code >= 0xd800 && code <= 0xdfff ? Buffer.from([0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)]) : Buffer.from(character);
    }),
  );
}

/** Whether all characters of a text are whole. */
export function isWhole(text) {
  return !/\p{Cs}/u.test(text);
}
