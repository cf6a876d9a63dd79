def prepare(loop, size, style):
    def run(count):
        left = count

        def link():
            nonlocal left
            left -= 1
            if left > 0:
                loop.call_soon(link)
            else:
                loop.stop()

        loop.call_soon(link)
        loop.run_forever()
        return count

    return run
