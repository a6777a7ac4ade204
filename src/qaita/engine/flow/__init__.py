"""What happens in a network when a link is closed: by its graph, and by its hydraulics.

Graph alone: `graph`, `reach`, `bridges`, `segments`. Pressures: `network` (the arrays), `solving`
(one state), `closures` (every link in turn), `states` (in several demands). Underneath: `model`
and `ordering` lay the arrays out, `newton` iterates with `losses` (pipes) and `special` (valves,
pumps), `batches` runs it, `nested` and `regions` keep a closure local, `lanes` and `powers` do
eight at once. Heat: `heating` (pairs of supply and return) and `temperatures`.
"""
