"""What PyTorch's and JAX's sides of the training bench have in common: the arrays, and answering questions."""
import json
import os
import resource
import sys
import time

import numpy as np

EPOCHS = {'mlp': 20, 'lenet': 5, 'rnn': 4, 'gru': 4, 'lstm': 4, 'transformer': 1}
BATCH = {'lenet': 64, 'rnn': 32, 'gru': 32, 'lstm': 32, 'transformer': 16}


def batch_of(task):
    return int(task.rsplit(' ', 1)[1]) if task.startswith('mlp') else BATCH[task]


def kind_of(task):
    return task.split(' ')[0]


class Arrays:
    def __init__(self, folder):
        self.folder = folder
        with open(os.path.join(folder, 'meta.json')) as file:
            self.meta = json.load(file)

    def __call__(self, name):
        about = self.meta[name]
        return np.fromfile(os.path.join(self.folder, name + '.bin'), dtype=about['dtype']).reshape(about['shape'])

    def data(self, kind):
        """Examples, targets, and the order of each epoch."""
        x, y = {
            'mlp': ('digits', 'label'),
            'lenet': ('image', 'label'),
            'transformer': ('token', 'next'),
        }.get(kind, ('sequence', 'total'))
        x, y = self(x), self(y)
        if kind == 'lenet':
            x = x[:, None]
        shuffled = kind in ('mlp', 'lenet')
        order = self('order') if shuffled else np.tile(np.arange(len(x), dtype=np.int32), (EPOCHS[kind], 1))
        return x, y, order


def resident():
    """Megabytes this process has in memory."""
    with open('/proc/self/statm') as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 2**20


def answer(train, steps, idle):
    """`train` gives the losses asked for; `steps(n)` takes n steps and says how many it took;
    `idle` is the memory before there were data and nets."""
    for line in sys.stdin:
        question, *given = line.split()
        if question == 'value':
            first, last = train()
            reply = [{'value': last, 'gradient': [first]}]
        elif question == 'memory':
            steps(20)
            reply = {'megabytes': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - idle}
        else:
            count = int(given[0])
            start = time.process_time()
            done = steps(count)
            reply = {'us': 1e6 * (time.process_time() - start) / done}
        print(json.dumps(reply), flush=True)
