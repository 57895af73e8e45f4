"""Outputs and gradients of PyTorch's layers and losses, for the tests beside this file.

    python tests/kernel/nets/layers/torch_figures.py > tests/kernel/nets/layers/torch-figures.json

with torch 2.13.0 (CPU). Parameters, inputs and what the outputs are weighed with are sines that both sides compute, so
that only results are stored.
"""

import json
import math

import torch
from torch import nn

torch.set_num_threads(1)


def wave(shape, phase, scale=1.0):
    count = math.prod(shape)
    values = [scale * math.sin(1.3 * i + phase) for i in range(count)]
    return torch.tensor(values, dtype=torch.float64).to(torch.float32).reshape(shape)


def numbers(tensor):
    return [float(f"{value:.7g}") for value in tensor.detach().double().flatten().tolist()]


def case(name, module, *shapes, integer=None, train=False, call=None):
    """One layer on sines: outputs, gradients of sum(output * weights) by parameters and inputs, buffers after it."""
    module.train(train)
    parameters = dict(module.named_parameters())
    with torch.no_grad():
        for at, (path, parameter) in enumerate(parameters.items()):
            parameter.copy_(wave(parameter.shape, at + 1, 0.5))
        if getattr(module, "padding_idx", None) is not None:
            module.weight[module.padding_idx] = 0  # as it starts
    if integer is None:
        inputs = [wave(shape, 0.3 + at).requires_grad_() for at, shape in enumerate(shapes)]
    else:
        inputs = [torch.arange(math.prod(shape)).mul(3).remainder(integer).reshape(shape) for shape in shapes]
    results = (call or (lambda m, *xs: m(*xs)))(module, *inputs)
    results = [results] if isinstance(results, torch.Tensor) else list(results)
    loss = sum((out * wave(out.shape, 0.7 + at)).sum() for at, out in enumerate(results))
    loss.backward()
    buffers = {k: numbers(v) for k, v in module.named_buffers() if v.dtype.is_floating_point}
    return {
        "name": name,
        "paths": list(parameters),
        "inputs": [list(shape) for shape in shapes],
        "outputs": [numbers(out) for out in results],
        "gradients": {path: numbers(p.grad) for path, p in parameters.items()},
        "inputGradients": [] if integer is not None else [numbers(x.grad) for x in inputs],
        **({"buffers": buffers} if buffers else {}),
    }


def recurrent(module, x):
    output, state = module(x)
    return [output, *(state if isinstance(state, tuple) else [state])]


def block(kind, **options):
    make = {"encoder": nn.TransformerEncoderLayer, "decoder": nn.TransformerDecoderLayer}[kind]
    return make(8, 2, dim_feedforward=6, dropout=0.0, batch_first=True, **options)


CAUSAL = torch.triu(torch.full((4, 4), float("-inf")), 1)
IGNORED = torch.tensor([[False, False, True], [False, False, False]])
attention = dict(batch_first=True)

