# proves: FUT-009 FUT-010
"""An outcome is final."""

import asyncio


def attempt(name, operation):
    try:
        print(name, operation())
    except asyncio.InvalidStateError as error:
        print(name, type(error).__name__)


loop = asyncio.new_event_loop()
done = loop.create_future()
done.set_result(1)
failed = loop.create_future()
failed.set_exception(ValueError("first"))
cancelled = loop.create_future()
print(cancelled.cancel(), cancelled.cancelled(), cancelled.done())
for name, future in {"done": done, "failed": failed, "cancelled": cancelled}.items():
    attempt(name, lambda: future.set_result(2))
    attempt(name, lambda: future.set_exception(ValueError("second")))
    attempt(name, lambda: future.cancel())
print(done.result(), repr(failed.exception()), cancelled.cancelled())
loop.close()
