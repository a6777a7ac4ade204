"""The plan of a whole country: millions of options under thousands of shared limits.

Packages choose one option each; what they share is money, building capacity, lengths, local
content. Prices of the shared limits split the country into packages that decide alone, so the
best prices prove how good any plan can be, and guide one that nearly reaches it.

`packs` holds packages and limits as arrays, `passes` reads all packages once at given prices,
`fronts` solves the Newton step by the country's own nesting, `pricing` finds the prices,
`building` makes the plan and `proving` what anybody can check.
"""
