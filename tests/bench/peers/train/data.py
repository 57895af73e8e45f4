"""Data, first weights and orders of the training bench: what every side reads. Writes arrays and meta.json to a folder.

The draws (numpy's RandomState) are in the order in which the reference losses were made, so that these are met.
"""
import json
import os
import sys

import numpy as np
from sklearn.datasets import load_digits

folder = sys.argv[1]
meta = {}


def save(name, array):
    array = np.ascontiguousarray(array)
    array.tofile(os.path.join(folder, name + '.bin'))
    meta[name] = {'shape': list(array.shape), 'dtype': str(array.dtype)}


digits = load_digits()
x = (digits.data / 16).astype(np.float32)
save('digits', x)
save('label', digits.target.astype(np.int32))
image = np.kron(x.reshape(-1, 8, 8), np.ones((1, 3, 3), np.float32))
save('image', np.pad(image, ((0, 0), (2, 2), (2, 2))).astype(np.float32))
save('order', np.stack([np.random.RandomState(1000 + e).permutation(len(x)) for e in range(20)]).astype(np.int32))
r = np.random.RandomState(0)


def uniform(shape, fan):
    return r.uniform(-1, 1, shape).astype(np.float32) / np.float32(np.sqrt(fan))


for name, shape, fan in [('w1', (64, 128), 64), ('b1', (128,), 64), ('w2', (128, 10), 128), ('b2', (10,), 128)]:
    save('mlp.' + name, uniform(shape, fan))
for name, shape, fan in [
    ('c1w', (6, 1, 5, 5), 25),
    ('c1b', (6,), 25),
    ('c2w', (16, 6, 5, 5), 150),
    ('c2b', (16,), 150),
    ('f1w', (400, 120), 400),
    ('f1b', (120,), 400),
    ('f2w', (120, 84), 120),
    ('f2b', (84,), 120),
    ('f3w', (84, 10), 84),
    ('f3b', (10,), 84),
]:
    save('lenet.' + name, uniform(shape, fan))

# The adding problem (Hochreiter & Schmidhuber 1997): the sum of two marked numbers.
N, T = 3200, 50
sequence = np.zeros((N, T, 2), np.float32)
sequence[:, :, 0] = r.uniform(0, 1, (N, T))
total = np.zeros(N, np.float32)
for i in range(N):
    first, second = r.randint(0, T // 2), r.randint(T // 2, T)
    sequence[i, first, 1] = sequence[i, second, 1] = 1
    total[i] = sequence[i, first, 0] + sequence[i, second, 0]
save('sequence', sequence)
save('total', total)
for kind, gates in [('rnn', 1), ('gru', 3), ('lstm', 4)]:
    for name, shape in [
        ('wi', (gates * 64, 2)),
        ('wh', (gates * 64, 64)),
        ('bi', (gates * 64,)),
        ('bh', (gates * 64,)),
        ('wo', (64, 1)),
        ('bo', (1,)),
    ]:
        save(f'{kind}.{name}', uniform(shape, 64))

# Characters of a text every Debian has.
with open('/usr/share/common-licenses/GPL-3', 'rb') as file:
    text = file.read()
ids = {c: min(i, 64) for i, c in enumerate(sorted(set(text)))}
token = np.array([ids[c] for c in text], np.int32)
start = r.randint(0, len(token) - 65, (400, 16)).astype(np.int32)[:200].ravel()
save('token', np.stack([token[s : s + 64] for s in start]))
save('next', np.stack([token[s + 1 : s + 65] for s in start]))


def normal(*shape):
    return (r.randn(*shape) * 0.02).astype(np.float32)


D = 64
save('transformer.wte', normal(65, D))
save('transformer.wpe', normal(64, D))
zeros, ones = (lambda n: np.zeros(n, np.float32)), (lambda n: np.ones(n, np.float32))
for block in range(2):
    for name, make in [
        ('ln1g', lambda: ones(D)),
        ('ln1b', lambda: zeros(D)),
        ('qkv', lambda: normal(D, 3 * D)),
        ('qkvb', lambda: zeros(3 * D)),
        ('proj', lambda: normal(D, D)),
        ('projb', lambda: zeros(D)),
        ('ln2g', lambda: ones(D)),
        ('ln2b', lambda: zeros(D)),
        ('fc', lambda: normal(D, 4 * D)),
        ('fcb', lambda: zeros(4 * D)),
        ('fc2', lambda: normal(4 * D, D)),
        ('fc2b', lambda: zeros(D)),
    ]:
        save(f'transformer.{block}.{name}', make())
save('transformer.lnfg', ones(D))
save('transformer.lnfb', zeros(D))
save('transformer.head', normal(D, 65))
with open(os.path.join(folder, 'meta.json'), 'w') as file:
    json.dump(meta, file)
