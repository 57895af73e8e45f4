"""Where optimisers stand on a quadratic, and the rates of schedules, in PyTorch 2.13.0 and optax (Lion).

    pip install torch==2.13.0 optax==0.2.8 jax==0.10.2
    python tests/kernel/nets/optimisers/torch_figures.py > tests/kernel/nets/optimisers/torch-figures.json

The quadratic is f(w) = 1/2 w'Aw - b'w in double precision, A tridiagonal with 1 + i on its diagonal and -0.4 beside
it, b_i = sin(i + 1), w_i = cos(2 i) at the start, i = 0 ... 4. LBFGS is run with a strong Wolfe line search.
`single` is how far PyTorch's own run in single precision is from that in double: near the optimum some rules amplify
rounding.
"""
import json
import sys

import jax
import jax.numpy as jnp
import numpy as np
import optax
import torch

jax.config.update('jax_enable_x64', True)
D = 5
SHOWN = [1, 2, 5, 20, 100]
A = np.diag(1.0 + np.arange(D)) + np.diag(np.full(D - 1, -0.4), 1) + np.diag(np.full(D - 1, -0.4), -1)
B = np.sin(np.arange(D) + 1.0)
W0 = np.cos(2.0 * np.arange(D))


def torch_path(make, change=lambda w: None, wolfe=False, dtype=torch.float64):
    torch.set_default_dtype(dtype)
    w = torch.tensor(W0, dtype=dtype, requires_grad=True)
    a, b = torch.tensor(A, dtype=dtype), torch.tensor(B, dtype=dtype)
    optimiser = make([w])

    def closure():
        optimiser.zero_grad()
        loss = 0.5 * w @ a @ w - b @ w
        loss.backward()
        change(w)
        return loss

    shown = {}
    for step in range(1, 101):
        if wolfe:
            optimiser.step(closure)
        else:
            closure()
            optimiser.step()
        if step in SHOWN:
            shown[step] = w.detach().tolist()
    return shown


def lion_path(**options):
    w = jnp.array(W0)
    optimiser = optax.lion(**options)
    state = optimiser.init(w)
    gradient = jax.grad(lambda w: 0.5 * w @ A @ w - B @ w)
    shown = {}
    for step in range(1, 101):
        change, state = optimiser.update(gradient(w), state, w)
        w = optax.apply_updates(w, change)
        if step in SHOWN:
            shown[step] = w.tolist()
    return shown


O = torch.optim
OPTIMISERS = {
    'sgd': lambda p: O.SGD(p, lr=0.05),
    'sgd, weight decay': lambda p: O.SGD(p, lr=0.05, weight_decay=0.1),
    'sgd, momentum': lambda p: O.SGD(p, lr=0.02, momentum=0.9),
    'sgd, momentum and dampening': lambda p: O.SGD(p, lr=0.02, momentum=0.9, dampening=0.3),
    'sgd, momentum and weight decay': lambda p: O.SGD(p, lr=0.02, momentum=0.9, weight_decay=0.1),
    'sgd, Nesterov': lambda p: O.SGD(p, lr=0.02, momentum=0.9, nesterov=True),
    'adagrad': lambda p: O.Adagrad(p, lr=0.1),
    'adagrad, options': lambda p: O.Adagrad(
        p, lr=0.1, lr_decay=0.01, weight_decay=0.1, initial_accumulator_value=0.3, eps=1e-6
    ),
    'rmsprop': lambda p: O.RMSprop(p, lr=0.01),
    'rmsprop, momentum': lambda p: O.RMSprop(p, lr=0.003, momentum=0.8, alpha=0.9),
    'rmsprop, centred': lambda p: O.RMSprop(p, lr=0.01, centered=True, eps=1e-3),
    'rmsprop, options': lambda p: O.RMSprop(p, lr=0.003, centered=True, momentum=0.5, weight_decay=0.1, eps=1e-3),
    'adadelta': lambda p: O.Adadelta(p),
    'adadelta, options': lambda p: O.Adadelta(p, lr=0.3, rho=0.95, eps=1e-3, weight_decay=0.1),
    'adam': lambda p: O.Adam(p, lr=0.05),
    'adam, weight decay': lambda p: O.Adam(p, lr=0.05, weight_decay=0.1),
    'adam, betas': lambda p: O.Adam(p, lr=0.05, betas=(0.8, 0.95), eps=1e-6),
    'adam, amsgrad': lambda p: O.Adam(p, lr=0.05, betas=(0.9, 0.9), amsgrad=True),
    'adam, decoupled': lambda p: O.Adam(p, lr=0.05, weight_decay=0.1, decoupled_weight_decay=True),
    'adamW': lambda p: O.AdamW(p, lr=0.05),
    'adamW, options': lambda p: O.AdamW(p, lr=0.05, weight_decay=0.2, amsgrad=True),
    'nadam': lambda p: O.NAdam(p, lr=0.005),
    'nadam, weight decay': lambda p: O.NAdam(p, lr=0.005, weight_decay=0.1, momentum_decay=0.01),
    'nadam, decoupled': lambda p: O.NAdam(p, lr=0.005, weight_decay=0.1, decoupled_weight_decay=True),
}

