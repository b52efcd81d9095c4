"""The loops of the sparse solver: shortest paths on reduced costs (Ahuja, Magnanti, Orlin 1993, ch. 9 and 12).

Each function runs as it stands on lists and, compiled by numba, on arrays (`acceleration.py`), with the same results:
so only what both know is used here. Invariant, before and after each: for every edge u[i] + v[j] + price >= value,
with equality on chosen edges. Who a mentor holds is a chain: `first[j]`, then `after[i]`, and back by `before[i]`.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from heapq import heapify, heappop, heappush
from typing import NamedTuple

FAR = 1 << 62
Numbers = MutableSequence[int]
Heap = list[tuple[int, int]]


class State(NamedTuple):
    """Prices of mentees and mentors, and the matching: `match[i]` is a mentor or -1; `taken[j]` of `capacity[j]`."""

    u: Numbers
    v: Numbers
    match: Numbers
    first: Numbers
    after: Numbers
    before: Numbers
    taken: Numbers
    capacity: Sequence[int]


class Edges(NamedTuple):
    """Those of node k are `start[k]:start[k + 1]`: the node at the other end and the value."""

    start: Sequence[int]
    other: Sequence[int]
    value: Sequence[int]


class Scratch(NamedTuple):
    """Per mentor and per mentee the distance in the present search (FAR: not reached, -1: done), and whence."""

    mentor_distance: Numbers
    mentor_via: Numbers
    mentee_distance: Numbers
    mentee_via: Numbers


class Ways(NamedTuple):
    """Room to work in by node (`near` all FAR), and what was found by source: length, and how many pairs fewer."""

    near: Numbers
    fewer: Numbers
    length: Numbers
    change: Numbers


def release(state: State, i: int) -> None:
    """Take mentee i's place away, if there is one."""
    j = state.match[i]
    if j >= 0:
        prior, following = state.before[i], state.after[i]
        if prior >= 0:
            state.after[prior] = following
        else:
            state.first[j] = following
        if following >= 0:
            state.before[following] = prior
        state.taken[j] -= 1
        state.match[i] = -1


def assign(state: State, i: int, j: int) -> int:
    """Give mentee i a place with mentor j; returns where i was before (-1: nowhere)."""
    before = state.match[i]
    release(state, i)
    head = state.first[j]
    state.before[i], state.after[i] = -1, head
    if head >= 0:
        state.before[head] = i
    state.first[j], state.match[i] = i, j
    state.taken[j] += 1
    return before


def nearest(heap: Heap, distance: Numbers) -> tuple[int, int]:
    """The nearest node not done yet, or -1 at an endless distance."""
    while len(heap) > 0:
        length, node = heappop(heap)
        if distance[node] == length:
            return length, node
    return FAR, -1


def best_left(state: State, out: Edges, i: int, price: int) -> int:
    """What the best mentor is worth to mentee i beyond prices; 0 where none is."""
    best = 0
    for e in range(out.start[i], out.start[i + 1]):
        best = max(best, out.value[e] - state.v[out.other[e]] - price)
    return best


def charge(state: State, out: Edges, rise: int, price: int) -> None:
    """The price of a place rises by `rise` to `price`; mentees for whom nothing is worth it any more lose theirs."""
    for i in range(len(state.u)):
        if state.match[i] >= 0 and state.u[i] >= rise:
            state.u[i] -= rise
        else:
            release(state, i)
            state.u[i] = best_left(state, out, i, price)


def place_all(state: State, out: Edges, work: Scratch, price: int, order: Sequence[int]) -> None:
    """Place every mentee who is still worth placing, in this order."""
    for source in order:
        if state.match[source] < 0 and state.u[source] > 0:
            place(state, out, work, price, source)


