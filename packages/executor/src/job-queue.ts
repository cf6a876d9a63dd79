import type { Job } from './job.ts';

/** Jobs in their order; each can leave from wherever it stands. */
export class JobQueue {
  #first: Job | null = null;
  #last: Job | null = null;
  #size = 0;

  get first(): Job | null {
    return this.#first;
  }

  get size(): number {
    return this.#size;
  }

  /** Puts `job` at the end. */
  push(job: Job): void {
    this.#insert(job, this.#last, null);
  }

  /** Puts `job` at the front. */
  unshift(job: Job): void {
    this.#insert(job, null, this.#first);
  }

  /** False if it is not here. */
  delete(job: Job): boolean {
    if (!job.queued) return false;
    const { previous, next } = job;
    if (previous === null) this.#first = next;
    else previous.next = next;
    if (next === null) this.#last = previous;
    else next.previous = previous;
    job.queued = false;
    job.previous = null;
    job.next = null;
    this.#size -= 1;
    return true;
  }

  /** All of them; the queue is empty then. */
  drain(): Job[] {
    const jobs: Job[] = [];
    for (let job = this.#first; job !== null; job = this.#first) {
      this.delete(job);
      jobs.push(job);
    }
    return jobs;
  }

  #insert(job: Job, previous: Job | null, next: Job | null): void {
    job.queued = true;
    job.previous = previous;
    job.next = next;
    if (previous === null) this.#first = job;
    else previous.next = job;
    if (next === null) this.#last = job;
    else next.previous = job;
    this.#size += 1;
  }
}
