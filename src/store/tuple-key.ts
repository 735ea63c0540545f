// What a tuple is found by in the database and in memory: a keyed hash, and its client part as it is stored.
import { hash } from 'node:crypto';
import type { Tuple } from '../policy/tuple.ts';
import { packPart } from './packed-address.ts';

export interface TupleKey {
  /** 32 bits, keyed, so that nobody can make tuples collide at will. */
  readonly hash: number;
  /** 32 bits more, for where the tuple itself is not compared. */
  readonly more: number;
  /** The client part as it is stored. */
  readonly part: Uint8Array | string;
}

export class TupleKeys {
  readonly #secret: string;
  /** The last ones: a check asks several times for those of its tuples. */
  readonly #last: { tuple: Tuple; key: TupleKey }[] = [];

  constructor(secret: string) {
    this.#secret = secret;
  }

  of(tuple: Tuple): TupleKey {
    for (const last of this.#last) if (last.tuple === tuple) return last.key;
    const { client, sender, recipient } = tuple;
    // As text, a character a byte: a buffer of its own costs four times as much as the digest.
    const bytes = hash('sha256', `${this.#secret}\n${client}\n${sender}\n${recipient}`, 'binary');
    // With the lengths, since parts with line ends in them could else read the same.
    const more = bitsAt(bytes, 4) ^ (client.length << 16) ^ sender.length;
    const key = new Key(bitsAt(bytes, 0), more, client);
    if (this.#last.push({ tuple, key }) > 2) this.#last.shift();
    return key;
  }
}

/** A class for the sake of `part`, which takes longer to make than the rest, and is needed only if the database is asked. */
class Key implements TupleKey {
  readonly hash: number;
  readonly more: number;
  readonly #client: string;

  constructor(hash: number, more: number, client: string) {
    this.hash = hash;
    this.more = more;
    this.#client = client;
  }

  get part(): Uint8Array | string {
    return packPart(this.#client);
  }
}

/** 32 bits, the least significant byte first. */
function bitsAt(bytes: string, at: number): number {
  const byte = (i: number): number => bytes.charCodeAt(at + i);
  return byte(0) | (byte(1) << 8) | (byte(2) << 16) | (byte(3) << 24);
}
