// The tables of the memory by the names of ze-filter, whose form they are exported and imported in: tuples that are pending
// or valid, and passes, which are its white table.
export const TABLES = ['pending', 'valid', 'white'] as const;
export type Table = (typeof TABLES)[number];
