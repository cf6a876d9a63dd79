"""The Python twin of runs.ts; see harness/child.py. STYLE is PLACE/JOB/BATCH/ARGUMENT."""

import concurrent.futures
import ctypes
import os
import threading

import jobs

BYTES = 10_000_000
BATCH_OF_CALLS = 1000
NAMES = {"empty": jobs.empty, "oneMillisecond": jobs.one_millisecond, "sizeOf": jobs.size_of}


def die_with_parent():
    """A process that is killed does not end those of its pool."""
    try:
        ctypes.CDLL(None).prctl(1, 9)
    except (AttributeError, OSError):
        pass


def make_pool(place):
    workers = os.cpu_count()
    if place == "processes":
        return concurrent.futures.ProcessPoolExecutor(workers, initializer=die_with_parent)
    if place == "interpreters":
        return concurrent.futures.InterpreterPoolExecutor(workers)
    return concurrent.futures.ThreadPoolExecutor(workers)


def prepare(loop, _size, style):
    place, job, batch, argument = style.split("/")
    if place == "another thread":
        return call_loop(loop)
    function, batch = NAMES[job], int(batch)
    arguments = [b"\0" * BYTES] if argument != "undefined" else []
    pool = make_pool(place)
    if place == "the loop":
        return run_in_executor(loop, pool, function, batch)

    def run(count):
        done = 0
        while done < count:
            futures = [pool.submit(function, *arguments) for _ in range(batch)]
            for future in futures:
                future.result()
            done += batch
        return done

    return run


def run_in_executor(loop, pool, function, batch):
    import asyncio

    loop.set_default_executor(pool)

    def run(count):
        async def main():
            done = 0
            while done < count:
                await asyncio.gather(*[loop.run_in_executor(None, function) for _ in range(batch)])
                done += batch
            return done

        return loop.run_until_complete(main())

    return run


def call_loop(loop):
    left = 0

    def called(_):
        nonlocal left
        left -= 1
        if left == 0:
            loop.stop()

    def send(count):
        for index in range(count):
            loop.call_soon_threadsafe(called, index)

    def run(count):
        nonlocal left
        left = count
        thread = threading.Thread(target=send, args=(count,))
        thread.start()
        loop.run_forever()
        thread.join()
        return count

    return run
