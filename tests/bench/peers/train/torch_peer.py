"""PyTorch's side of the training bench: eager, one thread."""
import json
import sys

import torch
import torch.nn.functional as F
from common import EPOCHS, Arrays, answer, batch_of, kind_of, resident

torch.set_num_threads(1)
idle = resident()
with open(sys.argv[1]) as file:
    given = json.load(file)
arrays, task = Arrays(given['folder']), given['task']
kind, size = kind_of(task), batch_of(task)
x, y, order = arrays.data(kind)
x, order = torch.from_numpy(x), torch.from_numpy(order).long()
x = x.long() if kind == 'transformer' else x
y = torch.from_numpy(y)
y = y if kind in ('rnn', 'gru', 'lstm') else y.long()
count = len(x) // size


def parameter(name):
    return torch.nn.Parameter(torch.from_numpy(arrays(name)))


def mlp():
    w1, b1, w2, b2 = p = [parameter('mlp.' + name) for name in ('w1', 'b1', 'w2', 'b2')]
    return p, lambda x, t: F.cross_entropy(torch.relu(x @ w1 + b1) @ w2 + b2, t)


def lenet():
    p = {n: parameter('lenet.' + n) for n in 'c1w c1b c2w c2b f1w f1b f2w f2b f3w f3b'.split()}

    def loss(x, t):
        h = F.max_pool2d(torch.relu(F.conv2d(x, p['c1w'], p['c1b'], padding=2)), 2)
        h = F.max_pool2d(torch.relu(F.conv2d(h, p['c2w'], p['c2b'])), 2).flatten(1)
        h = torch.relu(h @ p['f1w'] + p['f1b'])
        h = torch.relu(h @ p['f2w'] + p['f2b'])
        return F.cross_entropy(h @ p['f3w'] + p['f3b'], t)

    return list(p.values()), loss


def recurrent():
    cell = {'rnn': torch.nn.RNN, 'gru': torch.nn.GRU, 'lstm': torch.nn.LSTM}[kind](2, 64, batch_first=True)
    with torch.no_grad():
        for own, name in [('weight_ih_l0', 'wi'), ('weight_hh_l0', 'wh'), ('bias_ih_l0', 'bi'), ('bias_hh_l0', 'bh')]:
            getattr(cell, own).copy_(torch.from_numpy(arrays(f'{kind}.{name}')))
    w, b = parameter(kind + '.wo'), parameter(kind + '.bo')

    def loss(x, t):
        out, _ = cell(x)
        return F.mse_loss((out[:, -1] @ w + b).squeeze(1), t)

    return [*cell.parameters(), w, b], loss


def transformer():
    block = 'ln1g ln1b qkv qkvb proj projb ln2g ln2b fc fcb fc2 fc2b'.split()
    names = ['wte', 'wpe', *(f'{i}.{n}' for i in range(2) for n in block), 'lnfg', 'lnfb', 'head']
    p = {n: parameter('transformer.' + n) for n in names}

    def loss(x, t):
        b, n = x.shape
        h = p['wte'][x] + p['wpe'][:n]
        for i in range(2):
            q = lambda name: p[f'{i}.{name}']
            a = F.layer_norm(h, (64,), q('ln1g'), q('ln1b')) @ q('qkv') + q('qkvb')
            a = a.view(b, n, 3, 4, 16).permute(2, 0, 3, 1, 4)
            o = F.scaled_dot_product_attention(a[0], a[1], a[2], is_causal=True)
            h = h + o.transpose(1, 2).reshape(b, n, 64) @ q('proj') + q('projb')
            f = F.layer_norm(h, (64,), q('ln2g'), q('ln2b')) @ q('fc') + q('fcb')
            h = h + F.gelu(f, approximate='tanh') @ q('fc2') + q('fc2b')
        return F.cross_entropy((F.layer_norm(h, (64,), p['lnfg'], p['lnfb']) @ p['head']).view(-1, 65), t.reshape(-1))

    return list(p.values()), loss


def fresh():
    parameters, loss = {'mlp': mlp, 'lenet': lenet, 'transformer': transformer}.get(kind, recurrent)()
    if kind == 'lenet':
        optimiser = torch.optim.SGD(parameters, lr=0.02, momentum=0.9)
    elif kind == 'transformer':
        optimiser = torch.optim.AdamW(parameters, lr=1e-3, weight_decay=0.01)
    elif kind == 'mlp' and 'sgd' in task:
        optimiser = torch.optim.SGD(parameters, lr=0.05, momentum=0.9)
    else:
        optimiser = torch.optim.Adam(parameters, lr=1e-3 if kind == 'mlp' else 2e-3)
    return loss, optimiser


def step(loss, optimiser, epoch, i):
    rows = order[epoch][i * size : (i + 1) * size]
    optimiser.zero_grad(set_to_none=True)
    value = loss(x[rows], y[rows])
    value.backward()
    optimiser.step()
    return value


def train():
    loss, optimiser = fresh()
    losses = []
    for epoch in range(EPOCHS[kind]):
        for i in range(count if kind != 'transformer' else 60):
            losses.append(float(step(loss, optimiser, epoch, i)))
    if kind == 'transformer':
        return losses[0], losses[-1]
    with torch.no_grad():
        return losses[0], float(loss(x, y))


running = fresh()
at = 0


def steps(n):
    global at
    for _ in range(n):
        step(*running, 0, at % count)
        at += 1
    return n


answer(train, steps, idle)
