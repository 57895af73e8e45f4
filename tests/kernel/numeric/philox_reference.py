"""Known answers of Philox4x32-10, from a generic Philox written from Salmon et al. (2011), section 3.3.

The same code with 64-bit words must agree with numpy's Philox (4x64-10); the 32-bit words are then printed.

    python philox_reference.py        (Python 3.11.7, numpy 2.4.6)
"""
import numpy as np


def philox(counter, key, bits, multipliers, increments, rounds=10):
    mask = (1 << bits) - 1
    c, k = list(counter), list(key)
    for _ in range(rounds):
        p0, p1 = multipliers[0] * c[0], multipliers[1] * c[2]
        c = [(p1 >> bits) ^ c[1] ^ k[0], p1 & mask, (p0 >> bits) ^ c[3] ^ k[1], p0 & mask]
        k = [(k[0] + increments[0]) & mask, (k[1] + increments[1]) & mask]
    return c


M64, W64 = (0xD2E7470EE14C6C93, 0xCA5A826395121157), (0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B)
M32, W32 = (0xD2511F53, 0xCD9E8D57), (0x9E3779B9, 0xBB67AE85)

generator = np.random.Philox(key=np.array([12345, 67890], dtype=np.uint64), counter=[1, 2, 3, 4])
ours = philox([2, 2, 3, 4], [12345, 67890], 64, M64, W64)  # numpy steps the counter before its first block
assert [int(x) for x in generator.random_raw(4)] == ours, "the generic Philox differs from numpy's"

PI = [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344], [0xA4093822, 0x299F31D0]
CASES = [([0] * 4, [0] * 2), ([0xFFFFFFFF] * 4, [0xFFFFFFFF] * 2), PI, ([7, 1, 0xDEADBEEF, 0x80000000], [0x12345678, 0x9ABCDEF0])]
for counter, key in CASES:
    words = philox(counter, key, 32, M32, W32)
    print(" ".join(f"{x:08x}" for x in [*counter, *key]), "->", " ".join(f"{x:08x}" for x in words))
