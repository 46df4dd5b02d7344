/** Something that is read from Signet and read again when it is old: a rolled key is seen after ten seconds. */

const FRESH_MS = 10_000;
const TIMEOUT_MS = 5000;

/** Keeps the last reading; a failed one is tried again at the next question. */
export function keepFresh<T>(read: () => Promise<T>, now: () => number): () => Promise<T> {
  let last: { readonly at: number; readonly reading: Promise<T> } | undefined;
  return () => {
    if (last === undefined || now() - last.at > FRESH_MS) {
      const entry = { at: now(), reading: read() };
      last = entry;
      entry.reading.catch(() => {
        if (last === entry) last = undefined;
      });
    }
    return last.reading;
  };
}

/** The text at an address. Rejects unless it answers 200 itself. */
export async function readAddress(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' });
  if (!response.ok) throw new Error(`${url} answered ${String(response.status)}`);
  return response.text();
}
