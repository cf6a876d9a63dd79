"""Writes random programs, and what each of them does under asyncio.

    python3.13 record.py [count] [first seed] > programs.jsonl

A program is a list of tasks; a task is a list of statements, see `Runner`. Time is virtual, and no
two timers are due at once, so that every trace is determined.
"""

import asyncio
import json
import random
import selectors
import sys


# Making programs


class Maker:
    def __init__(self, seed, eager):
        self.eager = eager
        self.random = random.Random(seed)
        self.biases = [self.random.random() * 2 for _ in range(100)]
        self.delays = iter(self.random.sample(range(1, 4000), 3999))

    def program(self):
        return [self.block(0, self.random.randint(2, 6)) for _ in range(self.random.randint(2, 5))]

    def delay(self):
        # Unique, with a part per program run that keeps sums apart.
        return next(self.delays) / 1000 + next(self.delays) / 1_000_000

    def short(self):
        return 0 if self.random.random() < self.biases[-1] / 2 else self.delay() / 4

    def limit(self):
        chance = self.random.random()
        if chance < 0.1:
            return None
        # wait_for(body, 0) makes a task without a name of ours, which matters if it starts.
        return 0 if chance < 0.2 and not self.eager else self.delay() / 2

    def block(self, depth, length=None):
        return [self.statement(depth) for _ in range(length or self.random.randint(1, 3))]

    def blocks(self, depth):
        return [self.block(depth) for _ in range(self.random.randint(1, 3))]

    def statement(self, depth):
        flat = [
            (6, lambda: ["sleep", self.short()]),
            (2, lambda: ["turns", self.random.randint(1, 4)]),
            (1, lambda: ["set", self.pick(2)]),
            (1, lambda: ["clear", self.pick(2)]),
            (2, lambda: ["event", self.pick(2)]),
            (2, lambda: ["notify", self.pick(2), self.random.randint(1, 3)]),
            (2, lambda: ["condition", self.pick(2)]),
            (3, lambda: ["barrier", self.pick(2)]),
            (0.3, lambda: ["reset", self.pick(2)]),
            (0.2, lambda: ["abort", self.pick(2)]),
            (3, lambda: ["put", self.pick(2), self.random.randint(0, 9)]),
            (3, lambda: ["get", self.pick(2)]),
            (1, lambda: ["join", self.pick(2)]),
            (0.3, lambda: ["shutdown", self.pick(2), self.random.random() < 0.5]),
            (4, lambda: ["cancel", self.random.randint(0, 12)]),
            (0.6, lambda: ["cancel self"]),
            (0.6, lambda: ["uncancel"]),
            (1, lambda: ["raise"]),
            (2, lambda: ["await", self.random.randint(0, 12)]),
            (1, lambda: ["await for", self.random.randint(0, 12), self.limit()]),
        ]
        nested = [
            (4, lambda: ["lock", self.pick(2), self.block(depth + 1)]),
            (4, lambda: ["semaphore", self.pick(2), self.block(depth + 1)]),
            (3, lambda: ["try", self.pick(3), self.block(depth + 1)]),
            (4, lambda: ["timeout", self.limit(), self.block(depth + 1)]),
            (2, lambda: ["rescheduled", self.limit(), self.short(), self.limit(), self.block(depth + 1)]),
            (3, lambda: ["wait for", self.limit(), self.block(depth + 1)]),
            (4, lambda: ["group", self.blocks(depth + 1), self.block(depth + 1)]),
            (3, lambda: ["gather", self.random.random() < 0.5, self.blocks(depth + 1)]),
            (3, lambda: ["wait", self.pick(3), self.limit(), self.blocks(depth + 1)]),
            # What is done already has the order of a set.
            (0 if self.eager else 2, lambda: ["completed", self.limit(), self.blocks(depth + 1)]),
            (2, lambda: ["shield", self.block(depth + 1)]),
            (2, lambda: ["spawn", self.block(depth + 1)]),
        ]
        choices = flat + (nested if depth < 3 else [])
        weights = [weight * self.bias(index) for index, (weight, _) in enumerate(choices)]
        return self.random.choices([make for _, make in choices], weights)[0]()

    def bias(self, index):
        # Each program has its favourites.
        return self.biases[index] ** 2

    def pick(self, count):
        return self.random.randrange(count)


# Running programs


