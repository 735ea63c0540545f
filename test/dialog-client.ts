// A dialog's client: sends bytes, and waits for the answers it expects.
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';

/** One connection of a dialog. */
export class DialogClient {
  readonly #socket: Socket;
  readonly #patience: number;
  #received = '';
  #ended = false;

  constructor(path: string, patience: number) {
    this.#patience = patience;
    this.#socket = createConnection({ path, allowHalfOpen: true });
    this.#socket.on('data', (bytes: Buffer) => {
      this.#received += bytes.toString();
      this.#socket.emit('news');
    });
    for (const event of ['end', 'error', 'close']) {
      this.#socket.on(event, () => {
        this.#ended = true;
        this.#socket.emit('news');
      });
    }
  }

  send(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  halfClose(): void {
    this.#socket.end();
  }

  /** Closes at once, but not before all is sent: the server finds both the lines and the end of the connection. */
  async hangUp(): Promise<void> {
    await new Promise((resolve) => this.#socket.write('', resolve));
    this.#socket.destroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Takes the text from what is received; throws if it is not what comes next. */
  async expect(text: string): Promise<void> {
    await this.#until(() => this.#received.length >= text.length);
    if (!this.#received.startsWith(text)) {
      throw new Error(`expected ${JSON.stringify(text)}, received ${JSON.stringify(this.#received)}`);
    }
    this.#received = this.#received.slice(text.length);
  }

  /** Waits for the server to close; throws if it does not, or if there is something that was not expected. */
  async closed(): Promise<void> {
    await this.#until(() => false);
    if (this.#received !== '') throw new Error(`received ${JSON.stringify(this.#received)} where nothing was expected`);
    if (!this.#ended) throw new Error('the server did not close');
  }

  /** Waits for the condition, the end of the connection or of our patience. */
  async #until(condition: () => boolean): Promise<void> {
    const signal = AbortSignal.timeout(this.#patience);
    while (!condition() && !this.#ended && !signal.aborted)
      await once(this.#socket, 'news', { signal }).catch(() => {});
  }
}
