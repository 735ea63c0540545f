// Tells whoever listens that there is something new. What it is they look up themselves, each at its own pace, so nothing
// ever piles up for one that is slow.

export interface News {
  /** Calls the listener at each news, until the returned function is called. */
  listen(listener: () => void): () => void;
  tell(): void;
}

/** News that nobody listens to yet. */
export function createNews(): News {
  const listeners = new Set<() => void>();
  return {
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tell: () => {
      for (const listener of listeners) listener();
    },
  };
}
