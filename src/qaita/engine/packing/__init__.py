"""Sections into packages of works: streets, cuts along them, joins over junctions, joint trenches.

Everything here is arrays in, arrays out, in one order: the same sections always give the same
packages, whatever their row numbers.

`streets` finds which section goes straight on into which, `cutting` cuts a street into packages of
like need, `joining` joins what came out too short, `gathering` does the three one after another,
`corridors` finds packages of different networks that run side by side.
"""
