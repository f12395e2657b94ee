// Hands what the page has to the browser, to be kept as a file.

/** The browser asks where to, or puts it among its downloads. */
export function download(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // It has begun by then; until it ends, the browser holds the content itself.
  setTimeout(() => URL.revokeObjectURL(address));
}
