"""The peer of `throughput`: LeNet on MNIST-sized data in PyTorch on CPU, one line of JSON.

    python lenet_pytorch.py --threads 1 --steps 300
"""

import argparse
import json
import time

import torch
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--batch", type=int, default=128)
parser.add_argument("--steps", type=int, default=300)
arguments = parser.parse_args()

torch.set_num_threads(arguments.threads)
torch.manual_seed(1)


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(400, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = nn.functional.max_pool2d(torch.relu(self.conv1(x)), 2)
        x = nn.functional.max_pool2d(torch.relu(self.conv2(x)), 2)
        x = x.flatten(1)
        x = torch.relu(self.fc1(x))
        x = torch.relu(self.fc2(x))
        return self.fc3(x)


# The whole epoch in memory, batches by permuted slices: the fastest loader there is.
images = torch.randn(arguments.batch * 100, 1, 28, 28)
labels = torch.randint(0, 10, (arguments.batch * 100,))
model = LeNet()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, weight_decay=1e-4)


def steps(count):
    order = torch.randperm(len(images))
    for step in range(count):
        rows = order[(step % 100) * arguments.batch : (step % 100 + 1) * arguments.batch]
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(images[rows]), labels[rows])
        loss.backward()
        optimizer.step()


steps(30)
start = time.perf_counter()
steps(arguments.steps)
seconds = time.perf_counter() - start
print(
    json.dumps(
        {
            "samples_per_second": round(arguments.batch * arguments.steps / seconds),
            "threads": arguments.threads,
            "engine": "torch " + torch.__version__,
        }
    )
)
