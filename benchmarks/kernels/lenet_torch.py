"""The training step that lenet.c times, in PyTorch: OMP_NUM_THREADS=1 python lenet_torch.py"""

import time

import torch
from torch import nn

torch.manual_seed(1)
net = nn.Sequential(
    nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
    nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))
optimizer = torch.optim.SGD(net.parameters(), lr=1e-6, momentum=0.9)
x, labels = torch.rand(128, 1, 28, 28), torch.arange(128) % 10


def step():
    optimizer.zero_grad()
    nn.functional.cross_entropy(net(x), labels).backward()
    optimizer.step()


for _ in range(20):
    step()
times = []
start = time.perf_counter()
while time.perf_counter() - start < 4:
    t = time.perf_counter()
    step()
    times.append(time.perf_counter() - t)
print(f"torch {torch.__version__}, {torch.get_num_threads()} threads: training step "
      f"{min(times) * 1e6:.1f} us (median {sorted(times)[len(times) // 2] * 1e6:.1f})")
