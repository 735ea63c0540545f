// A value that is there again after a restart, and how one is kept where texts are kept by name.

export interface Kept<T> {
  /** What was saved last; undefined: nothing ever was. */
  load(): Promise<T | undefined>;
  /** Resolves when it is kept. */
  save(value: T): Promise<void>;
}

/** Keeps texts by name, as the store does. */
export interface Places {
  place(name: string): Promise<string | undefined>;
  savePlace(name: string, text: string): Promise<void>;
}

/** The text that is kept under this name. */
export function keptText(places: Places, name: string): Kept<string> {
  return { load: () => places.place(name), save: (text) => places.savePlace(name, text) };
}

/** The value that the text under this name stands for. */
export function keptValue<T>(
  places: Places,
  name: string,
  { read, write }: { readonly read: (text: string) => T; readonly write: (value: T) => string },
): Kept<T> {
  return {
    load: async () => {
      const text = await places.place(name);
      return text === undefined ? undefined : read(text);
    },
    save: (value) => places.savePlace(name, write(value)),
  };
}
