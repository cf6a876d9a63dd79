# proves: FUT-024
"""The text form of a future tells its state."""

import asyncio

loop = asyncio.new_event_loop()
future = loop.create_future()
print(future)
future.set_result(4)
print(future)
future = loop.create_future()
future.cancel()
print(future)
future = loop.create_future()
future.set_exception(RuntimeError())
print(str(future).split("(")[0])
print(repr(future.exception()))
loop.close()
