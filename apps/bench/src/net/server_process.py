"""What every server in Python has in common: server.py PEER [ARGUMENT...]; see server-process.ts."""

import asyncio
import gc
import json
import os
import resource
import sys
import threading


def _answer(message):
    print(json.dumps(message), flush=True)


def _obey():
    for _line in sys.stdin:
        gc.collect()
        _answer({"collected": True})
    os._exit(0)


def serve(start):
    """Runs `start(*arguments)`, a coroutine function that listens and returns where, and serves for ever."""
    _limit, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    peer, *arguments = sys.argv[1:]
    if peer == "uvloop":
        import uvloop

        loop = uvloop.new_event_loop()
    else:
        loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    address = loop.run_until_complete(start(*arguments))
    _answer({"ready": True, "address": str(address)})
    threading.Thread(target=_obey, daemon=True).start()
    loop.run_forever()
