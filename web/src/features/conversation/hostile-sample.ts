// Texts that are meant to run a script, to lead astray or to break the page: for tests.

const CODE = "alert(1)";

/** What has run scripts elsewhere. */
const PAYLOADS = [
  `<script>${CODE}</script>`,
  `<img src=x onerror=${CODE}>`,
  `<svg onload=${CODE}>`,
  `<svg><script>${CODE}</script></svg>`,
  `<iframe srcdoc="<script>${CODE}</script>">`,
  `<body onload=${CODE}>`,
  `<details open ontoggle=${CODE}>`,
  `<math><mtext><table><mglyph><style><img src=x onerror=${CODE}>`,
  `<a href="javascript:${CODE}">x</a>`,
  `<form action=javascript:${CODE}><input type=submit>`,
  `<object data="data:text/html,<script>${CODE}</script>">`,
  `<meta http-equiv=refresh content="0;url=javascript:${CODE}">`,
  `<style>@import 'javascript:${CODE}'</style>`,
  `<template><img src=x onerror=${CODE}></template>`,
  `<noscript><p title="</noscript><img src=x onerror=${CODE}>">`,
  `[x](javascript:${CODE})`,
  `![x](x" onerror="${CODE})`,
  `javascript:${CODE}`,
  `JaVaScRiPt:${CODE}`,
  `java\tscript:${CODE}`,
  `data:text/html,<script>${CODE}</script>`,
  `vbscript:msgbox(1)`,
  `blob:https://example.org/x`,
  `file:///etc/passwd`,
  `https://example.org/"onmouseover="${CODE}`,
  `https://example.org/<script>${CODE}</script>`,
  `https://user:secret@example.org/`,
  `http://javascript:${CODE}@example.org`,
  `www.example.org/?q=<img src=x onerror=${CODE}>`,
  `https://example.org\\@evil.example/`,
  `https://xn--80ak6aa92e.example/`,
  `{{constructor.constructor('${CODE}')()}}`,
  `\${${CODE}}`,
  `&lt;script&gt;${CODE}&lt;/script&gt;`,
  `\u202E\u2066evil\u2069\u202C`,
  `\u200B\u200C\u200D\uFEFF`,
  `\uD800 alone \uDC00`,
  `\u0007\u001B[31m`,
  `]]><!--<script>${CODE}</script>-->`,
  `"><script>${CODE}</script>`,
  `'-${CODE}-'`,
  `%3Cscript%3E${CODE}%3C/script%3E`,
];

/** What stands around them. */
const AROUND: readonly ((payload: string) => string)[] = [
  (payload) => payload,
  (payload) => `${payload} and more`,
  (payload) => `see ${payload}`,
  (payload) => `https://example.org/ ${payload}`,
  (payload) => `${payload}${payload}`,
  (payload) => `"${payload}"`,
  (payload) => `(${payload})`,
  (payload) => `\n${payload}\n`,
  (payload) => `@Ada ${payload}`,
  (payload) => payload.toUpperCase(),
  (payload) => `www.${payload}`,
  (payload) => `http://${payload}`,
];

/** Each of them with each of what may stand around it. */
export function hostileTexts(): readonly string[] {
  return PAYLOADS.flatMap((payload) => AROUND.map((around) => around(payload)));
}
