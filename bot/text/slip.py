"""Slip: how many slips of the finger lie between two words."""


def slips(one: str, other: str) -> int:
    """Return how many slips make ``one`` of ``other`` (restricted Damerau-Levenshtein distance).

    A slip is a letter too many, missing, wrong, or swapped with the next. The time taken grows with
    the product of the lengths: cut what may be long.
    """
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, wanted in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]
