"""Metrics by scikit-learn 1.9.1 on scores made by a formula.

    pip install scikit-learn==1.9.1
    python tests/kernel/nets/train/metrics_figures.py > tests/kernel/nets/train/metrics-figures.json

Scores of row i and class k are round(3 sin(1.7 i + 2.3 k), 1), so that there are ties between rows; labels are those of
`labels` below. The calibration error is the definition in Guo et al. (2017), eq. 5, with bins open below.
"""
import json
import sys

import numpy as np
import sklearn.metrics as m

N = 120


def case(classes):
    i, k = np.arange(N)[:, None], np.arange(max(classes, 1))[None, :]
    scores = np.round(3 * np.sin(1.7 * i + 2.3 * k), 1)
    width = max(classes, 2)
    if classes == 1:
        labels = ((scores[:, 0] > 0.5) ^ (np.arange(N) % 7 == 0)).astype(int)
        both = np.concatenate([np.zeros_like(scores), scores], axis=1)
        found = (scores[:, 0] > 0).astype(int)
    else:
        labels = np.where(np.arange(N) % 3 == 0, np.arange(N) % width, scores.argmax(1))
        both, found = scores, scores.argmax(1)
    weights = np.exp(both - both.max(1, keepdims=True))
    p = weights / weights.sum(1, keepdims=True)
    out = {'scores': scores.ravel().tolist(), 'labels': labels.tolist(), 'classes': classes}
    f = out['figures'] = {'accuracy': m.accuracy_score(labels, found), 'perplexity': float(np.exp(m.log_loss(labels, p)))}
    ways = ['macro', 'weighted', 'micro'] + (['binary'] if width == 2 else [])
    for way in ways:
        kw = dict(average=way, zero_division=0)
        f[f'precision {way}'] = m.precision_score(labels, found, **kw)
        f[f'recall {way}'] = m.recall_score(labels, found, **kw)
        f[f'F1 {way}'] = m.f1_score(labels, found, **kw)
    if width == 2:
        f['ROC AUC'] = m.roc_auc_score(labels, both[:, 1] - both[:, 0])
    else:
        f['ROC AUC'] = m.roc_auc_score(labels, p, multi_class='ovr')
        for k in (1, 2, 3):
            f[f'top {k}'] = m.top_k_accuracy_score(labels, scores, k=k, labels=range(classes))
    claimed, right = p[np.arange(N), found], found == labels
    for bins in (5, 10):
        edges = np.linspace(0, 1, bins + 1)
        error = 0.0
        for low, high in zip(edges[:-1], edges[1:]):
            inside = (claimed > low) & (claimed <= high)
            if inside.any():
                error += inside.mean() * abs(right[inside].mean() - claimed[inside].mean())
        f[f'calibration {bins}'] = error
    return out


y = np.sin(np.arange(50.0))
found = y + 0.1 * np.cos(3 * np.arange(50.0))
json.dump(
    {'classes': [case(1), case(2), case(4)], 'R2': m.r2_score(y, found)},
    sys.stdout,
)
