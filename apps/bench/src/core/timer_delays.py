from pseudo_random import pseudo_random

DELAYS = [60 + seconds for seconds in pseudo_random(1 << 12, 60)]
MASK = len(DELAYS) - 1
