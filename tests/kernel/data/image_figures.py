"""PNG images of every kind by Pillow 13.0.0, as base64, with the numbers Pillow reads in them.

    pip install pillow==13.0.0 numpy
    python tests/kernel/data/image_figures.py > tests/kernel/data/image-figures.json
"""
import base64
import io
import json
import sys

import numpy as np
from PIL import Image

H, W = 9, 13
rng = np.arange(H * W * 4).reshape(H, W, 4)
colours = ((rng * 37 + (rng // 7) ** 2) % 256).astype(np.uint8)
images = {
    'L': Image.fromarray(colours[:, :, 0]),
    'RGB': Image.fromarray(np.ascontiguousarray(colours[:, :, :3])),
    'RGBA': Image.fromarray(colours),
    'LA': Image.fromarray(np.ascontiguousarray(colours[:, :, :2])),
    'I;16': Image.fromarray((colours[:, :, 0].astype(np.uint16) * 256 + colours[:, :, 1])),
    '1': Image.fromarray(colours[:, :, 0] > 127),
    'P': Image.fromarray(np.ascontiguousarray(colours[:, :, :3])).quantize(11),
    # Smooth, so that every filter is used.
    'smooth': Image.fromarray(np.add.outer(np.arange(40) ** 2 // 8, 3 * np.arange(30)).astype(np.uint8)),
}
found = {}
for name, image in images.items():
    out = io.BytesIO()
    image.save(out, 'PNG')
    if name in ('RGBA', 'LA'):
        full = np.asarray(image, float) / 255
        pixels = full[:, :, :-1] * full[:, :, -1:]
    elif name == 'I;16':
        pixels = np.asarray(image, float)[:, :, None] / 65535
    elif name in ('P', 'RGB'):
        pixels = np.asarray(image.convert('RGB'), float) / 255
    elif name == '1':
        pixels = np.asarray(image, float)[:, :, None]
    else:
        pixels = np.asarray(image, float)[:, :, None] / 255
    found[name] = {
        'png': base64.b64encode(out.getvalue()).decode(),
        'shape': [pixels.shape[2], *pixels.shape[:2]],
        'pixels': [round(float(v), 7) for v in pixels.transpose(2, 0, 1).ravel()],
    }
json.dump(found, sys.stdout)
