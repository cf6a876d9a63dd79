"""The twin of lateness.ts: lateness.py PEER MILLISECONDS."""

import asyncio
import json
import statistics
import sys

peer, milliseconds = sys.argv[1:]
delay = float(milliseconds) / 1000

if peer == "uvloop":
    import uvloop

    loop = uvloop.new_event_loop()
else:
    loop = asyncio.new_event_loop()


async def measure(count):
    late = []
    while len(late) < count:
        done = loop.create_future()
        when = loop.time() + delay
        loop.call_at(when, lambda: done.set_result(loop.time() - when))
        late.append(await done)
    return late


loop.run_until_complete(measure(20))
print(json.dumps("ready"), flush=True)
for line in sys.stdin:
    print(json.dumps(statistics.median(loop.run_until_complete(measure(int(line)))) * 1e6), flush=True)
