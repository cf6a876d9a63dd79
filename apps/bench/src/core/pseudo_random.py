def pseudo_random(length, below):
    state = 1
    numbers = []
    for _ in range(length):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        numbers.append((state >> 16) % below)
    return numbers
