import { ReadTransport } from '@loop/net';

/** A transport that only notes when its reading is paused and resumed. */
export class PausingTransport extends ReadTransport {
  readonly calls: string[] = [];
  readonly #canPause: boolean;

  constructor({ canPause = true } = {}) {
    super();
    this.#canPause = canPause;
  }

  override pauseReading(): void {
    if (!this.#canPause) super.pauseReading();
    this.calls.push('pause');
  }

  override resumeReading(): void {
    this.calls.push('resume');
  }
}
