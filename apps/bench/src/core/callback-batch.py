def nothing():
    pass


def prepare(loop, size, style):
    def run(count):
        done = 0

        def batch():
            nonlocal done
            if done >= count:
                loop.stop()
                return
            for _ in range(size - 1):
                loop.call_soon(nothing)
            loop.call_soon(batch)
            done += size

        loop.call_soon(batch)
        loop.run_forever()
        return done

    return run