def place(state: State, out: Edges, work: Scratch, price: int, source: int) -> None:
    """Shortest path from a mentee without a place to a free place, or to the mentee who loses least by leaving."""
    u, v, near, via = state.u, state.v, work.mentor_distance, work.mentor_via
    heap, touched, mentors, mentees = [(0, 0)], [0], [(0, 0)], [(source, 0)]
    heap.clear()
    touched.clear()
    mentors.clear()
    best, leaver, end = u[source], source, -1
    k, following, distance = source, -1, 0
    while True:
        while k >= 0:
            if distance + u[k] < best:
                best, leaver, end = distance + u[k], k, -1
            base = distance + u[k] + price
            for e in range(out.start[k], out.start[k + 1]):
                j = out.other[e]
                length = base + v[j] - out.value[e]
                if length < best and length < near[j]:
                    if near[j] == FAR:
                        touched.append(j)
                    near[j], via[j] = length, k
                    if state.taken[j] < state.capacity[j]:
                        best, end = length, j
                    else:
                        heappush(heap, (length, j))
            k = following
            if k >= 0:
                mentees.append((k, distance))
                following = state.after[k]
        distance, j = nearest(heap, near)
        if distance >= best:
            break
        mentors.append((j, distance))
        near[j] = -1
        k = state.first[j]
        mentees.append((k, distance))
        following = state.after[k]
    for k, length in mentees:
        u[k] -= best - length
    for j, length in mentors:
        v[j] += best - length
    for j in touched:
        near[j] = FAR
    shift(state, via, source, leaver, end)


def shift(state: State, via: Sequence[int], source: int, leaver: int, end: int) -> None:
    """Move mentees along a path found by `place`: into mentor `end`, or into the place `leaver` gives up."""
    if end < 0:
        if leaver == source:
            return
        end = state.match[leaver]
        release(state, leaver)
    mover = -1
    while mover != source:
        mover = via[end]
        end = assign(state, mover, end)


def fill_all(state: State, into: Edges, work: Scratch, price: int) -> None:
    """Fill every free place that has a price, or bring its price down to zero."""
    for j in range(len(state.v)):
        while state.v[j] > 0 and state.taken[j] < state.capacity[j]:
            fill(state, into, work, price, j)


def fill(state: State, into: Edges, work: Scratch, price: int, target: int) -> None:
    """Shortest path from a priced place that is free to a mentee without one, or to where a price falls to zero."""
    u, v, match = state.u, state.v, state.match
    near, towards, via = work.mentee_distance, work.mentee_via, work.mentor_via
    heap, touched, mentors, mentees = [(0, 0)], [0], [(target, 0)], [(0, 0)]
    heap.clear()
    touched.clear()
    mentees.clear()
    best, newcomer, end = v[target], -1, target
    distance, j = 0, target
    via[target] = -1
    while True:
        k = state.first[j]
        while k >= 0:
            # whoever else is held here could only lead back here
            mentees.append((k, distance))
            touched.append(k)
            near[k] = -1
            k = state.after[k]
        base = distance + v[j] + price
        for e in range(into.start[j], into.start[j + 1]):
            k = into.other[e]
            length = base + u[k] - into.value[e]
            if length < best and length < near[k]:
                touched.append(k)
                near[k], towards[k] = length, j
                if match[k] < 0:
                    best, newcomer = length, k
                else:
                    heappush(heap, (length, k))
        distance, k = nearest(heap, near)
        if distance >= best:
            break
        j = match[k]
        via[j] = k
        mentors.append((j, distance))
        if distance + v[j] < best:
            best, newcomer, end = distance + v[j], -1, j
    for k, length in mentees:
        u[k] += best - length
    for j, length in mentors:
        v[j] -= best - length
    for k in touched:
        near[k] = FAR
    mover = newcomer if newcomer >= 0 else via[end]
    while mover >= 0:
        goal = towards[mover]
        assign(state, mover, goal)
        mover = via[goal]


