"""Takes the label sets out of CIFAR-10_human.pt, a pickle of integer arrays, and writes each as a .npy file.

    python3 cifar10n_labels.py CIFAR-10_human.pt FOLDER

Needs neither PyTorch nor NumPy. Of all that a pickle can call, only what such arrays are made of is there.
"""

import codecs
import pathlib
import pickle
import sys
import zipfile


class Array:
    """A one-dimensional array, of which the bytes are kept."""

    def __setstate__(self, state):
        _, self.shape, self.type, _, self.bytes = state


class Type:
    """The type of its elements: 'i8' for 64-bit integers."""

    def __init__(self, name, *_):
        self.name = name

    def __setstate__(self, _):
        pass


class Reader(pickle.Unpickler):
    known = {
        ("numpy.core.multiarray", "_reconstruct"): lambda *_: Array(),
        ("numpy", "ndarray"): Array,
        ("numpy", "dtype"): Type,
        ("_codecs", "encode"): codecs.encode,
    }

    def find_class(self, module, name):
        if (module, name) not in self.known:
            raise pickle.UnpicklingError(f"'{module}.{name}' has no place in a file of labels")
        return self.known[module, name]


def npy(array):
    """The bytes of a .npy file, version 1.0."""
    header = f"{{'descr': '<i8', 'fortran_order': False, 'shape': ({array.shape[0]},), }}"
    header = header.ljust((len(header) + 1 + 10 + 63) // 64 * 64 - 11) + "\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + array.bytes


source, folder = sys.argv[1], pathlib.Path(sys.argv[2])
with zipfile.ZipFile(source) as archive:
    sets = Reader(archive.open("archive/data.pkl")).load()
folder.mkdir(exist_ok=True)
for name, array in sets.items():
    if array.type.name != "i8" or len(array.bytes) != 8 * array.shape[0]:
        sys.exit(f"'{name}' is no list of 64-bit integers")
    (folder / f"{name}.npy").write_bytes(npy(array))
