# proves: FUT-001 FUT-003 FUT-004 FUT-005 FUT-006
"""A future from pending to a result or an error."""

import asyncio


def attempt(operation):
    try:
        return operation()
    except Exception as error:
        return "throws " + repr(error)


loop = asyncio.new_event_loop()
future = loop.create_future()
print(future.done(), future.cancelled(), future.get_loop() is loop)
for operation in (future.result, future.exception):
    try:
        operation()
    except asyncio.InvalidStateError as error:
        print(type(error).__name__)
print(future.set_result("value"))
print(future.done(), future.cancelled(), future.result(), future.result(), future.exception())
boom = ValueError("boom")
failed = loop.create_future()
print(failed.set_exception(boom))
print(failed.done(), failed.cancelled(), attempt(failed.result), attempt(failed.result))
print(failed.exception() is boom, failed.exception() is boom)
loop.close()
