"""The process of one Python peer: child.py FILE PEER SIZE STYLE UNIT; see child.ts."""

import asyncio
import gc
import importlib.util
import json
import os
import sys
import time
import tracemalloc


def new_event_loop(peer):
    if peer == "uvloop":
        import uvloop

        return uvloop.new_event_loop()
    return asyncio.new_event_loop()


def bytes_in_use():
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def take_sample(run, count, unit):
    size = bytes_in_use() if unit == "bytes" else 0
    wall = time.perf_counter()
    cpu = time.process_time()
    operations = run(count)
    cpu = time.process_time() - cpu
    wall = time.perf_counter() - wall
    size = bytes_in_use() - size if unit == "bytes" else 0
    return {"operations": operations, "cpu": cpu, "wall": wall, "bytes": size}


def answer(message):
    print(json.dumps(message), flush=True)


def main(path, peer, size, style, unit):
    # What several workloads share lies beside them.
    sys.path.insert(0, os.path.dirname(path))
    spec = importlib.util.spec_from_file_location("workload", path)
    workload = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(workload)
    loop = new_event_loop(peer)
    asyncio.set_event_loop(loop)
    if unit == "bytes":
        # Counts what the C parts allocate as well.
        tracemalloc.start()
    run = workload.prepare(loop, int(size), style)
    answer({"ready": True})
    for line in sys.stdin:
        answer(take_sample(run, int(line), unit))
    # No clean-up: what is left pending may be a million timers.
    os._exit(0)


main(*sys.argv[1:])
