"""Merkle trees: the known answers of Certificate Transparency's reference tree, and properties of all others."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.history import merkle
from app.history.merkle import Edge, Tree, consistency_proof, inclusion_proof, leaf_hash, root

#: the reference tree's leaves, and the root over the first n of them, for n from 0 to 8 (RFC 6962's tree is RFC 9162's)
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
#: some of its inner nodes
A = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
B = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
C = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
D = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
E = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
F = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
INCLUSION = (
    (0, 1, ()),
    (0, 2, (A,)),
    (1, 2, (ROOTS[1],)),
    (2, 3, (ROOTS[2],)),
    (1, 5, (ROOTS[1], B, C)),
    (0, 8, (A, B, E)),
    (5, 8, (C, D, ROOTS[4])),
)
CONSISTENCY = ((1, 1, ()), (1, 8, (A, B, E)), (2, 5, (B, C)), (6, 8, (F, D, ROOTS[4])))
#: around the powers of two a proof changes its shape
SIZES = (0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33)
REFERENCE = Tree(map(leaf_hash, LEAVES))


def tree(size: int) -> Tree:
    return Tree(leaf_hash(b"%d" % number) for number in range(size))


def as_drawn(leaves: list[bytes]) -> bytes:
    """MTH, word for word as RFC 9162 defines it."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + as_drawn(leaves[:split]) + as_drawn(leaves[split:])).digest()


@pytest.mark.parametrize("size", range(9))
def test_the_roots_of_the_reference_tree(size: int) -> None:
    edge = Edge()
    for leaf in LEAVES[:size]:
        assert list(edge.add(leaf_hash(leaf)))
    assert edge.root().hex() == root(REFERENCE, size).hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size", "path"), INCLUSION)
def test_inclusion_in_the_reference_tree(index: int, size: int, path: tuple[str, ...]) -> None:
    assert [step.hex() for step in inclusion_proof(REFERENCE, index, size)] == list(path)
    steps = [bytes.fromhex(step) for step in path]
    assert merkle.verify_inclusion(leaf_hash(LEAVES[index]), index, size, steps, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("old", "size", "path"), CONSISTENCY)
def test_consistency_of_the_reference_tree(old: int, size: int, path: tuple[str, ...]) -> None:
    assert [step.hex() for step in consistency_proof(REFERENCE, old, size)] == list(path)
    steps = [bytes.fromhex(step) for step in path]
    assert merkle.verify_consistency(old, size, bytes.fromhex(ROOTS[old]), bytes.fromhex(ROOTS[size]), steps)


@pytest.mark.parametrize("size", SIZES)
def test_every_proof_of_a_size_verifies(size: int) -> None:
    whole, leaves = tree(size), [b"%d" % number for number in range(size)]
    expected = root(whole, size)
    assert expected == as_drawn(leaves)
    for index in range(size):
        path = inclusion_proof(whole, index, size)
        assert merkle.verify_inclusion(leaf_hash(leaves[index]), index, size, path, expected)
    for old in range(1, size + 1):
        path = consistency_proof(whole, old, size)
        assert merkle.verify_consistency(old, size, root(whole, old), expected, path)
    assert merkle.verify_consistency(0, size, merkle.EMPTY, expected, [])
    # an edge that was kept goes on as one that was there from the beginning
    going_on, anew = Edge(size, whole), tree(size + 1)
    list(going_on.add(leaf_hash(b"%d" % size)))
    assert going_on.root() == root(anew, size + 1)


def altered(path: list[bytes], how: str, at: int, bit: int) -> list[bytes]:
    """A proof that is not the same: a bit turned, a hash gone, one too many, two swapped."""
    made = list(path)
    if how == "longer":
        made.insert(at % (len(made) + 1), bytes(32))
    elif made and how == "shorter":
        del made[at % len(made)]
    elif made and how == "bit":
        changed = bytearray(made[at % len(made)])
        changed[bit // 8] ^= 1 << bit % 8
        made[at % len(made)] = bytes(changed)
    elif len(made) > 1:
        made[0], made[-1] = made[-1], made[0]
    return made


HOW = st.sampled_from(["longer", "shorter", "bit", "swapped"])


@given(st.integers(1, 130), st.data(), HOW, st.integers(0, 20), st.integers(0, 255))
def test_no_altered_inclusion_proof_verifies(size: int, data: st.DataObject, how: str, at: int, bit: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    whole, leaf = tree(size), leaf_hash(b"%d" % index)
    expected, path = root(whole, size), inclusion_proof(whole, index, size)
    assert merkle.verify_inclusion(leaf, index, size, path, expected)
    if (made := altered(path, how, at, bit)) != path:
        assert not merkle.verify_inclusion(leaf, index, size, made, expected)
    assert not merkle.verify_inclusion(leaf_hash(b"another"), index, size, path, expected)
    assert not merkle.verify_inclusion(leaf, index, size, path, leaf) or size == 1
    other = data.draw(st.integers(-1, size).filter(lambda number: number != index))
    assert not merkle.verify_inclusion(leaf, other, size, path, expected)


@given(st.integers(2, 130), st.data(), HOW, st.integers(0, 20), st.integers(0, 255))
def test_no_altered_consistency_proof_verifies(size: int, data: st.DataObject, how: str, at: int, bit: int) -> None:
    old = data.draw(st.integers(1, size - 1))
    whole = tree(size)
    before, after, path = root(whole, old), root(whole, size), consistency_proof(whole, old, size)
    assert merkle.verify_consistency(old, size, before, after, path)
    if (made := altered(path, how, at, bit)) != path:
        assert not merkle.verify_consistency(old, size, before, after, made)
    assert not merkle.verify_consistency(old, size, after, after, path)
    assert not merkle.verify_consistency(old, size, before, before, path)
    assert not merkle.verify_consistency(size, old, after, before, path)


def test_a_tree_that_was_written_anew_is_no_continuation() -> None:
    honest, forged = tree(6), Tree(leaf_hash(b"%d" % (9 if number == 2 else number)) for number in range(8))
    path = consistency_proof(forged, 6, 8)
    assert not merkle.verify_consistency(6, 8, root(honest, 6), root(forged, 8), path)
    assert not merkle.verify_consistency(6, 6, root(honest, 6), root(forged, 6), [])
    assert not merkle.verify_consistency(0, 8, root(honest, 6), root(forged, 8), [])


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 3)])
def test_what_is_no_leaf_has_no_proof(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="has no leaf"):
        inclusion_proof(tree(size), index, size)


@pytest.mark.parametrize(("old", "size"), [(0, 3), (4, 3)])
def test_what_does_not_begin_a_tree_has_no_proof(old: int, size: int) -> None:
    with pytest.raises(ValueError, match="does not begin"):
        consistency_proof(tree(size), old, size)
