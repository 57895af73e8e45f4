"""Files as Python's safetensors 0.8.0 writes them, for ours to read and to be compared with byte by byte.

    pip install safetensors==0.8.0 torch==2.13.0
    python tests/kernel/nets/checkpoint/safetensors_file.py tests/kernel/nets/checkpoint
"""
import sys

import torch
from safetensors.torch import save_file


def wave(*shape, phase=0.0, dtype=torch.float32):
    size = 1
    for n in shape:
        size *= n
    return torch.sin(torch.arange(size, dtype=torch.float64) + phase).reshape(shape).to(dtype)


folder = sys.argv[1]
# As ours writes them: singles, doubles, a scalar, an empty tensor, names beyond ASCII.
save_file(
    {
        '0.weight': wave(3, 2),
        '0.bias': wave(3, phase=1),
        'double': wave(2, 2, dtype=torch.float64),
        'scalar': torch.tensor(0.5),
        'empty': torch.zeros(0, 4),
        'größe': wave(1, phase=2),
    },
    f'{folder}/plain.safetensors',
    metadata={'note': 'from Python'},
)
# Types that ours reads alone.
save_file(
    {
        'half': torch.tensor([0.0, -0.0, 1.0, -2.5, 6e-8, 65504.0, float('inf')], dtype=torch.float16),
        'brain': torch.tensor([1.0, -3.140625, 1e30], dtype=torch.bfloat16),
        'int64': torch.tensor([-1, 2**40], dtype=torch.int64),
        'int32': torch.tensor([-7, 7], dtype=torch.int32),
        'int16': torch.tensor([-300, 300], dtype=torch.int16),
        'int8': torch.tensor([-3, 3], dtype=torch.int8),
        'byte': torch.tensor([0, 255], dtype=torch.uint8),
        'truth': torch.tensor([True, False]),
    },
    f'{folder}/types.safetensors',
)