def reduce(state: State, out: Edges, work: Scratch, price: int) -> int:
    """Take the pair away whose loss, after the others have moved at best, is least; returns the rise in price."""
    u, v, near, via = state.u, state.v, work.mentor_distance, work.mentor_via
    heap, mentors, mentees = [(0, 0)], [(0, 0)], [(0, 0)]
    heap.clear()
    mentors.clear()
    mentees.clear()
    for j in range(len(v)):
        via[j] = -1
        if state.first[j] >= 0:
            near[j] = v[j]
            heap.append((v[j], j))
        else:
            near[j] = -1
    heapify(heap)
    best, leaver = FAR, -1
    while True:
        distance, j = nearest(heap, near)
        if distance >= best:
            break
        mentors.append((j, distance))
        near[j] = -1
        k = state.first[j]
        while k >= 0:
            mentees.append((k, distance))
            base = distance + u[k]
            if base < best:
                best, leaver = base, k
            for e in range(out.start[k], out.start[k + 1]):
                other = out.other[e]
                length = base + v[other] + price - out.value[e]
                if length < near[other]:
                    near[other], via[other] = length, k
                    heappush(heap, (length, other))
            k = state.after[k]
    for k, length in mentees:
        u[k] -= best - length
    for j in range(len(v)):
        near[j] = best
    for j, length in mentors:
        near[j] = length
    for j in range(len(v)):
        v[j] -= min(best, near[j], v[j])
        near[j] = FAR
    end = state.match[leaver]
    release(state, leaver)
    while via[end] >= 0:
        end = assign(state, via[end], end)
    return best


def detours(state: State, edges: Edges, ways: Ways, sources: Sequence[int], limit: int, price: int, more: bool) -> None:
    """For each mentee of `sources` the shortest way in reduced costs to the place they hold, without their pair.

    Nodes are mentors 0..m-1, m (outside: mentees without a mentor) and m + 1 (empty: places without a mentee). `edges`
    hold reduced costs below `limit`, row n those of the mentees outside; ways are exact below `limit`, else FAR.
    `price` is that of a place, `more` whether there may be more pairs.
    """
    near, fewer = ways.near, ways.fewer
    n, m = len(state.u), len(state.v)
    for place in range(len(sources)):
        i = sources[place]
        target, heap, touched = state.match[i], [(state.u[i], m)], [m]
        near[m], fewer[m], ways.length[place] = state.u[i], 0, FAR
        for e in range(edges.start[i], edges.start[i + 1]):
            j = edges.other[e]
            if j != target:
                near[j], fewer[j] = edges.value[e], 0
                touched.append(j)
                heap.append((edges.value[e], j))
        heapify(heap)
        while True:
            length, node = nearest(heap, near)
            if length >= limit:
                break
            if node == target:
                ways.length[place], ways.change[place] = length, fewer[node]
                break
            change = fewer[node]
            near[node] = -1
            if node == m + 1:
                for j in range(m):
                    reach(heap, near, fewer, touched, j, length + state.v[j], change)
                if more:
                    reach(heap, near, fewer, touched, m, length, change - 1)
                continue
            row = n if node == m else state.first[node]
            if node == m:
                reach(heap, near, fewer, touched, m + 1, length + price, change + 1)
            elif state.taken[node] < state.capacity[node]:
                reach(heap, near, fewer, touched, m + 1, length, change)
            while row >= 0:
                for e in range(edges.start[row], edges.start[row + 1]):
                    reach(heap, near, fewer, touched, edges.other[e], length + edges.value[e], change)
                if row == n:
                    break
                reach(heap, near, fewer, touched, m, length + state.u[row], change)
                row = state.after[row]
        for node in touched:
            near[node] = FAR


def reach(heap: Heap, near: Numbers, fewer: Numbers, touched: Numbers, node: int, length: int, change: int) -> None:
    """A way of this length to a node, kept if it is the shortest so far."""
    if length < near[node]:
        if near[node] == FAR:
            touched.append(node)
        near[node], fewer[node] = length, change
        heappush(heap, (length, node))
