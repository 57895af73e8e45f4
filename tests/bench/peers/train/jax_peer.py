"""JAX's side of the training bench: an epoch in one jitted scan, one thread."""
import json
import os
import sys

os.environ['XLA_FLAGS'] = '--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1'
import jax
import jax.numpy as jnp
import optax
from common import EPOCHS, Arrays, answer, batch_of, kind_of, resident

idle = resident()
with open(sys.argv[1]) as file:
    given = json.load(file)
arrays, task = Arrays(given['folder']), given['task']
kind, size = kind_of(task), batch_of(task)
x, y, order = arrays.data(kind)
x, y = jnp.array(x), jnp.array(y)
count = len(x) // size
batches = order[:, : count * size].reshape(len(order), count, size)


def surprise(scores, labels):
    return optax.softmax_cross_entropy_with_integer_labels(scores, labels).mean()


def mlp(p, x, t):
    return surprise(jax.nn.relu(x @ p['w1'] + p['b1']) @ p['w2'] + p['b2'], t)


def convolve(x, w, b, padding):
    y = jax.lax.conv_general_dilated(x, w, (1, 1), padding, dimension_numbers=('NCHW', 'OIHW', 'NCHW'))
    return jax.nn.relu(y + b[None, :, None, None])


def pool(x):
    return jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 1, 2, 2), (1, 1, 2, 2), 'VALID')


def lenet(p, x, t):
    h = pool(convolve(x, p['c1w'], p['c1b'], [(2, 2), (2, 2)]))
    h = pool(convolve(h, p['c2w'], p['c2b'], 'VALID')).reshape(len(x), -1)
    h = jax.nn.relu(h @ p['f1w'] + p['f1b'])
    h = jax.nn.relu(h @ p['f2w'] + p['f2b'])
    return surprise(h @ p['f3w'] + p['f3b'], t)


def recurrent(p, x, t):
    given = jnp.swapaxes(x @ p['wi'].T + p['bi'], 0, 1)
    zero = jnp.zeros((len(x), 64))

    def body(carry, now):
        h, c = carry
        own = h @ p['wh'].T + p['bh']
        if kind == 'rnn':
            h = jnp.tanh(now + own)
        elif kind == 'gru':
            (xr, xz, xn), (hr, hz, hn) = jnp.split(now, 3, 1), jnp.split(own, 3, 1)
            z = jax.nn.sigmoid(xz + hz)
            h = (1 - z) * jnp.tanh(xn + jax.nn.sigmoid(xr + hr) * hn) + z * h
        else:
            i, f, g, o = jnp.split(now + own, 4, 1)
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            h = jax.nn.sigmoid(o) * jnp.tanh(c)
        return (h, c), None

    (h, _), _ = jax.lax.scan(body, (zero, zero), given)
    return jnp.mean(((h @ p['wo'] + p['bo'])[:, 0] - t) ** 2)


def normalise(h, g, b):
    mean = h.mean(-1, keepdims=True)
    return (h - mean) * jax.lax.rsqrt(((h - mean) ** 2).mean(-1, keepdims=True) + 1e-5) * g + b


def transformer(p, x, t):
    b, n = x.shape
    h = p['wte'][x] + p['wpe'][:n]
    mask = jnp.tril(jnp.ones((n, n), bool))
    for i in range(2):
        q = lambda name: p[f'{i}.{name}']
        a = normalise(h, q('ln1g'), q('ln1b')) @ q('qkv') + q('qkvb')
        a = a.reshape(b, n, 3, 4, 16).transpose(2, 0, 3, 1, 4)
        s = jnp.where(mask, a[0] @ a[1].swapaxes(-1, -2) / 4, -1e30)
        o = (jax.nn.softmax(s) @ a[2]).transpose(0, 2, 1, 3).reshape(b, n, 64)
        h = h + o @ q('proj') + q('projb')
        f = jax.nn.gelu(normalise(h, q('ln2g'), q('ln2b')) @ q('fc') + q('fcb'))
        h = h + f @ q('fc2') + q('fc2b')
    return surprise(normalise(h, p['lnfg'], p['lnfb']) @ p['head'], t)


loss = {'mlp': mlp, 'lenet': lenet, 'transformer': transformer}.get(kind, recurrent)
start = {n[len(kind) + 1 :]: jnp.array(arrays(n)) for n in arrays.meta if n.startswith(kind + '.')}
if kind == 'lenet':
    rule = optax.sgd(0.02, momentum=0.9)
elif kind == 'transformer':
    rule = optax.adamw(1e-3, weight_decay=0.01)
elif kind == 'mlp' and 'sgd' in task:
    rule = optax.sgd(0.05, momentum=0.9)
else:
    rule = optax.adam(1e-3 if kind == 'mlp' else 2e-3)


@jax.jit
def epoch(p, s, rows):
    def body(carry, i):
        p, s = carry
        value, gradient = jax.value_and_grad(loss)(p, x[i], y[i])
        change, s = rule.update(gradient, s, p)
        return (optax.apply_updates(p, change), s), value

    (p, s), values = jax.lax.scan(body, (p, s), rows)
    return p, s, values


def train():
    p, s, first = start, rule.init(start), None
    for e in range(EPOCHS[kind]):
        rows = batches[e][:60] if kind == 'transformer' else batches[e]
        p, s, values = epoch(p, s, jnp.array(rows))
        first = float(values[0]) if first is None else first
    return first, float(values[-1]) if kind == 'transformer' else float(loss(p, x, y))


running = (start, rule.init(start))
# A part of an epoch at a time, so that a block is not much longer than asked for.
PART = min(count, 20 if kind in ('mlp',) else 4)
rows = jnp.array(batches[0][:PART])
epoch(*running, rows)[2].block_until_ready()


def steps(n):
    global running
    parts = -(-n // PART)
    for _ in range(parts):
        p, s, values = epoch(*running, rows)
        running = (p, s)
    values.block_until_ready()
    return parts * PART


answer(train, steps, idle)
