"""A case of `arithmetic-benchmark` in RepDL (github.com/microsoft/RepDL), the other library whose bits are defined;
one line of JSON. RepDL has no SGD, so the step is PyTorch's.

    python repdl_peer.py lenet|mlp-256-256|matmul THREADS
"""

import json
import statistics
import sys
import time

import repdl
import torch
from torch import nn

case, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)
torch.manual_seed(1)


def training(layers, shape):
    model = repdl.from_torch_module(nn.Sequential(*layers))
    x, labels = torch.randn(128, *shape), torch.arange(128) % 10
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, weight_decay=1e-4)

    def step():
        optimizer.zero_grad()
        repdl.nn.functional.cross_entropy(model(x), labels).backward()
        optimizer.step()

    return step


def lenet():
    return training([
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)], (1, 28, 28))


def mlp():
    return training([
        nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 10)], (784,))


def matmul():
    a, b = torch.randn(1024, 1024), torch.randn(1024, 1024)
    return lambda: repdl.ops.mm(a, b)


step = {"lenet": lenet, "mlp-256-256": mlp, "matmul": matmul}[case]()
step()
times = []
for _ in range(5):
    start = time.perf_counter()
    step()
    times.append((time.perf_counter() - start) * 1000)
print(json.dumps({"case": case, "threads": threads, "milliseconds": statistics.median(times), "engine": "repdl"}))
