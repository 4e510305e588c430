"""Merkle trees over a list that only grows: RFC 9162, section 2.1 (SHA-256, leaves and nodes hashed apart).

A tree is asked for the hashes of its whole subtrees alone: `whole(level, number)` is the hash of the 2**level leaves
that begin at number * 2**level. These never change when leaves are added, so they can be kept, and every root and proof
of every size costs some twice log2(size) of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence

#: hash of a whole subtree, by its level (0: a leaf) and its number in that level
Whole = Callable[[int, int], bytes]

#: root of a tree without leaves
EMPTY = hashlib.sha256().digest()


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 || data)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Edge:
    """The right edge of a growing tree: the roots of the whole subtrees that it is made of, the largest first."""

    def __init__(self, size: int = 0, whole: Whole | None = None) -> None:
        self.size = 0
        self._peaks: list[bytes] = []
        if whole is not None:
            self._peaks = [whole(level, number) for level, number in peaks(size)]
            self.size = size

    def add(self, leaf: bytes) -> Iterator[tuple[int, int, bytes]]:
        """Add a leaf's hash. Yields the subtrees that it makes whole (level, number, hash), the leaf first."""
        level, number, found = 0, self.size, leaf
        yield level, number, found
        while number & 1:
            found = node_hash(self._peaks.pop(), found)
            level, number = level + 1, number >> 1
            yield level, number, found
        self._peaks.append(found)
        self.size += 1

    def root(self) -> bytes:
        """Root of the tree as it is now."""
        return _fold(self._peaks)


class Tree:
    """A whole tree in memory, for tests and small logs."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self._edge = Edge()
        self._nodes: dict[tuple[int, int], bytes] = {}
        for leaf in leaves:
            self._nodes.update({(level, number): found for level, number, found in self._edge.add(leaf)})

    def __call__(self, level: int, number: int) -> bytes:
        return self._nodes[level, number]


def peaks(size: int) -> list[tuple[int, int]]:
    """The whole subtrees that a tree of this size is made of (level, number), the largest first."""
    found, begin = [], 0
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            found.append((level, begin >> level))
            begin += 1 << level
    return found


def root(whole: Whole, size: int) -> bytes:
    """MTH(D_size)."""
    return _fold([whole(level, number) for level, number in peaks(size)])


def _fold(hashes: Sequence[bytes]) -> bytes:
    if not hashes:
        return EMPTY
    found = hashes[-1]
    for left in reversed(hashes[:-1]):
        found = node_hash(left, found)
    return found


def inclusion_proof(whole: Whole, index: int, size: int) -> list[bytes]:
    """PATH(index, D_size), section 2.1.3.1: the hashes that lead from a leaf to the root, the lowest first."""
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} has no leaf {index}")
    path, begin, end = [], 0, size
    while end - begin > 1:
        split = begin + _left(end - begin)
        if index < split:
            path.append(_span(whole, split, end))
            end = split
        else:
            path.append(_span(whole, begin, split))
            begin = split
    return path[::-1]


def consistency_proof(whole: Whole, old: int, size: int) -> list[bytes]:
    """PROOF(old, D_size), section 2.1.4.1: that the tree of `old` leaves is where this one begins."""
    if not 0 < old <= size:
        raise ValueError(f"a tree of {old} does not begin one of {size}")
    path, begin, end, known = [], 0, size, True
    while old != end:
        split = begin + _left(end - begin)
        if old <= split:
            path.append(_span(whole, split, end))
            end = split
        else:
            path.append(_span(whole, begin, split))
            begin, known = split, False
    if not known:
        path.append(_span(whole, begin, end))
    return path[::-1]


def _left(size: int) -> int:
    """The largest power of two below `size`: how many leaves lie in the left half."""
    return 1 << (size - 1).bit_length() - 1


def _span(whole: Whole, begin: int, end: int) -> bytes:
    """Root over the leaves from `begin` up to `end`, as the recursion of the RFC cuts them."""
    size = end - begin
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return whole(level, begin >> level)
    split = begin + _left(size)
    return node_hash(_span(whole, begin, split), _span(whole, split, end))


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], expected: bytes) -> bool:
    """Section 2.1.3.2: does `path` lead from the leaf's hash, at `index`, to the root of a tree of `size`?"""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(step, found)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, step)
        at, last = at >> 1, last >> 1
    return last == 0 and found == expected


def verify_consistency(old: int, size: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Section 2.1.4.2: is the tree of `old` leaves the beginning of the one of `size`? Every tree begins empty."""
    if old == size or old == 0:
        return not path and old_root == (new_root if old == size else EMPTY)
    if not 0 < old < size or not path:
        return False
    steps = list(path) if old & (old - 1) else [old_root, *path]
    at, last = old - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    return _climb(at, last, steps, old_root, new_root)


def _climb(at: int, last: int, steps: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            after = node_hash(after, step)
        at, last = at >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root
