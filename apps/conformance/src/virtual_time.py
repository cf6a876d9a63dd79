"""Virtual time for the reference's programs: a wait for a timer ends at once, at the timer's time."""

import asyncio
import selectors


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock starts at 0 and moves only when nothing else is left to do."""

    def __init__(self):
        self._now = 0.0
        super().__init__(_JumpingSelector(self))

    def time(self):
        return self._now


class _JumpingSelector(selectors.DefaultSelector):
    """Moves the loop's clock forward instead of waiting."""

    def __init__(self, loop):
        super().__init__()
        self._loop = loop

    def select(self, timeout=None):
        if timeout is None:
            raise RuntimeError("the program waits for something that never happens")
        if timeout > 0:
            self._loop._now += timeout
        return super().select(0)
