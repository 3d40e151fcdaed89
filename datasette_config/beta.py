"""The incomplete beta function and what follows from it, without a numerical library."""

import math

_TINY = 1e-300


def regularised_beta(x: float, a: float, b: float) -> float:
    """Return I_x(a, b) for ``a``, ``b`` > 0 (continued fraction, DLMF 8.17.22, by Lentz's method)."""
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - regularised_beta(1 - x, b, a)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    # Two terms a round, an odd and an even one; written out, since pages wait for it.
    c, d = 1.0, 1.0 / (1 - (a + b) * x / (a + 1) or _TINY)
    value = d
    for half in range(1, 300):
        twice = 2 * half
        even = half * (b - half) * x / ((a + twice - 1) * (a + twice))
        d = 1 / (1 + even * d or _TINY)
        c = 1 + even / c or _TINY
        value *= c * d
        odd = -(a + half) * (a + b + half) * x / ((a + twice) * (a + twice + 1))
        d = 1 / (1 + odd * d or _TINY)
        c = 1 + odd / c or _TINY
        value *= c * d
        if abs(1 - c * d) < 1e-14:
            break
    return min(1.0, front * value / a)


def beta_quantile(probability: float, a: float, b: float) -> float:
    """Return x with I_x(a, b) = ``probability``, to a relative 1e-12 (Newton's steps, halved brackets)."""
    low, high = 0.0, 1.0
    x = a / (a + b)
    scale = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    while high - low > 1e-12 * high and high > _TINY:
        error = regularised_beta(x, a, b) - probability
        low, high = (x, high) if error < 0 else (low, x)
        density = math.exp(min(scale + (a - 1) * math.log(x) + (b - 1) * math.log1p(-x), 700.0))
        step = error / density if density else 1.0
        if abs(step) < 1e-13 * x:
            break
        x = x - step if low < x - step < high else (low + high) / 2
    return x


def student_two_sided(t: float, degrees: int) -> float:
    """Return P(|T| > t) for Student's t with ``degrees`` degrees of freedom."""
    return regularised_beta(degrees / (degrees + t * t), degrees / 2, 0.5)
