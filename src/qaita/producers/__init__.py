"""The register of producers, their products, shares and capacity, and in-country value.

Nouns: producer, product. Law: the register of Kazakh goods producers (Order 327 of 27.08.2025),
the in-country value method (Order 260 of 20.04.2018, edition of 18.09.2025).
"""
