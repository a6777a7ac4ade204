"""Wear two ways: share of length past its norm life, and modelled condition with ageing."""
