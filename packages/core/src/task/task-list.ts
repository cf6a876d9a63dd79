import type { Task } from './task.ts';

/**
 * The unfinished tasks of one loop, oldest first: a list through the tasks themselves, since a set costs more
 * than the rest of a task.
 */
export class TaskList implements Iterable<Task> {
  #first: Task | null = null;
  #last: Task | null = null;

  add(task: Task): void {
    const last = this.#last;
    task._previous = last;
    task._next = null;
    if (last === null) this.#first = task;
    else last._next = task;
    this.#last = task;
  }

  delete(task: Task): void {
    const { _previous: previous, _next: next } = task;
    if (previous !== null) previous._next = next;
    else if (this.#first === task) this.#first = next;
    if (next !== null) next._previous = previous;
    else if (this.#last === task) this.#last = previous;
    task._previous = null;
    task._next = null;
  }

  *[Symbol.iterator](): IterableIterator<Task> {
    for (let task = this.#first; task !== null; task = task._next) yield task;
  }
}