class OrderedSet(dict):
    """The set of a task group, which has to have an order here."""

    def add(self, item):
        self[item] = True

    def discard(self, item):
        self.pop(item, None)


class Group(asyncio.TaskGroup):
    def __init__(self):
        super().__init__()
        self._tasks = OrderedSet()

    def create_task(self, coro, *, name):
        # As in 3.14: what an eager task did is only seen in the next iteration.
        task = self._loop.create_task(coro, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._on_task_done)
        return task


class VirtualSelector(selectors.SelectSelector):
    now = 0.0

    def select(self, timeout=None):
        if timeout is None:
            raise AssertionError("deadlock")
        self.now += max(timeout, 0)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self):
        self.virtual = VirtualSelector()
        super().__init__(self.virtual)
        self._clock_resolution = 1e-9

    def time(self):
        return self.virtual.now


def describe(error):
    if isinstance(error, BaseExceptionGroup):
        return "group(" + ", ".join(map(describe, error.exceptions)) + ")"
    if isinstance(error, asyncio.CancelledError):
        return f"CancelledError({' '.join(map(str, error.args))})"
    return f"{type(error).__name__}({error if isinstance(error, KeyError) else ''})"


class Fault(Exception):
    pass


class Runner:
    def __init__(self):
        self.trace = []
        self.tasks = []
        self.next_name = None
        self.locks = [asyncio.Lock() for _ in range(2)]
        self.semaphores = [asyncio.Semaphore(1), asyncio.BoundedSemaphore(2)]
        self.events = [asyncio.Event() for _ in range(2)]
        self.conditions = [asyncio.Condition(), asyncio.Condition(self.locks[0])]
        self.barriers = [asyncio.Barrier(2), asyncio.Barrier(3)]
        self.queues = [asyncio.Queue(1), asyncio.PriorityQueue(2)]

    def log(self, text):
        name = asyncio.current_task().get_name()
        self.trace.append(f"{asyncio.get_running_loop().time():.9f} {name} {text}")

    def spawn(self, block, create=None):
        name = f"t{len(self.tasks)}"
        place = len(self.tasks)
        self.tasks.append(None)
        self.next_name = name
        self.tasks[place] = (create or asyncio.create_task)(self.task(block), name=name)
        return self.tasks[place]

    async def task(self, block):
        await self.run(block)
        return asyncio.current_task().get_name()

    async def run(self, block):
        for statement in block:
            kind = statement[0]
            self.log(f"> {kind}")
            try:
                result = await getattr(self, "do_" + kind.replace(" ", "_"))(*statement[1:])
            except BaseException as error:
                self.log(f"{kind}: {describe(error)} {asyncio.current_task().cancelling()}")
                raise
            self.log(f"{kind}{'' if result is None else f': {result}'}")

    async def do_sleep(self, delay):
        await asyncio.sleep(delay)

    async def do_turns(self, count):
        for _ in range(count):
            await asyncio.sleep(0)
            self.log("turn")

    async def do_set(self, i):
        self.events[i].set()

    async def do_clear(self, i):
        self.events[i].clear()

    async def do_event(self, i):
        await self.events[i].wait()

    async def do_notify(self, i, n):
        async with self.conditions[i]:
            self.conditions[i].notify(n)

    async def do_condition(self, i):
        async with self.conditions[i]:
            await self.conditions[i].wait()

    async def do_barrier(self, i):
        return await self.barriers[i].wait()

    async def do_reset(self, i):
        await self.barriers[i].reset()

    async def do_abort(self, i):
        await self.barriers[i].abort()

    async def do_put(self, i, item):
        await self.queues[i].put(item)

    async def do_get(self, i):
        item = await self.queues[i].get()
        self.queues[i].task_done()
        return item

    async def do_join(self, i):
        await self.queues[i].join()

    async def do_shutdown(self, i, immediate):
        self.queues[i].shutdown(immediate)

    async def do_cancel(self, i):
        if i < len(self.tasks) and self.tasks[i]:
            return str(self.tasks[i].cancel(f"by {asyncio.current_task().get_name()}")).lower()

    def later_task(self, i):
        # Of two tasks only one may wait for the other.
        me = int(asyncio.current_task().get_name()[1:])
        return self.tasks[i] if me < i < len(self.tasks) else None

    async def others(self, awaitable):
        try:
            return await awaitable
        except asyncio.CancelledError:
            # Whether a task that was cancelled still knows the message, when it is asked a second
            # time, is undefined.
            raise asyncio.CancelledError("others") from None

    async def do_await(self, i):
        if task := self.later_task(i):
            return await self.others(task)

    async def do_await_for(self, i, delay):
        if task := self.later_task(i):
            return await self.others(asyncio.wait_for(task, delay))

    async def do_cancel_self(self):
        asyncio.current_task().cancel("self")

    async def do_uncancel(self):
        return asyncio.current_task().uncancel()

    async def do_raise(self):
        raise Fault

    async def do_lock(self, i, block):
        async with self.locks[i]:
            await self.run(block)

    async def do_semaphore(self, i, block):
        async with self.semaphores[i]:
            await self.run(block)

    async def do_try(self, mode, block):
        try:
            await self.run(block)
        except BaseException:
            if mode == 0:
                return
            await asyncio.sleep(0)
            if mode == 1:
                raise

    async def do_timeout(self, delay, block):
        timeout = asyncio.timeout(delay)
        try:
            async with timeout:
                await self.run(block)
        finally:
            self.log(f"expired {str(timeout.expired()).lower()}")

    async def do_rescheduled(self, delay, pause, again, block):
        async with asyncio.timeout(delay) as timeout:
            await asyncio.sleep(pause)
            when = None if again is None else asyncio.get_running_loop().time() + again
            timeout.reschedule(when)
            await self.run(block)

    async def do_wait_for(self, delay, block):
        await asyncio.wait_for(self.run(block), delay)

    async def do_group(self, blocks, body):
        async with Group() as group:
            for block in blocks:
                self.spawn(block, group.create_task)
            await self.run(body)

    async def do_gather(self, return_exceptions, blocks):
        results = await self.others(
            asyncio.gather(*map(self.spawn, blocks), return_exceptions=return_exceptions)
        )
        return [type(r).__name__ if isinstance(r, BaseException) else r for r in results]

    async def do_wait(self, mode, delay, blocks):
        mode = [asyncio.ALL_COMPLETED, asyncio.FIRST_COMPLETED, asyncio.FIRST_EXCEPTION][mode]
        tasks = [self.spawn(block) for block in blocks]
        done, _ = await asyncio.wait(tasks, timeout=delay, return_when=mode)
        return [task.get_name() for task in tasks if task in done]

    async def do_completed(self, delay, blocks):
        tasks = [self.spawn(block) for block in blocks]
        for n, future in enumerate(asyncio.as_completed(tasks, timeout=delay)):
            self.log(f"next {n}: {await self.others(future)}")

    async def do_shield(self, block):
        return await self.others(asyncio.shield(self.spawn(block)))

    async def do_spawn(self, block):
        self.spawn(block)

    async def main(self, program):
        for block in program:
            self.spawn(block)
        await asyncio.sleep(100)
        # Whatever waits for something that never comes.
        for attempt in range(20):
            left = [task for task in self.tasks if task and not task.done()]
            if not left:
                break
            for task in left:
                task.cancel(f"end {attempt}")
            await asyncio.sleep(10)
        for task in self.tasks:
            self.trace.append(f"{task.get_name()} {self.outcome(task)}")
        for thing in [*self.locks, *self.semaphores, *self.conditions, *self.barriers]:
            self.trace.append(repr(thing)[1:-1].partition("[")[2])

    def outcome(self, task):
        if not task.done():
            return "pending"
        if task.cancelled():
            return "cancelled"
        return describe(task.exception()) if task.exception() else task.result()


def record(seed):
    eager = seed % 4 == 0
    program = Maker(seed, eager).program()
    runner = Runner()
    loop = VirtualLoop()
    loop.set_exception_handler(lambda loop, context: None)
    if eager:
        # Hands the name on at once, as 3.14 does.
        loop.set_task_factory(
            lambda loop, coro, **options: asyncio.Task(
                coro, loop=loop, eager_start=True, name=runner.next_name, **options
            )
        )
    try:
        loop.run_until_complete(runner.main(program))
    finally:
        loop.close()
    return {"seed": seed, "eager": eager, "program": program, "trace": runner.trace}


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 80
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    for seed in range(first, first + count):
        print(json.dumps(record(seed), separators=(",", ":")))