cases = [
    case("linear", nn.Linear(3, 4), (2, 3)),
    case("linear without bias over a sequence", nn.Linear(3, 2, bias=False), (2, 3, 3)),
    case("embedding", nn.Embedding(5, 3), (2, 4), integer=5),
    case("embedding with padding", nn.Embedding(5, 3, padding_idx=0), (2, 4), integer=5),
    case("relu", nn.ReLU(), (2, 5)),
    case("leakyRelu", nn.LeakyReLU(), (2, 5)),
    case("elu", nn.ELU(), (2, 5)),
    case("gelu", nn.GELU(), (2, 5)),
    case("gelu by tanh", nn.GELU(approximate="tanh"), (2, 5)),
    case("silu", nn.SiLU(), (2, 5)),
    case("tanh", nn.Tanh(), (2, 5)),
    case("sigmoid", nn.Sigmoid(), (2, 5)),
    case("softplus", nn.Softplus(), (2, 5)),
    case("softmax", nn.Softmax(-1), (2, 5)),
    case("logSoftmax", nn.LogSoftmax(-1), (2, 5)),
    case("flatten", nn.Flatten(), (2, 3, 2)),
    case("batchNorm of rows in training", nn.BatchNorm1d(3), (4, 3), train=True),
    case("batchNorm of images in training", nn.BatchNorm2d(2), (2, 2, 3, 2), train=True),
    case("batchNorm in prediction", nn.BatchNorm1d(3), (4, 3)),
    case("layerNorm", nn.LayerNorm(4), (2, 3, 4)),
    case("layerNorm over two dimensions", nn.LayerNorm((3, 4)), (2, 3, 4)),
    case("groupNorm", nn.GroupNorm(2, 4), (2, 4, 3)),
    case("rmsNorm", nn.RMSNorm(4), (2, 3, 4)),
    case("conv1d", nn.Conv1d(4, 6, 3, stride=2, padding=2, dilation=2, groups=2), (2, 4, 7)),
    case("conv2d", nn.Conv2d(2, 3, 3, padding=1), (2, 2, 4, 4)),
    case("conv2d with stride and groups", nn.Conv2d(4, 4, (2, 3), stride=(2, 1), padding=(1, 0), groups=4), (2, 4, 4, 5)),
    case("conv2d of single pixels", nn.Conv2d(3, 2, 1, bias=False), (2, 3, 2, 2)),
    case("maxPool2d", nn.MaxPool2d(2), (2, 2, 4, 4)),
    case("maxPool2d with padding", nn.MaxPool2d(3, stride=2, padding=1), (2, 2, 5, 5)),
    case("averagePool2d", nn.AvgPool2d(2), (2, 2, 4, 4)),
    case("maxPool1d", nn.MaxPool1d(2), (2, 2, 6)),
    case("averagePool1d", nn.AvgPool1d(3, stride=1), (2, 2, 6)),
    case("rnn", nn.RNN(2, 3, batch_first=True), (2, 4, 2), call=recurrent),
    case("rnn with relu", nn.RNN(2, 3, batch_first=True, nonlinearity="relu"), (2, 4, 2), call=recurrent),
    case("gru", nn.GRU(2, 3, batch_first=True), (2, 4, 2), call=recurrent),
    case("lstm", nn.LSTM(2, 3, batch_first=True), (2, 4, 2), call=recurrent),
    case(
        "lstm of two layers in both directions",
        nn.LSTM(2, 3, num_layers=2, bidirectional=True, batch_first=True),
        (2, 3, 2),
        call=recurrent,
    ),
    case("gru without biases", nn.GRU(2, 3, batch_first=True, bias=False, bidirectional=True), (2, 3, 2), call=recurrent),
    case("attention", nn.MultiheadAttention(8, 2, **attention), (2, 3, 8), call=lambda m, x: m(x, x, x)[0]),
    case(
        "causal attention",
        nn.MultiheadAttention(8, 2, **attention),
        (2, 4, 8),
        call=lambda m, x: m(x, x, x, attn_mask=CAUSAL)[0],
    ),
    case(
        "cross attention",
        nn.MultiheadAttention(8, 2, **attention),
        (2, 2, 8),
        (2, 3, 8),
        call=lambda m, x, y: m(x, y, y)[0],
    ),
    case(
        "cross attention to other sizes",
        nn.MultiheadAttention(8, 2, kdim=4, vdim=6, **attention),
        (2, 2, 8),
        (2, 3, 4),
        (2, 3, 6),
        call=lambda m, x, k, v: m(x, k, v)[0],
    ),
    case(
        "attention with padding",
        nn.MultiheadAttention(8, 2, **attention),
        (2, 3, 8),
        call=lambda m, x: m(x, x, x, key_padding_mask=IGNORED)[0],
    ),
    case("encoder block", block("encoder"), (2, 3, 8)),
    case("encoder block, norm first", block("encoder", norm_first=True, activation="gelu"), (2, 3, 8)),
    case("decoder block", block("decoder"), (2, 4, 8), (2, 3, 8), call=lambda m, x, y: m(x, y, tgt_mask=CAUSAL)),
    case(
        "decoder block, norm first",
        block("decoder", norm_first=True),
        (2, 4, 8),
        (2, 3, 8),
        call=lambda m, x, y: m(x, y, tgt_mask=CAUSAL),
    ),
]


def loss(name, module, shape, target):
    output = wave(shape, 0.3, 2.0).requires_grad_()
    value = module(output, target)
    value.backward()
    return {"name": name, "shape": list(shape), "loss": numbers(value)[0], "gradient": numbers(output.grad)}


labels = torch.tensor([0, 2, 1, 2])
numbers_target = wave((4, 3), 1.1)
yes = torch.tensor([[1.0, 0, 1], [0, 0, 1], [1, 1, 0], [0, 1, 0]])
shares = torch.softmax(wave((4, 3), 1.1), -1)
weights = torch.tensor([0.5, 1.0, 2.0])

losses = [
    loss("meanSquaredError", nn.MSELoss(), (4, 3), numbers_target),
    loss("meanAbsoluteError", nn.L1Loss(), (4, 3), numbers_target),
    loss("huber", nn.HuberLoss(delta=0.8), (4, 3), numbers_target),
    loss("crossEntropy", nn.CrossEntropyLoss(), (4, 3), labels),
    loss("crossEntropy, smoothed", nn.CrossEntropyLoss(label_smoothing=0.1), (4, 3), labels),
    loss("crossEntropy, weighted", nn.CrossEntropyLoss(weight=weights), (4, 3), labels),
    loss("crossEntropy, one ignored", nn.CrossEntropyLoss(ignore_index=1), (4, 3), labels),
    loss(
        "crossEntropy, all of it",
        nn.CrossEntropyLoss(weight=weights, label_smoothing=0.2, ignore_index=1),
        (4, 3),
        labels,
    ),
    loss("binaryCrossEntropy", nn.BCEWithLogitsLoss(), (4, 3), yes),
    loss("binaryCrossEntropy, yes weighted", nn.BCEWithLogitsLoss(pos_weight=torch.tensor(2.5)), (4, 3), yes),
    loss(
        "klDivergence",
        lambda output, target: nn.KLDivLoss(reduction="batchmean")(torch.log_softmax(output, -1), target),
        (4, 3),
        shares,
    ),
]
print(json.dumps({"program": f"torch {torch.__version__}", "layers": cases, "losses": losses}, separators=(",", ":")))
