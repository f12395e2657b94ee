// What can wait until somebody sees something.

/** A page that nobody looks at is not painted; it waits no longer than this. */
const PAINT_MAX_MS = 500;

/** Resolves when what was drawn until now is painted: in the second frame, because a list is drawn once it has its size. */
export function painted(): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(resolve, PAINT_MAX_MS);
    const done = () => {
      clearTimeout(late);
      resolve();
    };
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)));
  });
}
