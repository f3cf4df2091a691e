"""Ratios against peers, measured in one run: rounds interleaved, medians compared. Run by ``make bench``;
``python -m benchmarks mail`` runs one part.

Single figures of a noisy machine mean little; what lasts is how two servers compare that took turns on it. A peer that
is not installed is left out, and said so.
"""
