"""Makes the files beside it with the libraries that define their formats (numpy, safetensors, gzip)."""

import gzip
import pathlib
import struct

import numpy
from numpy.lib import format as npy
from safetensors.numpy import save_file

here = pathlib.Path(__file__).parent
arrays = {
    "float32-2x3": numpy.array([[0, 0.1, -1.5], [3e38, 1e-45, numpy.inf]], "<f4"),
    "float64-scalar": numpy.array(0.1, "<f8"),
    "int32-5": numpy.array([0, 1, -1, 2**31 - 1, -(2**31)], "<i4"),
    "int64-2x1x2": numpy.array([[[0, -1]], [[2**63 - 1, -(2**63)]]], "<i8"),
    "uint8-1x2x2": numpy.array([[[0, 1], [128, 255]]], "u1"),
    "uint16-3": numpy.array([0, 258, 65535], "<u2"),
    "bool-4": numpy.array([True, False, False, True]),
    "float32-0x3": numpy.zeros((0, 3), "<f4"),
    "float16-4": numpy.array([0, 0.1, -65504, numpy.inf], "<f2"),
}
for name, array in arrays.items():
    numpy.save(here / f"{name}.npy", array)

numpy.save(here / "big-endian-int32.npy", numpy.array([1, -2], ">i4"))
numpy.save(here / "big-endian-float64.npy", numpy.array([0.1, -2], ">f8"))
numpy.save(here / "fortran.npy", numpy.asfortranarray(arrays["float32-2x3"]))
numpy.save(here / "complex64.npy", numpy.zeros(2, "<c8"))
with open(here / "version-2.npy", "wb") as file:
    npy.write_array(file, arrays["int32-5"], version=(2, 0))

save_file(
    {name.replace("-", "."): array for name, array in arrays.items()},
    here / "mixed.safetensors",
    metadata={"format": "pt"},
)

idx = b"\0\0\x08\x03" + struct.pack(">III", 2, 1, 3) + bytes([0, 1, 2, 253, 254, 255])
(here / "images.idx.gz").write_bytes(gzip.compress(idx, mtime=0))
members = [gzip.compress(part, mtime=0) for part in (b"one,", b"two")]
(here / "two-members.gz").write_bytes(b"".join(members) + bytes(5))

some = {"weight": arrays["float32-2x3"], "bias": numpy.zeros(300, "<f8")}
numpy.savez(here / "stored.npz", **some)
numpy.savez_compressed(here / "deflated.npz", **some)
