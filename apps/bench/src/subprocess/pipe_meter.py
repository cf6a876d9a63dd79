import asyncio

WINDOW = 256 * 1024


class Meter(asyncio.SubprocessProtocol):
    def __init__(self):
        self.paused = False
        self.left = 0
        self.under_way = 0

    def start(self, count, chunk, stdin, done):
        self.left = count
        self.chunk = chunk
        self.stdin = stdin
        self.done = done
        self.feed()

    def feed(self):
        size = len(self.chunk)
        most = max(WINDOW, size)
        while self.left > 0 and not self.paused and self.under_way < most:
            self.left -= 1
            self.under_way += size
            self.stdin.write(self.chunk)

    def pipe_data_received(self, fd, data):
        self.under_way -= len(data)
        if self.left > 0:
            self.feed()
        elif self.under_way == 0:
            self.done.set_result(None)

    def pause_writing(self):
        self.paused = True

    def resume_writing(self):
        self.paused = False
        self.feed()


def prepare(loop, size, style):
    chunk = b"x" * size
    transport, meter = loop.run_until_complete(
        loop.subprocess_exec(Meter, "cat", stderr=None)
    )

    async def main(count):
        done = loop.create_future()
        meter.start(count, chunk, transport.get_pipe_transport(0), done)
        await done

    def run(count):
        loop.run_until_complete(main(count))
        return count

    return run
