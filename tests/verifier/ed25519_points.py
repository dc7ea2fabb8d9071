# SPDX-FileCopyrightText: 2026 The copyhold authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which 32 bytes are a point of edwards25519 that a strict verifier takes (RFC 8032, section 5.1.3).

OpenSSL checks signatures but takes points of small order, for which anybody can sign, and other
spellings of a point than its own.
"""

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P


def decode(encoded):
    """Returns the point's affine coordinates; None where the bytes are no point in its one spelling."""
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if len(encoded) != 32 or y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if x * x % P != x2:
        x = x * pow(2, (P - 1) // 4, P) % P
    if x * x % P != x2 or (x == 0 and sign):
        return None
    return (P - x if x & 1 != sign else x), y


def double(point):
    x, y = point
    product = D * x * x * y * y % P
    return (
        2 * x * y * pow(1 + product, -1, P) % P,
        (y * y + x * x) * pow(1 - product, -1, P) % P,
    )


def is_strict(encoded):
    """Returns whether the bytes spell a point whose order is not 1, 2, 4 or 8."""
    point = decode(encoded)
    if point is None:
        return False
    for _ in range(3):
        point = double(point)
    return point != (0, 1)
