"""Networks: services of utilities, their nodes and sections, equipment, inspections, failures.

A section is a piece of pipe or line between two nodes. Its row never changes once born, save for
its state, its condition and what was imputed: every other change makes a new section and a line of
descent (split, merge, replace), so the network can be seen as of any past day.
"""
