// A task factory makes the tasks of createTask(), ensureFuture(), gather(), groups and runs.
import {
  createTask,
  ensureFuture,
  type EventLoop,
  gather,
  newEventLoop,
  Task,
  type TaskBody,
  TaskGroup,
} from '@loop/core';
import { className, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function factory(loop: EventLoop, body: TaskBody<unknown>, options: object) {
    print('factory');
    return new Task(body, { loop, ...options });
  }

  function* child(name: string) {
    return name;
  }

  function* main() {
    print(loop.getTaskFactory() === factory);
    print(yield* loop.createTask(child('create_task')));
    print(yield* createTask(child("module's create_task")));
    print(yield* ensureFuture(child('ensure_future')));
    print(yield* gather(child('gather'), child('of two')));
    const { task } = yield* TaskGroup.run(function* (group) {
      return { task: group.createTask(child('group')) };
    });
    print(task.result());
  }

  const loop = newEventLoop();
  print(loop.getTaskFactory());
  try {
    loop.setTaskFactory(5 as never);
  } catch (error) {
    print(className(error), loop.getTaskFactory());
  }
  loop.setTaskFactory(factory);
  await loop.runUntilComplete(main);
  loop.setTaskFactory(null);
  print(loop.getTaskFactory());
  print(await loop.runUntilComplete(child('default')));
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  function factory(loop: EventLoop, body: TaskBody<unknown>, options: object) {
    print('factory');
    return new Task(body, { loop, ...options });
  }

  async function child(name: string) {
    return name;
  }

  async function main() {
    print(loop.getTaskFactory() === factory);
    print(await loop.createTask(() => child('create_task')));
    print(await createTask(() => child("module's create_task")));
    print(await ensureFuture(() => child('ensure_future')));
    print(
      await gather(
        () => child('gather'),
        () => child('of two'),
      ),
    );
    const { task } = await TaskGroup.run(async (group) => {
      return { task: group.createTask(() => child('group')) };
    });
    print(task.result());
  }

  const loop = newEventLoop();
  print(loop.getTaskFactory());
  try {
    loop.setTaskFactory(5 as never);
  } catch (error) {
    print(className(error), loop.getTaskFactory());
  }
  loop.setTaskFactory(factory);
  await loop.runUntilComplete(main);
  loop.setTaskFactory(null);
  print(loop.getTaskFactory());
  print(await loop.runUntilComplete(() => child('default')));
  loop.close();
}
