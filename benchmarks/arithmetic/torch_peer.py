"""What `arithmetic-benchmark` times, in PyTorch on CPU; one line of JSON.

    OMP_WAIT_POLICY=passive python torch_peer.py CASE THREADS SECONDS
"""

import json
import resource
import statistics
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

case, threads, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
torch.set_num_threads(threads)
torch.manual_seed(1)


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))


def mlp(a, b):
    return nn.Sequential(
        nn.Linear(784, a), nn.ReLU(), nn.Linear(a, b), nn.ReLU(), nn.Linear(b, 10))


def cnn9():
    layers, inputs = [], 3
    for block, (sizes, padding) in enumerate([((128,) * 3, 1), ((256,) * 3, 1), ((512, 256, 128), 0)]):
        for outputs in sizes:
            layers += [nn.Conv2d(inputs, outputs, 3, padding=padding), nn.BatchNorm2d(outputs),
                       nn.LeakyReLU(0.01)]
            inputs = outputs
        if block < 2:
            layers += [nn.MaxPool2d(2), nn.Dropout2d(0.25)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(128, 10))


class BasicBlock(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)), inplace=True)
        y = self.bn2(self.conv2(y))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)), inplace=True)


def resnet18():
    blocks, inputs = [], 64
    for stage, outputs in enumerate((64, 128, 256, 512)):
        for block in range(2):
            blocks.append(BasicBlock(inputs, outputs, 2 if stage and not block else 1))
            inputs = outputs
    return nn.Sequential(
        nn.Conv2d(3, 64, 3, 1, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True), *blocks,
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10))


def training(model, shape, batch=128):
    x, labels = torch.randn(batch, *shape), torch.arange(batch) % 10
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, weight_decay=1e-4)

    def step():
        order = torch.randperm(batch)
        optimizer.zero_grad()
        F.cross_entropy(model(x[order]), labels[order]).backward()
        optimizer.step()

    return step


def batchnorm(*shape):
    x = torch.randn(shape, requires_grad=True)
    layer, seed = nn.BatchNorm2d(shape[1]), torch.randn(shape)
    parameters = [x, *layer.parameters()]
    return lambda: torch.autograd.grad(layer(x), parameters, seed)


x = torch.rand(1 << 20) * 7.5 + 0.5
a, b = torch.randn(1024, 1024), torch.randn(1024, 1024)
step = {
    "lenet": lambda: training(lenet(), (1, 28, 28)),
    "mlp-256-256": lambda: training(mlp(256, 256), (784,)),
    "mlp-512-256": lambda: training(mlp(512, 256), (784,)),
    "cnn9": lambda: training(cnn9(), (3, 32, 32)),
    "resnet18": lambda: training(resnet18(), (3, 32, 32)),
    "matmul": lambda: lambda: a @ b,
    "exp": lambda: lambda: torch.exp(x),
    "log": lambda: lambda: torch.log(x),
    "tanh": lambda: lambda: torch.tanh(x),
    "sigmoid": lambda: lambda: torch.sigmoid(x),
    "add": lambda: lambda: x + x,
    "softmax-128x1000": lambda: (lambda y: lambda: torch.softmax(y, 1))(torch.randn(128, 1000)),
    "softmax-4096x1024": lambda: (lambda y: lambda: torch.softmax(y, 1))(torch.randn(4096, 1024)),
    "batchnorm-64x32": lambda: batchnorm(128, 64, 32, 32),
    "batchnorm-256x8": lambda: batchnorm(128, 256, 8, 8),
}[case]()

for _ in range(2):
    step()
times, spent = [], 0.0
while len(times) < 3 or spent < seconds:
    start = time.perf_counter()
    step()
    times.append((time.perf_counter() - start) * 1000)
    spent += times[-1] / 1000
print(json.dumps({
    "case": case, "threads": threads, "milliseconds": statistics.median(times),
    "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000,
    "engine": "torch " + torch.__version__}))
