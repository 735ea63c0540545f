// The ways of connecting that are measured.
import { type Form, GREYLIST, ONE_SHOT } from './load.ts';

export interface Way {
  readonly name: string;
  readonly connections: number;
  readonly form: Form;
}

export const ONE: Way = { name: '1 connection', connections: 1, form: GREYLIST };
export const SIXTEEN: Way = { name: '16 connections', connections: 16, form: GREYLIST };
export const HUNDRED: Way = { name: '100 connections', connections: 100, form: GREYLIST };
/** Exim's way. */
export const EACH: Way = { name: 'one a question, 16', connections: 16, form: ONE_SHOT };

export const WAYS: readonly Way[] = [ONE, SIXTEEN, HUNDRED, EACH];