S = torch.optim.lr_scheduler
SCHEDULES = {
    'step': lambda o: S.StepLR(o, 7, 0.3),
    'multi-step': lambda o: S.MultiStepLR(o, [3, 10, 25], 0.5),
    'exponential': lambda o: S.ExponentialLR(o, 0.93),
    'cosine': lambda o: S.CosineAnnealingLR(o, 20, 0.01),
    'cosine, restarts': lambda o: S.CosineAnnealingWarmRestarts(o, 8),
    'cosine, growing restarts': lambda o: S.CosineAnnealingWarmRestarts(o, 5, 2, 0.02),
    'warm-up': lambda o: S.LinearLR(o, 1 / 3, 1, 6),
    'warm-up, cosine': lambda o: S.SequentialLR(
        o, [S.LinearLR(o, 0.1, 1, 10), S.CosineAnnealingLR(o, 30)], milestones=[10]
    ),
    'one cycle': lambda o: S.OneCycleLR(o, 0.9, 40),
    'one cycle, linear': lambda o: S.OneCycleLR(o, 0.9, 40, anneal_strategy='linear', pct_start=0.4, div_factor=10),
    'one cycle, three phases': lambda o: S.OneCycleLR(o, 0.9, 40, three_phase=True, final_div_factor=100),
}


def rates(make):
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.4)
    schedule = make(optimiser)
    found = []
    for _ in range(40):
        found.append(optimiser.param_groups[0]['lr'])
        optimiser.step()
        if len(found) < 40:
            schedule.step()
    return found


def plateau_rates(**options):
    values = [max(0.5, 1 - 0.1 * i) + 0.01 * ((i * 7) % 5) for i in range(40)]
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.4)
    schedule = S.ReduceLROnPlateau(optimiser, **options)
    found = []
    for value in values:
        found.append(optimiser.param_groups[0]['lr'])
        optimiser.step()
        schedule.step(value)
    return found


paths = {name: torch_path(make) for name, make in OPTIMISERS.items()}
paths['lion'] = lion_path(learning_rate=0.01, weight_decay=0.0)
paths['lion, options'] = lion_path(learning_rate=0.01, b1=0.8, b2=0.95, weight_decay=0.1)
norm = lambda w: torch.nn.utils.clip_grad_norm_([w], 0.7)
value = lambda w: torch.nn.utils.clip_grad_value_([w], 0.4)
paths['clipped to a norm'] = torch_path(OPTIMISERS['sgd, momentum'], norm)
paths['clipped to a value'] = torch_path(OPTIMISERS['sgd, momentum'], value)
paths['lbfgs'] = torch_path(
    lambda p: O.LBFGS(p, lr=1, max_iter=1, line_search_fn='strong_wolfe', tolerance_grad=0, tolerance_change=0),
    wolfe=True,
)
schedules = {name: rates(make) for name, make in SCHEDULES.items()}
schedules['plateau'] = plateau_rates(patience=3, factor=0.5)
schedules['plateau, options'] = plateau_rates(patience=2, factor=0.2, cooldown=3, min_lr=0.01, threshold=0.05)
single = {
    name: max(
        abs(x - y)
        for t, values in torch_path(make, dtype=torch.float32).items()
        for x, y in zip(values, paths[name][t])
    )
    for name, make in OPTIMISERS.items()
}
json.dump({'optimisers': paths, 'single': single, 'schedules': schedules}, sys.stdout, indent=1)
