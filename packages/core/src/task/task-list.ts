import type { Task } from './task.ts';

/**
 * The unfinished tasks of one loop: a ring through the tasks themselves, since a set costs more
 * than the rest of a task.
 */
export class TaskList implements Iterable<Task> {
  #first: Task | null = null;

  add(task: Task): void {
    const first = this.#first;
    task._previous = null;
    task._next = first;
    if (first !== null) first._previous = task;
    this.#first = task;
  }

  delete(task: Task): void {
    const { _previous: previous, _next: next } = task;
    if (previous !== null) previous._next = next;
    else if (this.#first === task) this.#first = next;
    if (next !== null) next._previous = previous;
    task._previous = null;
    task._next = null;
  }

  *[Symbol.iterator](): IterableIterator<Task> {
    for (let task = this.#first; task !== null; task = task._next) yield task;
  }
}
