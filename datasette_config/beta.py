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
    value, c, d = 1.0, 1.0, 0.0
    for step in range(600):
        half = step // 2
        if step == 0:
            term = 1.0
        elif step % 2:
            term = -(a + half) * (a + b + half) * x / ((a + 2 * half) * (a + 2 * half + 1))
        else:
            term = half * (b - half) * x / ((a + 2 * half - 1) * (a + 2 * half))
        d = 1 / _away_from_zero(1 + term * d)
        c = _away_from_zero(1 + term / c)
        value *= c * d
        if step and abs(1 - c * d) < 1e-14:
            break
    return min(1.0, front * (value - 1) / a)


def beta_quantile(probability: float, a: float, b: float) -> float:
    """Return x with I_x(a, b) = ``probability``, by bisection to a relative 1e-12."""
    low, high = 0.0, 1.0
    while high - low > 1e-12 * high and high > _TINY:
        middle = (low + high) / 2
        low, high = (middle, high) if regularised_beta(middle, a, b) < probability else (low, middle)
    return (low + high) / 2


def student_two_sided(t: float, degrees: int) -> float:
    """Return P(|T| > t) for Student's t with ``degrees`` degrees of freedom."""
    return regularised_beta(degrees / (degrees + t * t), degrees / 2, 0.5)


def _away_from_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
