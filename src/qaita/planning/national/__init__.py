"""The plan of the whole country: from every section to packages, options, limits and a proof.

`country` reads the register into columns, `rates` says how often a section fails and what that
costs, `gathering` makes packages and streets dug once, `options` prices what can be done with each,
`limits` writes the rows, `folder` keeps the run as files anybody can check.
"""
